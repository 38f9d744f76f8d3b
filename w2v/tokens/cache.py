"""What comes of preparing a corpus: vocabulary, ids and report, in memory and as the content of a cache file.

Not here: how they are worked out, and the layout of the file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np

from w2v.arrays import I32
from w2v.config import CorpusConfig
from w2v.tokens import cachefile
from w2v.vocab import Vocabulary

__all__ = ["CorpusReport", "TokenCache", "metadata_of", "open_cache"]


@dataclass(frozen=True)
class CorpusReport:
    """What was read, and what became of it.

    fingerprint: SHA-256 of all bytes of the sources, in hex. sources: their names. bytes: their size, as they lie on
    the disk; text_bytes: decompressed. tokens, types, sentences: of the whole text; sentences are counted if they have
    words. types_… and tokens_…: what min_count dropped, and then max_vocab. replaced_places, replaced_bytes: invalid
    bytes that gave way to U+FFFD, and how many stretches they made. untokenised: whether many words have punctuation
    attached, or are whole phrases. seconds: that this run took for it.
    """

    fingerprint: str
    sources: tuple[str, ...]
    bytes: int
    text_bytes: int
    tokens: int
    types: int
    sentences: int
    types_below_min_count: int
    tokens_below_min_count: int
    types_over_max_vocab: int
    tokens_over_max_vocab: int
    replaced_places: int
    replaced_bytes: int
    untokenised: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self) | {"sources": list(self.sources)}


class TokenCache:
    """A corpus ready for training.

    vocabulary: the words that stay. tokens: int32 [N], mapped: ids of the vocabulary in the order of the corpus, -1
    after each sentence; other words and empty sentences are left out. report: what was read. path: the file (where it
    does not last, a name that it would have had in its folder). size: its bytes. reused: whether it was there already.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        tokens: I32,
        report: CorpusReport,
        path: Path,
        size: int,
        *,
        reused: bool,
    ) -> None:
        self.vocabulary = vocabulary
        self.tokens = tokens
        self.report = report
        self.path = path
        self.size = size
        self.reused = reused

    def __enter__(self) -> TokenCache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; `tokens` is empty afterwards."""
        self.tokens = np.empty(0, dtype=np.int32)


def open_cache(path: Path, new: BinaryIO | None = None) -> TokenCache:
    """Map a cache: the `new` one of this process, or one of an earlier run, which is checked. Raises FormatError."""
    file = cachefile.read(path, new)
    try:
        values = json.loads(file.metadata.get("report", ""))
        kinds = {field.name: field.type for field in fields(CorpusReport) if field.name not in ("sources", "seconds")}
        if {name: type(value).__name__ for name, value in values.items()} != kinds:
            raise ValueError
        report = CorpusReport(**values, sources=(), seconds=0.0)
    except (ValueError, AttributeError, RecursionError) as error:
        raise cachefile.damaged(path, "it does not say what was read") from error
    return TokenCache(Vocabulary(file.words, file.counts), file.tokens, report, path, file.size, reused=new is None)


def metadata_of(config: CorpusConfig, report: CorpusReport) -> dict[str, str]:
    """What depends on the text and the settings; names and seconds are of one run, and would make files differ."""
    lasting = {key: value for key, value in report.to_dict().items() if key not in ("sources", "seconds")}
    return {
        "fingerprint": report.fingerprint,
        "settings": json.dumps(asdict(config), sort_keys=True),
        "report": json.dumps(lasting, sort_keys=True),
    }
