"""What an author does to the text of one rule file: its cards, edits that keep every other byte, words to add."""
