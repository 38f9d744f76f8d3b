"""What `w2v info` tells of a token cache, and what `w2v verify` checks."""

from __future__ import annotations

from pathlib import Path

from w2v.errors import FormatError
from w2v.files.own import Description
from w2v.progress import Progress
from w2v.tokens import shard_facts
from w2v.tokens.cache import open_cache
from w2v.tokens.cachefile import FORMAT, read

__all__ = ["describe", "in_brief", "verify"]


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of a token cache. Raises FormatError."""
    with open_cache(path) as cache:
        report = {name: value for name, value in cache.report.to_dict().items() if name not in ("sources", "seconds")}
        vocabulary = cache.vocabulary
        first = list(vocabulary.words[:10])
        values = {
            "path": str(path),
            "format": FORMAT,
            "bytes": cache.size,
            "words": len(vocabulary),
            "tokens": vocabulary.tokens,
            "corpus": report,
            "first": first,
        }
        facts = (
            ("words", f"{len(vocabulary):,}"),
            ("first words", " ".join(first)),
            ("counts", f"{vocabulary.tokens:,} tokens"),
            ("corpus", report),
        )
    return Description(values, facts, lists=("first", "corpus"))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check a token cache, and return what was checked besides its hashes. Raises FormatError."""
    with open_cache(path) as cache:
        ids, words = len(cache.tokens), len(cache.vocabulary)
    return (f"{ids:,} ids, each of one of {words:,} words or of the end of a sentence",)


def in_brief(path: Path) -> str:
    """Return the size of the text in a token cache, in words; its hashes are not compared."""
    if path.is_dir():
        return shard_facts.in_brief(path)
    try:
        with path.open("rb") as file:
            content = read(path, file, check=False)
    except (FormatError, OSError):
        return "damaged"
    return f"{int(content.counts.sum()):,} tokens, {len(content.words):,} words"
