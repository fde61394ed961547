"""The feature catalogue: features as data over eight kinds."""
