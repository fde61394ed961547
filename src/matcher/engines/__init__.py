"""Engines evaluate the graph for patients; they share it and nothing else."""
