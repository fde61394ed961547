"""From verdicts and findings to words: reasons, distances, dates, questions."""
