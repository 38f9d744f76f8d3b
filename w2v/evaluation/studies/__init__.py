"""Studies of scores: one file a study; `base` says what a study is, `registry` lists all."""
