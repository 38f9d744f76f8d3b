"""What `w2v demo` says, step by step. Not here: the steps themselves (`w2v.demo`), and when each is told (cli.demo)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.text import Text

from w2v.cli.analogy import analogy_table
from w2v.cli.eval_tables import report_tables
from w2v.cli.similar import neighbour_tables
from w2v.demo import ANALOGY, SUITE, Answers, World
from w2v.evaluation.wording import percent
from w2v.vectors import Vectors

__all__ = ["about_the_answers", "about_the_text", "about_training", "about_your_own_text"]

SHOWN = 5  # sentences of the text
WIDTH = 100  # of prose, on a terminal that is wider or where there is none


def about_the_text(world: World) -> RenderableType:
    sentences = world.text.decode().split("\n", SHOWN)[:SHOWN]
    return Group(
        _heading("A synthetic text", first=True),
        _said(
            f"{world.sentences:,} sentences, {world.tokens:,} words, generated just now from seed {world.seed}. "
            "They mean nothing: most of the vocabulary is invented, and four relations are planted in the rest."
        ),
        "",
        *(_line(sentence, "italic") for sentence in sentences),
        "",
        _said(
            "No sentence holds two of the planted words. King and queen never meet; what relates them is the company "
            "that they keep."
        ),
        _heading("Training on it"),
    )


def about_training(vectors: Vectors) -> RenderableType:
    facts = f"{len(vectors):,} words, {vectors.dim} dimensions"
    if vectors.record is not None:
        timings, epochs = vectors.record.timings, len(vectors.record.loss)
        facts += (
            f"; {epochs} epochs in {timings['train']:.1f} s on {_some(vectors.record.threads, 'thread')}, after "
            f"{timings['compile']:.1f} s of compiling (longest the first time)"
        )
    return _said(f"{facts}. The settings are those of 'w2v train' when none are given.")


def about_the_answers(answers: Answers, nearest: Sequence[Mapping[str, Any]]) -> RenderableType:
    a, b, c = ANALOGY
    return Group(
        _heading(f"What is to {c} as {a} is to {b}?"),
        _shown(analogy_table(f"{a} − {b} + {c}", answers.analogy, "3cosadd", set(ANALOGY))),
        _heading("How much of what was planted was learned?"),
        _shown(report_tables({"trained just now": answers.planted})),
        _said(
            f"Control: the nearest neighbour of a question's third word alone, without the first two, answers "
            f"{percent(answers.nearest_alone)}."
        ),
        _heading("Neighbours"),
        _shown(neighbour_tables(nearest)),
    )


def about_your_own_text(output: Sequence[Path], corpus: Path | None, seed: int) -> RenderableType:
    parts: list[RenderableType] = []
    if corpus is not None:
        text = shlex.quote(str(corpus))
        parts += [_said(f"The text is kept in {corpus}; the same vectors again, but for the order of threads:")]
        parts += [_line(f"w2v train {text} --seed {seed} -o again.safetensors", "bold")]
    for path in output:
        vectors = shlex.quote(str(path))
        parts += [_said(f"The vectors are kept in {path}:"), _line(f"w2v eval {vectors} --suite {SUITE}", "bold")]
    if not parts:
        parts += [_said("Nothing was kept: --corpus PATH keeps the text, --output PATH the vectors.")]
    return Group(
        _heading("Your own text"),
        *parts,
        _said(
            "This text was made to be learned. Real text is harder, and takes millions of words. If it has "
            "punctuation, add --tokenizer words --lowercase to the first line."
        ),
        "",
        _line("w2v train your.txt -o vectors.safetensors", "bold"),
        _line("w2v analogy king man woman -m vectors.safetensors", "bold"),
        _line("w2v similar paris -m vectors.safetensors", "bold"),
        _line("w2v eval vectors.safetensors --suite google-analogies", "bold"),
    )


def _heading(text: str, *, first: bool = False) -> RenderableType:
    return Padding(Text(text, style="bold cyan"), (0 if first else 1, 0, 1, 0))


def _said(text: str) -> RenderableType:
    return _shown(Text(text))


def _shown(part: RenderableType) -> RenderableType:
    return Constrain(Padding(part, (0, 0, 0, 2)), WIDTH)


def _line(text: str, style: str) -> RenderableType:
    """A line by itself, however long: a sentence, or a command to copy."""
    return Padding(Text(text, style=style), (0, 0, 0, 4))


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
