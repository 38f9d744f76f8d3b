"""Retrieval as a kind of suite: documents ranked by words, by the meaning of words, and by both."""
