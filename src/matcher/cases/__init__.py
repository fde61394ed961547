"""The cases that stand beside the rules: reading and running them."""
