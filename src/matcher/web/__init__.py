"""The pages that the server shows: the intake form."""
