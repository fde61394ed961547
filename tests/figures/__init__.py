"""Every figure of the rulebook, looked up in the document and section it cites."""
