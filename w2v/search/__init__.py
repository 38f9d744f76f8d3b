"""Search in documents: by the words that they share with a query, by what these words mean, or by both.

searching     `SearchIndex`: an open index, and the questions to it
indexing      `w2v.build_index`, for Python
building      texts to an index; passages cuts long ones, terms numbers words, postings gathers where they stand
index_file    the file of an index; fingerprint tells vectors from others
bm25          the score of shared words, from numbers of words
scoring       scores of all passages, and the exact best of them; ranking has z and the weights
explaining    which pairs of words make up a score
farthest      documents like no other
hits          what is found; showing makes a document of it, page a page, and serving sends that to the browser
"""

from __future__ import annotations
