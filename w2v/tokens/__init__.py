"""The token cache: a corpus as int32 ids on the disk, made once, memory-mapped by every epoch. Not here: training.

preparing  the whole way from sources to a cache, or to the one that is there already
counting   both passes over the corpus, in the kernels, on all threads
choice     which words stay
cache      what comes of it: vocabulary, ids, report
cachefile  the layout of the file
folder     where it lies
"""

from __future__ import annotations

from w2v.tokens.cache import CorpusReport, TokenCache
from w2v.tokens.folder import writable_folder
from w2v.tokens.preparing import prepare

__all__ = ["CorpusReport", "TokenCache", "prepare", "writable_folder"]
