"""Skip-gram with negative sampling.

model     its settings, and its line in the registry of models
trainer   lock-free training
plan      what deterministic training does in which batch
rotation  training that gives the same bytes at any number of threads (--deterministic)
"""
