"""Texts to a file with their vectors, whole or not at all, whatever the number of the texts."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator

from w2v.errors import OutputError
from w2v.files.whole import check_writable, replacing
from w2v.pooling.encoder import TextEncoder
from w2v.pooling.outputs.output import Output
from w2v.pooling.outputs.registry import output_for
from w2v.progress import NullProgress, Progress
from w2v.text.kind import Text

__all__ = ["check_output", "write_encoded"]


def check_output(path: str | os.PathLike[str]) -> type[Output]:
    """Return the kind of a file of this name. Raise, before long work begins, what `write_encoded` would raise."""
    kind = output_for(path)
    kind.check()
    check_writable(path)
    return kind


def write_encoded(
    path: str | os.PathLike[str],
    encoder: TextEncoder,
    texts: Iterable[Text],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    total: int | None = None,
) -> None:
    """Encode texts and write their vectors to a file of the format that its suffix says; `encoder.tally` counts them.

    Raise `OutputError` where nothing can be written there, `SettingsError` where the format needs a library.
    """
    kind = check_output(path)
    waiting: deque[Text] = deque()  # texts that were read and whose vectors have not come yet

    def strings() -> Iterator[str]:
        for text in texts:
            waiting.append(text)
            yield text.text

    with replacing(path) as file:
        if kind.needs_seeking and not file.seekable():
            raise OutputError(f"cannot write {path}: it is a pipe", hint="choose a file, or .jsonl")
        output = kind(file, encoder.dim)
        for part in encoder.parts(strings(), threads=threads, progress=progress or NullProgress(), total=total):
            some = [waiting.popleft() for _ in range(len(part))]
            output.add([text.id for text in some], [text.text for text in some], part)
        output.end()
