"""Drafts of rules over HTTP: for programs, and as pages."""
