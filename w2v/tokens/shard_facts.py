"""What `w2v info` tells of a token cache in shards, and what `w2v verify` checks."""

from __future__ import annotations

from pathlib import Path

from w2v.errors import FormatError
from w2v.files.own import Description
from w2v.progress import Progress
from w2v.tokens.cache import open_shards
from w2v.tokens.shards import FORMAT, SUFFIX, read_index

__all__ = ["describe", "in_brief", "verify"]


def describe(path: Path, progress: Progress) -> Description:
    """Return what `w2v info` tells of an index, all of whose shards are checked. Raises FormatError."""
    index = read_index(path)
    for number in range(len(index.shards)):
        index.check(number)
    with open_shards(index, {}, reused=True) as cache:
        report = {name: value for name, value in cache.report.to_dict().items() if name not in ("sources", "seconds")}
        vocabulary = cache.vocabulary
        first = list(vocabulary.words[:10])
        values = {
            "path": str(path),
            "format": FORMAT,
            "bytes": cache.size,
            "words": len(vocabulary),
            "tokens": vocabulary.tokens,
            "shards": len(index.shards),
            "corpus": report,
            "first": first,
        }
        facts = (
            ("shards", f"{len(index.shards):,}"),
            ("words", f"{len(vocabulary):,}"),
            ("first words", " ".join(first)),
            ("counts", f"{vocabulary.tokens:,} tokens"),
            ("corpus", report),
        )
    return Description(values, facts, lists=("first", "corpus"))


def verify(path: Path, progress: Progress) -> tuple[str, ...]:
    """Check an index with all its shards, and return what was checked besides its hashes. Raises FormatError."""
    index = read_index(path)
    for number in range(len(index.shards)):
        index.check(number)
    ids, words = int(index.starts[-1]), len(index.words)
    return (
        f"{len(index.shards):,} shards with the hashes that it names",
        f"{ids:,} ids, each of one of {words:,} words or of the end of a sentence",
    )


def in_brief(path: Path) -> str:
    """Return the size of the text in a folder of shards, in words; its shards are not compared with their hashes."""
    indices = sorted(path.glob(f"*{SUFFIX}"))
    if not indices:
        return "not finished"
    try:
        found = [read_index(each) for each in indices]
    except FormatError:
        return "damaged"
    return "; ".join(f"{int(index.counts.sum()):,} tokens, {len(index.words):,} words" for index in found)
