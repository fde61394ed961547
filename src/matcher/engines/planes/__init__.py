"""Verdicts as pairs of planes: one algebra, whatever a bit stands for and in whatever order nodes are worked out."""
