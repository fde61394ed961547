"""What is understood of a record and what stays open: a table of texts as people write them, run and printed."""
