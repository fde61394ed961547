"""Patients with the answer they should get, worked out by hand from the documents and the rule texts."""
