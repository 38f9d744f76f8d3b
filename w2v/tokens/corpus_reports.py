"""What a token cache tells of its corpus, gathered from what read and counted it, and from the choice of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from w2v.text.decoding import TextReader
from w2v.text.texts import Texts
from w2v.tokens.cache import CorpusReport

if TYPE_CHECKING:
    from w2v.tokens.choice import Choice
    from w2v.tokens.counting import Counted
    from w2v.tokens.phrases import Joined
    from w2v.tokens.sharding import Counts

__all__ = ["report_of", "report_of_parts"]


def report_of(reader: TextReader, counted: Counted | Joined, choice: Choice, untokenised: bool) -> CorpusReport:
    """Return the report on a corpus that one process has read; untokenised: whether the text looks so."""
    return CorpusReport(
        fingerprint=reader.fingerprint,
        sources=tuple(source.name for source in reader.sources),
        bytes=reader.bytes_read,
        text_bytes=reader.text_bytes,
        tokens=counted.tokens,
        types=len(counted.words),
        sentences=counted.sentences(),
        replaced_places=reader.tally.replaced_places,
        replaced_bytes=reader.tally.replaced_bytes,
        untokenised=untokenised,
        seconds=0.0,
        kind=", ".join(reader.tally.kinds),
        column=reader.reading.column,
        encoding=reader.reading.encoding,
        texts=reader.tally.texts,
        without_text=reader.tally.without_text,
        left_out=None if counted.left_out is None else counted.left_out.to_dict(),
        **_of_choice(choice),
        phrases=counted.facts or None,
    )


def report_of_parts(texts: Texts, counts: Counts, choice: Choice, untokenised: bool) -> CorpusReport:
    """Return the report on a corpus whose files were counted one by one."""
    return CorpusReport(
        fingerprint=counts.fingerprint,
        sources=tuple(source.name for source in texts.sources),
        bytes=counts.sum_of("bytes"),
        text_bytes=counts.sum_of("text_bytes"),
        tokens=counts.sum_of("tokens"),
        types=len(counts.words),
        sentences=counts.sum_of("sentences"),
        replaced_places=counts.sum_of("replaced_places"),
        replaced_bytes=counts.sum_of("replaced_bytes"),
        untokenised=untokenised,
        seconds=0.0,
        kind=counts.kinds,
        column=texts.reading.column,
        encoding=texts.reading.encoding,
        texts=counts.sum_of("texts"),
        without_text=counts.sum_of("without_text"),
        left_out=counts.left_out,
        **_of_choice(choice),
    )


def _of_choice(choice: Choice) -> dict[str, Any]:
    """Return what a report says of the choice of words."""
    return {
        "types_below_min_count": choice.types_below_min_count,
        "tokens_below_min_count": choice.tokens_below_min_count,
        "types_over_max_vocab": choice.types_over_max_vocab,
        "tokens_over_max_vocab": choice.tokens_over_max_vocab,
        "word_lists": choice.lists,
    }
