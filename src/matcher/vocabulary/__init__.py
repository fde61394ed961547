"""Clinical vocabularies: trees, units, tests, markers and drugs. Pure look-ups that decide nothing."""
