"""Analogies: a is to b as c is to which word? `task` says how this kind of suite is read, scored and compared."""
