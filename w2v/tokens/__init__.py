"""The token cache: a corpus as int32 ids on the disk, made once, memory-mapped by every epoch. Not here: training.

preparing  the whole way from sources to a cache, or to the one that is there already
counting   both passes over the corpus, in the kernels, on all threads
choice     which words stay
cache      what comes of it: vocabulary, ids, report
cachefile  the layout of the file
shards     the same in several files, one for each source
sharding   how other processes make these: what is asked for, and what comes of it
source_tasks  what a process does for a source
folder     where it lies
left_out   what the tokenizer leaves out
announcing what people are told of a corpus
settings   how text becomes words and ids
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.tokens.cache import CorpusReport, TokenCache
    from w2v.tokens.folder import writable_folder
    from w2v.tokens.preparing import prepare

_HOMES = {
    "CorpusReport": "w2v.tokens.cache",
    "TokenCache": "w2v.tokens.cache",
    "prepare": "w2v.tokens.preparing",
    "writable_folder": "w2v.tokens.folder",
}

__all__ = ["CorpusReport", "TokenCache", "prepare", "writable_folder"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
