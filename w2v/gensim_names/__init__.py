"""The names that gensim's users type: those that w2v answers as gensim does, and what to write for all others."""
