"""Rule files as models, conditions, and the graph they become. No YAML here."""
