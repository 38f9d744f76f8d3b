"""The options of `w2v drift` for its test of change, with the texts: --corpus, --deals and what belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.types import OutputPath
from w2v.errors import SettingsError

if TYPE_CHECKING:
    from w2v.compare.changes import Significance
    from w2v.compare.spaces import Spaces
    from w2v.progress import Progress
    from w2v.vectors import Vectors

__all__ = ["OF_TEST", "asked_test", "deal_options", "first_typed"]

DEALS = 10
OF_TEST = ("deals", "block", "seed", "threads", "run_dir")  # the options of the test, by their parameters


class _Block(click.ParamType[int]):
    """A number of tokens, or `lines`, which is 0."""

    name = "block"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "lines":
            return 0
        try:
            number = int(value)
        except ValueError:
            number = 0
        if number < 1:
            self.fail(f"{value!r} is neither a number of tokens, such as 1000, nor lines", param, ctx)
        return number


_OPTIONS = (
    click.option(
        "--corpus",
        multiple=True,
        metavar="PATH",
        help="Test which words moved by more than chance: the text that a file was trained on, a file, folder or glob. "
        "Give it once for each file, in the order of the files.",
    ),
    click.option(
        "--deals",
        type=click.IntRange(min=3),
        metavar="R",
        show_default=str(DEALS),
        help="With --corpus: deal the documents of both texts anew R times, and train on each new half. More deals "
        "find smaller changes.",
    ),
    click.option(
        "--deal-block",
        "block",
        type=_Block(),
        metavar="N|lines",
        show_default="1000; lines for CSV, JSON",
        help="What is dealt: blocks of N tokens that end with a line, or lines. It should be no less than a document, "
        "as parts of one document are not independent.",
    ),
    click.option("--seed", type=click.IntRange(0), metavar="N", default=1, help="Seed of the deals."),
    click.option(
        "--threads", type=click.IntRange(1), metavar="N", show_default="all cores", help="Trainings side by side."
    ),
    click.option(
        "--run-dir",
        type=OutputPath(),
        metavar="FOLDER",
        help="Keep finished deals in this folder, in place of the user's cache folder. They are found again when the "
        "command is run again, also with more deals.",
    ),
)


def deal_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the test."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def first_typed(names: Sequence[str]) -> str | None:
    """Return how the first of these options is spelt that stands on the command line; None where none does."""
    context = click.get_current_context()
    for option in context.command.params:
        if option.name in names and context.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            return max(option.opts, key=len)
    return None


def asked_test(
    vectors: Sequence[Vectors],
    corpus: Sequence[str],
    progress: Progress,
    *,
    deals: int | None,
    block: int | None,
    seed: int,
    threads: int | None,
    run_dir: Path | None,
) -> Callable[[Spaces], Significance] | None:
    """Return the test that the options ask for; None without --corpus. Raises SettingsError."""
    if not corpus:
        given = first_typed(OF_TEST)
        if given is not None:
            raise SettingsError(
                f"{given} is for the test of change, which needs the texts",
                hint="give --corpus once for each file, in the order of the files",
            )
        return None
    from w2v.compare.deals.significance import dealt_test
    from w2v.text.sources import expand

    expand(corpus)  # a text that is not there is told before the first one is read
    return dealt_test(
        vectors,
        corpus,
        deals=deals or DEALS,
        block=block,
        seed=seed,
        threads=threads,
        run_dir=run_dir,
        progress=progress,
    )
