"""What people are told of a corpus that was read, or whose token cache an earlier run has left: counts and advice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from w2v.progress import Progress
from w2v.progress.phase import amount
from w2v.text.folding import alike
from w2v.text.reading import UTF8
from w2v.text.segmenting import unspaced_script
from w2v.tokens.cache import CorpusReport, TokenCache
from w2v.tokens.left_out import described, tags_among
from w2v.tokens.phrase_lists import describe_phrases
from w2v.tokens.settings import CorpusConfig
from w2v.tokens.word_lists import describe_lists

if TYPE_CHECKING:
    from w2v.tokens.counting import Words

__all__ = ["advise", "announce"]

LOOKED_AT = 100  # words that tell the script
MANY_TAGS = 0.005  # for each token: then many words have # or @ before them
UNTOKENISED = "many words have punctuation attached, or are whole phrases: --tokenizer words takes them apart"


def announce(cache: TokenCache, config: CorpusConfig, progress: Progress) -> None:
    """Say what a user should know about the corpus, whether this run has read it or an earlier one."""
    report, vocabulary = cache.report, cache.vocabulary
    _advise_on_tokenizer(report.untokenised, progress)
    if report.texts or report.without_text:
        progress.message(_account_of_records(report))
    text = (
        f"corpus: {report.tokens:,} tokens in {report.sentences:,} sentence{'s' * (report.sentences != 1)}; "
        f"vocabulary: {len(cache.vocabulary):,} of {report.types:,} words"
    )
    if report.types_below_min_count:
        text += (
            f"; dropped {report.types_below_min_count:,} ({report.tokens_below_min_count:,} tokens) "
            f"seen fewer than {config.min_count} times"
        )
    if report.types_over_max_vocab:
        text += (
            f"; dropped {report.types_over_max_vocab:,} ({report.tokens_over_max_vocab:,} tokens) "
            f"beyond the {config.max_vocab:,} most frequent"
        )
    progress.message(text)
    if report.replaced_places:
        encoding = "UTF-8" if report.encoding == UTF8 else report.encoding
        progress.message(
            f"{report.replaced_bytes:,} bytes in {report.replaced_places:,} places were not {encoding}: now U+FFFD",
            "warning",
        )
    if report.phrases:
        progress.message(describe_phrases(report.phrases))
    for line in describe_lists(report.word_lists or {}, config.min_count):
        progress.message(line)
    if left_out := described(report.left_out or {}):
        progress.message(left_out)
        if tags_among(report.left_out or {}) > MANY_TAGS * report.tokens and not config.keep_tags:
            progress.message("--keep-tags keeps # and @ before a word (#food, @user)", "hint")
    _advise_on_script(list(vocabulary.words[:LOOKED_AT]), vocabulary.counts[:LOOKED_AT].tolist(), config, progress)
    _warn_of_words_alike(vocabulary.words, config, progress)
    if config.lowercase and config.locale is None and any("i\u0307" in word for word in vocabulary.words):
        progress.message("i with a second dot is the lower case of İ: --locale tr (or az) writes i", "hint")
    size = amount(cache.size, "bytes")
    where = f"in {cache.kept}" if cache.kept is not None else "until this run ends"
    progress.message(f"token cache: reusing {cache.path} ({size})" if cache.reused else f"token cache: {size} {where}")


def advise(words: Words, config: CorpusConfig, progress: Progress, *, untokenised: bool) -> None:
    """Say what may be the cause where no vocabulary can be chosen. words: all that were counted."""
    _advise_on_tokenizer(untokenised, progress)
    some = np.argsort(-words.counts, kind="stable")[:LOOKED_AT]
    _advise_on_script(words.spell(some), words.counts[some].tolist(), config, progress)


def _advise_on_tokenizer(untokenised: bool, progress: Progress) -> None:
    if untokenised:
        progress.message(UNTOKENISED, "hint")


def _advise_on_script(words: list[str], counts: list[int], config: CorpusConfig, progress: Progress) -> None:
    script = unspaced_script(words, counts) if config.tokenizer != "icu" else ""
    if script:
        progress.message(
            f"the text is mostly {script}, which has no blanks between words: --tokenizer icu finds its words",
            "hint",
        )


def _warn_of_words_alike(words: Sequence[str], config: CorpusConfig, progress: Progress) -> None:
    groups = alike(words) if config.folding.normal_form == "none" else []
    if groups:
        first = " and ".join(f"{word!r} ({_points(word)})" for word in groups[0][:2])
        progress.message(
            f"{len(groups):,} word{'s are' if len(groups) > 1 else ' is'} spelt with different code points that "
            f"look alike, such as {first}: --normalize nfc makes them one",
            "warning",
        )


def _account_of_records(report: CorpusReport) -> str:
    of = "" if report.column is None else f" of the column {report.column!r}"
    missing = report.without_text
    without = f"; {missing:,} record{'s have' if missing != 1 else ' has'} none" if missing else ""
    return f"read as {report.kind}: {report.texts:,} text{'s' * (report.texts != 1)}{of}{without}"


def _points(word: str) -> str:
    """The code points of a word outside of ASCII: they tell apart what looks the same."""
    return " ".join(f"U+{ord(letter):04X}" for letter in word if not letter.isascii())
