"""Patients in: CSV, tables, JSON and mapped exports become profiles; what cannot be read becomes a reject or an issue."""
