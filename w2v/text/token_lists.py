"""A list of tokens as one line of text that is split into the same tokens again. Not here: splitting (w2v/kernels)."""

from __future__ import annotations

from collections.abc import Sequence

from w2v.errors import CorpusError

__all__ = ["joined"]


def joined(tokens: Sequence[str], where: str) -> str:
    """Join tokens by blanks.

    where: the place of the list, for messages. Raises CorpusError for a token that is empty or holds white space,
    because it would not come out again as one token.
    """
    line = " ".join(tokens)
    if line.split() == list(tokens):
        return line
    number, token = next((number, token) for number, token in enumerate(tokens) if token.split() != [token])
    if not token.strip():
        raise CorpusError(
            f"{where}: token {number:,} is {'empty' if not token else 'white space'}",
            hint="leave such tokens out: [token for token in tokens if token.strip()]",
        )
    shown = token if len(token) <= 40 else f"{token[:40]}…"
    raise CorpusError(
        f"{where}: the token {shown!r} holds white space, which separates tokens",
        hint="put _ there: token.replace(' ', '_'); a whole sentence is given as a string, not as a list",
    )
