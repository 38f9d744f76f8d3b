"""Texts, whatever they come from: files of several kinds, standard input, or Python. Not here: words (w2v/tokens/).

    texts        the stream of texts that all commands read, each with an id; and its blocks for counting
    reading      the settings: kind of the files, column, encoding
    sources      names → files in a fixed order
    compression  gzip, bzip2, xz and zstd, recognised by their first bytes
    opening      one source: decompressed, decoded, checked, cut at white space
    checking     whether a text is UTF-8, and what a file is that has none
    vector_files files of vectors that were given as text
    decoding     blocks of UTF-8, as counting takes them
    kinds        the registry of kinds of files: plain, delimited (CSV, TSV), json_records, html, pdf, a module each;
                 kind says what a kind must do
    python_texts any iterable of strings or of lists of tokens; token_lists joins the tokens of such a list
    resemblance  what a file read as plain text looks like
    word_rules   the rules of the tokenizer `words`; characters has the same rules as arrays, for the kernel
    segmenting   words of languages without blanks; tokenized has words that a function of Python finds
    folding      normal forms and lower case

Text is read once, front to back, so a pipe will do; memory does not grow with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2v.lazy import hand_on

if TYPE_CHECKING:
    from w2v.text.decoding import TextReader
    from w2v.text.kind import Kind, Text
    from w2v.text.reading import Reading
    from w2v.text.sources import Source, expand
    from w2v.text.texts import Texts

_HOMES = {
    "Kind": "w2v.text.kind",
    "Reading": "w2v.text.reading",
    "Source": "w2v.text.sources",
    "Text": "w2v.text.kind",
    "TextReader": "w2v.text.decoding",
    "Texts": "w2v.text.texts",
    "expand": "w2v.text.sources",
}

__all__ = ["Kind", "Reading", "Source", "Text", "TextReader", "Texts", "expand"]

__getattr__, __dir__ = hand_on(__name__, _HOMES)
