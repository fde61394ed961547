"""Trials as other programs write them: records of registries, as drafts of rules."""
