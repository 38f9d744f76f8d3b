"""Put questions about words to vector files: read the words, look them up, and say what they were taken for.

The questions themselves are commands, each in a file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any, TypeVar

import click

from w2v.cli.output import ARGUMENTS
from w2v.cli.progress import console_progress
from w2v.cli.rows import read_vectors, row_filters, unfiltered, words_in_file
from w2v.errors import FormatError, UnknownWordsError, W2VError
from w2v.formats.registry import suffixes

if TYPE_CHECKING:
    from w2v.lookup import Found, Reading
    from w2v.progress import Progress
    from w2v.vectors import Vectors

__all__ = [
    "ask",
    "described",
    "input_option",
    "texts_of",
    "unknown_words_choice",
    "unknown_words_option",
    "words_in_file",
    "words_of",
]

Answer = TypeVar("Answer")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
NAMED = 10  # words that a remark names; of more it gives the number

input_option: Decorator = click.option(
    "-i",
    "--input",
    "words_file",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Also ask for each line of this file; - is standard input.",
)


def unknown_words_choice(lacking: str = "words that the vectors lack") -> Decorator:
    """Return the option --unknown-words. lacking: the words at which it stops, as its help calls them."""
    return click.option(
        "--unknown-words",
        type=click.Choice(["error", "skip"]),
        metavar="error|skip",
        default="error",
        help=f"Stop at {lacking}, or leave these out and say which.",
    )


unknown_words_option = unknown_words_choice()


def texts_of(words: Sequence[str], words_file: Path | None, argument: str = "WORD...") -> list[str]:
    """Return what is asked: the words of the command line, and the lines of the file; a lone `-` is standard input.

    Arguments with + or - between them are one sum, as king - man + woman without quotes.
    """
    texts = words_in_file(Path("-")) if tuple(words) == ("-",) else _joined_sums(words)
    texts += [] if words_file is None else words_in_file(words_file)
    if not texts:
        message = f"Missing argument '{argument}'." if words_file is None and not words else "The input has no lines."
        raise click.UsageError(message, ctx=click.get_current_context())
    return texts


def _joined_sums(words: Sequence[str]) -> list[str]:
    """The arguments, those of a sum as one."""
    from w2v.expressions import OPERATORS, PLUS

    texts: list[str] = []
    after_operator = False
    for number, word in enumerate(words):
        is_operator = word in OPERATORS and 0 < number < len(words) - 1
        if texts and (is_operator or after_operator or (word[0] in PLUS and len(word) > 1)):
            texts[-1] += f" {word}"
        else:
            texts.append(word)
        after_operator = is_operator
    return texts


def ask(
    texts: Sequence[str],
    paths: Sequence[Path],
    answer: Callable[[Vectors, list[Reading], Progress], Answer],
    *,
    unknown: str | None = None,
) -> list[Answer]:
    """Return what `answer` makes of each vector file and of the texts as they are read there, one file after the other.

    unknown: "error" raises `UnknownWordsError` for words that a file lacks; "skip" leaves out the texts that have such
    words, and raises only if nothing is left in any file. None: the command has no such choice, and raises.
    """
    answers: list[Answer] = []
    error: UnknownWordsError | None = None
    with console_progress() as progress:
        for path in paths:
            loaded = _read(path, progress)
            readings, missing = loaded.lookup.read_known(texts)
            if missing:
                error = _with_cure(loaded.lookup.unknown(missing), path)
                if unknown != "skip":
                    raise _with_skip(error) if unknown is not None and readings else error
                if readings or len(paths) > 1:  # else the error says it
                    progress.message(f"left out, not in {path}: {_named(map(repr, missing))}", "warning")
            _remark(loaded, readings, progress, several=len(paths) > 1)
            if readings:
                answers.append(answer(loaded, readings, progress))
    if error is not None and not answers:
        raise error
    return answers


def words_of(vectors: Vectors, path: Path, progress: Progress, *, needed: bool = False) -> list[str]:
    """Return the words of a list in a file, as the vectors have them; with a warning where they lack some.

    needed: raise `FormatError` for a list without words, and for one of which the vectors have no word.
    """
    found = [(text, vectors.lookup.find(text)) for text in words_in_file(path)]
    if needed and not found:
        raise FormatError(f"{path} has no words", hint="write one word a line")
    if needed and all(each is None or each.row is None for _, each in found):
        count = f"none of the {len(found):,} words of {path}" if len(found) > 1 else f"the only word of {path}"
        raise FormatError(
            f"{count} is {'not ' * (len(found) == 1)}in {vectors.name} ({len(vectors):,} words): {found[0][0]!r:.60}"
            + ", …" * (len(found) > 1),
            hint="write one word a line, in the language and spelling of the vectors",
        )
    missing = [text for text, each in found if each is None or each.row is None]
    if missing:
        progress.message(f"{path}: not in {vectors.name}: {_named(map(repr, missing))}", "warning")
    return [each.word for _, each in found if each is not None and each.row is not None]


def described(reading: Reading) -> dict[str, Any]:
    """Return what a text was taken for, as plain values.

    word: the word, as the vectors have it; None for a sum. how: the step that found it, or "sum". words: all words.
    """
    return {
        "query": reading.text,
        "word": None if reading.word is None else reading.word.word,
        "how": "sum" if reading.word is None else reading.word.how,
        "words": [{"asked": each.asked, "word": each.word, "how": each.how} for each in reading.words],
    }


def _with_skip(error: UnknownWordsError) -> UnknownWordsError:
    """The same error; its hint also says how the other texts are answered."""
    cure = "eave such words out: --unknown-words skip"
    error.hint = f"{error.hint} Or l{cure}" if error.hint.endswith("?") else f"{error.hint}; or l{cure}"
    return error


def _with_cure(error: UnknownWordsError, path: Path) -> UnknownWordsError:
    """The same error, with another hint where an option left the word out, or where it is the name of a file."""
    filters = row_filters()
    if filters:
        return _left_out(error, path, filters)
    for word in error.words:
        is_file = len(word) < 200 and "\0" not in word and Path(word).is_file()
        if is_file or word.endswith(tuple(suffixes())):
            what = "is a file" if is_file else "looks like the name of a file"
            error.hint = f"{word!r} {what}: name files of vectors with -m, as in -m {quote(word)}"
            break
    return error


def _left_out(error: UnknownWordsError, path: Path, filters: str) -> UnknownWordsError:
    """The error for words that are not among the rows that options keep; of a small file, whether it has them."""
    where = f"the rows of {path} that {filters} keeps"
    left_out = UnknownWordsError(error.words, {}, where)
    left_out.hint = f"leave out {filters}, or ask for another word; --restrict-vocab and --among only limit the answers"
    try:
        whole = unfiltered(path)
    except W2VError:
        return left_out
    if whole is not None:
        there = [word for word in error.words if whole.lookup.find(word) is not None]
        if not there:
            return whole.lookup.unknown(error.words)
        has = ", ".join(map(repr, there[:NAMED])) if len(error.words) > 1 else "it"
        left_out.hint = f"the file has {has}: {left_out.hint}"
    return left_out


def _read(path: Path, progress: Progress) -> Vectors:
    """Read a vector file. If -man in king -man +woman was taken for the option -m, the error says so."""
    try:
        return read_vectors(path, progress)
    except FormatError as error:
        typed = click.get_current_context().meta.get(ARGUMENTS, ())
        if f"-m{path}" in typed and not path.exists():
            raise FormatError(error.message, hint=f"if - is a minus, write a space behind it: - m{path}") from error
        raise


def _remark(vectors: Vectors, readings: Iterable[Reading], progress: Progress, *, several: bool) -> None:
    """Say which words were taken for others, which have no direction, and which occurred too rarely."""
    found = list(dict.fromkeys(word for reading in readings for word in reading.words))
    remarks = [remark for word in found if (remark := word.remark(vectors.name))]
    for remark in remarks[:NAMED]:
        progress.message(remark)
    if len(remarks) > NAMED:
        progress.message(f"and {len(remarks) - NAMED:,} more words are there in another case or form")
    for word in dict.fromkeys(word.word for word in found if word.row is not None and vectors.norms[word.row] == 0):
        progress.message(f"the vector of {word!r} is all zeros: every cosine with it is 0", "warning")
    _remark_rare(vectors, found, progress, f" in {vectors.name}" if several else "")


def _remark_rare(vectors: Vectors, found: Iterable[Found], progress: Progress, where: str) -> None:
    """Say which words occurred so rarely that chance in training decides on much of what is near them."""
    from w2v.chance import RARE, STEADY

    if vectors.counts is None:
        return
    rows = dict.fromkeys(word.row for word in found if word.row is not None and vectors.norms[word.row] > 0)
    rare = {row: int(vectors.counts[row]) for row in rows if vectors.counts[row] < RARE}
    for number, (row, count) in enumerate(rare.items()):
        if number == NAMED:
            progress.message(f"and {len(rare) - NAMED:,} more words occurred less than {RARE} times{where}", "warning")
            return
        times = "once" if count == 1 else f"{count} times"
        progress.message(
            f"{vectors.stored_words[row]!r} occurred {times}{where}: its neighbours say little; words of {STEADY} "
            "occurrences and more are steadier",
            "warning",
        )


def _named(names: Iterable[str]) -> str:
    """Some names, and how many more there are."""
    rest = iter(names)
    shown = ", ".join(islice(rest, NAMED))
    more = sum(1 for _ in rest)
    return f"{shown} and {more:,} more" if more else shown
