"""`w2v demo`: show everything that w2v does, without a network, on a text that w2v generates (w2v/demo).

With --format table, each step is printed when it is done; the other formats print all results at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.analogy import answer_rows
from w2v.cli.options import Command, format_option, log_option
from w2v.cli.output import Result, emit, print_line, show
from w2v.cli.paths import keep_apart, tell_of_replaced
from w2v.cli.progress import console_progress
from w2v.cli.similar import neighbours_of
from w2v.cli.types import OutputPath
from w2v.errors import OutputError

if TYPE_CHECKING:
    from w2v.demo import Answers, World
    from w2v.progress import Level, Progress
    from w2v.report.blocks import Section
    from w2v.vectors import Vectors

NEIGHBOURS_OF = "paris"
TITLE = "A demonstration of w2v"
PROSE = 100  # characters in a line of text, on a wide terminal or if the output is not a terminal


@click.command(
    cls=Command,
    examples=["w2v demo", "w2v demo --corpus demo.txt -o demo.safetensors", "w2v demo --seed 2 --json | jq .world"],
)
@click.option("--seed", type=int, metavar="N", default=1, help="Random seed of the text and of the training.")
@click.option("--threads", type=int, metavar="N", show_default="all cores", help="Worker threads.")
@click.option(
    "-o",
    "--output",
    multiple=True,
    type=OutputPath(),
    help="Keep the vectors in this file; its ending says the format. May be given more than once.",
)
@click.option("--corpus", type=OutputPath(), help="Keep the generated text in this file.")
@format_option
@log_option
def command(seed: int, threads: int | None, output: tuple[Path, ...], corpus: Path | None, output_format: str) -> None:
    """Show what w2v can do, on a text that it generates.

    Generates sentences in which relations between words are planted, trains vectors on them, completes an analogy,
    scores the relations, and shows the commands for a text of your own. Needs no network. Keeps only the files that
    --output and --corpus name.
    """
    from w2v import formats
    from w2v.cli import demo_story
    from w2v.demo import ANALOGY, generate, learn, question
    from w2v.files.whole import check_writable
    from w2v.report.blocks import Document
    from w2v.training.models import DEFAULT, MODELS

    given: dict[str, Any] = {"seed": seed, "threads": threads}
    MODELS[DEFAULT].settings(**given)  # raises an error for wrong values before the work begins
    keep_apart({"--output": output, "--corpus": [corpus]})
    for path in output:
        formats.check_output(path)
    if corpus is not None:
        check_writable(corpus)
    world = generate(seed)
    if corpus is not None:
        _check_replaceable(corpus, world)

    story: list[Section] = []

    def tell(section: Section) -> None:
        """Print a step when it is done, and keep it for the formats that print everything at the end."""
        if output_format == "table":
            if story:
                print_line("")
            show(Document(TITLE, (section,)), PROSE)
        story.append(section)

    tell(demo_story.about_the_text(world))
    with console_progress() as progress:
        tell_of_replaced(output, progress)
        vectors = learn(world, corpus=corpus, threads=threads, progress=_Calm(progress))
        for path in output:
            formats.write(vectors, path)
    tell(demo_story.about_training(vectors))
    answers = question(vectors)
    a, b, c = ANALOGY
    analogy = answer_rows(vectors, vectors.lookup.read(f"{a} - {b} + {c}"), answers.analogy, "3cosadd")
    nearest = neighbours_of(vectors, [NEIGHBOURS_OF], topn=5)
    tell(demo_story.about_the_answers(answers, analogy, nearest))
    tell(demo_story.about_your_own_text(output, corpus, seed))
    if output_format != "table":
        payload = {**_facts(world, vectors, answers, analogy), "neighbours": nearest, **_files(output, corpus)}
        result = Result("w2v.demo/1", payload, answers.planted.rows(), lambda: Document(TITLE, tuple(story)))
        emit(result, output_format)


def _check_replaceable(corpus: Path, world: World) -> None:
    """Raise `OutputError` where a file lies that is not the text of an earlier demonstration."""
    if corpus.is_file():
        with corpus.open("rb") as file:
            begin = file.read(1 << 16)
        if begin and not world.resembles(begin):
            raise OutputError(
                f"--corpus {corpus} would replace a file that is not a text of w2v demo",
                hint="choose another name, or remove that file first",
            )


class _Calm:
    """A `Progress` that shows messages only with --verbose, because the demo explains everything in its own words."""

    def __init__(self, heard: Progress) -> None:
        self.phase, self.update, self.close = heard.phase, heard.update, heard.close
        self.heard = heard

    def message(self, text: str, level: Level = "info") -> None:
        self.heard.message(text, "detail" if level in ("info", "hint") else level)


def _facts(world: World, vectors: Vectors, answers: Answers, analogy: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "world": {
            "synthetic": True,
            "seed": world.seed,
            "sentences": world.sentences,
            "tokens": world.tokens,
            "sha256": world.sha256,
        },
        "run": None if vectors.record is None else vectors.record.to_dict(),
        "analogy": analogy,
        "planted": answers.planted.to_dict(),
        "nearest_alone": answers.nearest_alone,
    }


def _files(output: tuple[Path, ...], corpus: Path | None) -> dict[str, Any]:
    return {"output": [str(path) for path in output], "corpus": None if corpus is None else str(corpus)}
