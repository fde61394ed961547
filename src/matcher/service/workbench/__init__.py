"""Drafts of rules under work: checked, shown by their cases, tried on patients, weighed, and put in force."""
