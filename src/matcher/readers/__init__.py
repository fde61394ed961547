"""Patients in: CSV, tables, JSON and mapped exports become profiles; what cannot be read is a reject or an issue."""
