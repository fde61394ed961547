"""The rule files: strict YAML with line marks, loading, and lint."""
