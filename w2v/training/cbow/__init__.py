"""CBOW with negative sampling.

model    its settings, and its line in the registry of models
trainer  lock-free training
"""
