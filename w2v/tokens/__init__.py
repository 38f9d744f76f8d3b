"""The token cache: a corpus as int32 ids on the disk, made once and memory-mapped by every epoch. Not here: training.

preparing  the whole way from a corpus to its cache, or to the cache that an earlier run has left
counting   both passes over the corpus, in the kernels, on all threads
choice     which words are kept
cache      the result: vocabulary, ids, report
cachefile  the layout of the file
folder     the folder that caches lie in
"""

from __future__ import annotations

from w2v.tokens.cache import CorpusReport, TokenCache
from w2v.tokens.folder import writable_folder
from w2v.tokens.preparing import prepare

__all__ = ["CorpusReport", "TokenCache", "prepare", "writable_folder"]
