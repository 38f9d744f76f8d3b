"""From sources (files, folders, patterns, standard input) to blocks of valid UTF-8. Not here: words.

    sources      what the user named → files in a fixed order
    compression  gzip, bzip2, xz, zstd by their first bytes; what is cut short or damaged is an error
    text         strict UTF-8, lower case, blocks that are cut at white space
    characters   the classes of code points, for the `words` tokenizer

Text is read once, front to back, so a pipe will do; memory does not grow with it.
"""

from __future__ import annotations

from w2v.text.decoding import TextReader
from w2v.text.sources import Source, expand

__all__ = ["Source", "TextReader", "expand"]
