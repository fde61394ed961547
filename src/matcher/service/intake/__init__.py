"""An intake: a form being filled, a profile growing with it, and the question that matters next."""
