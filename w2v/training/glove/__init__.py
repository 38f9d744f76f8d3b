"""GloVe, which trains on a matrix of co-occurrences.

model    its settings, and its line in the registry of models
matrix   where the matrix comes from: counted from a corpus, or a file
blocks   the matrix as training reads it
trainer  training
"""
