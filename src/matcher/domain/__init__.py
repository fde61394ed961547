"""Profiles and their records, possible values, dates, verdicts."""
