"""Tests of the words made from verdicts."""
