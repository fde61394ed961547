"""The HTTP API: JSON in, JSON out, problem details where something is wrong."""
