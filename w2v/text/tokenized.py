"""Texts split by a function from Python, `w2v.train(corpus, tokenize=function)`, in place of a tokenizer of w2v."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from w2v.errors import SettingsError
from w2v.text.python_texts import Corpus, PythonTexts
from w2v.text.reading import Reading
from w2v.text.texts import Texts

__all__ = ["Tokenize", "name_of", "tokenized"]

Tokenize = Callable[[str], Iterable[str]]


def tokenized(corpus: Corpus, reading: Reading, tokenize: Tokenize, tell: Callable[[str], None]) -> PythonTexts:
    """Return a corpus as lists of tokens: what `tokenize` returns for each line.

    tell: is told of files that are left out. Raises SettingsError where `tokenize` cannot be called.
    """
    if not callable(tokenize):
        raise SettingsError(
            f"tokenize is {tokenize!r:.60}", hint="give a function that takes a text and returns its tokens: str.split"
        )
    texts = Texts(corpus, reading, tell=tell)
    return PythonTexts("texts from Python", None, None, items=_Lines(texts, tokenize), are_tokens=True)


def name_of(tokenize: Tokenize) -> str:
    """Return the name of a function for the record of a run."""
    module, name = (getattr(tokenize, part, "") for part in ("__module__", "__qualname__"))
    return f"{module}.{name}".strip(".") or type(tokenize).__name__


class _Lines:
    """The tokens of each line of some texts, read anew by each iteration. Empty lines are left out."""

    def __init__(self, texts: Texts, tokenize: Tokenize) -> None:
        self.texts, self.tokenize = texts, tokenize

    def __iter__(self) -> Iterator[object]:
        for text in self.texts:
            for line in re.split("[\r\n]+", text.text):
                if line:
                    tokens = self.tokenize(line)
                    yield tokens if isinstance(tokens, (str, bytes)) else list(tokens)
