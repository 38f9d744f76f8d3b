"""Studies of scores: one file a study, and `base` with the registry."""
