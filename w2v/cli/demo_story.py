"""What `w2v demo` says, step by step, as sections of a document. `w2v.demo` takes the steps; `cli/demo` tells them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from w2v.cli.analogy import analogy_table
from w2v.cli.similar import neighbour_tables
from w2v.demo import ANALOGY, SUITE, Answers, World
from w2v.evaluation.sections import report_sections
from w2v.report.blocks import Block, Lines, Note, Section
from w2v.report.numbers import percent
from w2v.vectors import Vectors

__all__ = ["about_the_answers", "about_the_text", "about_training", "about_your_own_text"]

SENTENCES = 5  # of the text that are shown


def about_the_text(world: World) -> Section:
    """What the generated text is like."""
    sentences = tuple(world.text.decode().split("\n", SENTENCES)[:SENTENCES])
    return Section(
        "A synthetic text",
        (
            _said(
                f"{world.sentences:,} sentences, {world.tokens:,} words, generated just now from seed {world.seed}. "
                "They mean nothing: most of the vocabulary is invented, and four relations are planted in the rest."
            ),
            Lines(sentences),
            _said(
                "No sentence holds two of the planted words. King and queen never meet; what relates them is the "
                "company that they keep."
            ),
        ),
    )


def about_training(vectors: Vectors) -> Section:
    """How long training took."""
    facts = f"{len(vectors):,} words, {vectors.dim} dimensions"
    if vectors.record is not None:
        timings, epochs = vectors.record.timings, len(vectors.record.loss)
        facts += (
            f"; {epochs} epochs in {timings['train']:.1f} s on {_some(vectors.record.threads, 'thread')}, after "
            f"{timings['compile']:.1f} s of compiling (longest the first time)"
        )
    return Section("Training on it", (_said(f"{facts}. The settings are those of 'w2v train' when none are given."),))


def about_the_answers(answers: Answers, nearest: Sequence[Mapping[str, Any]]) -> Section:
    """The analogy, the scores on what was planted, and neighbours."""
    a, b, c = ANALOGY
    report = replace(answers.planted, sets={})  # the totals, without every single question
    planted = Section("How much of what was planted was learned?", (), tuple(report_sections({SUITE: report})))
    control = _said(
        f"Control: the nearest neighbour of a question's third word alone, without the first two, answers "
        f"{percent(answers.nearest_alone)}."
    )
    return Section(
        "",
        (),
        (
            Section(
                f"What is to {c} as {a} is to {b}?",
                (analogy_table(f"{a} − {b} + {c}", answers.analogy, "3cosadd", set(ANALOGY)),),
            ),
            planted,
            Section("", (control,)),
            Section("Neighbours", tuple(neighbour_tables(nearest))),
        ),
    )


def about_your_own_text(output: Sequence[Path], corpus: Path | None, seed: int) -> Section:
    """What was kept, and what to do with a text of one's own."""
    parts: list[Block] = []
    if corpus is not None:
        text = shlex.quote(str(corpus))
        parts.append(_said(f"The text is kept in {corpus}; the same vectors again, but for the order of threads:"))
        parts.append(_commands(f"w2v train {text} --seed {seed} -o again.safetensors"))
    for path in output:
        vectors = shlex.quote(str(path))
        parts += [_said(f"The vectors are kept in {path}:"), _commands(f"w2v eval {vectors} --suite {SUITE}")]
    if not parts:
        parts.append(_said("Nothing was kept: --corpus PATH keeps the text, --output PATH the vectors."))
    advice = _said(
        "This text was made to be learned. Real text is harder, and takes millions of words. If it has punctuation, "
        "add --tokenizer words --lowercase to the first line."
    )
    commands = _commands(
        "w2v train your.txt -o vectors.safetensors",
        "w2v analogy king man woman -m vectors.safetensors",
        "w2v similar paris -m vectors.safetensors",
        "w2v eval vectors.safetensors --suite google-analogies",
    )
    return Section("Your own text", (*parts, advice, commands))


def _said(text: str) -> Note:
    return Note((text,), "plain")


def _commands(*lines: str) -> Lines:
    return Lines(lines, strong=True)


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
