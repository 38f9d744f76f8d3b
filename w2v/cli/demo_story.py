"""The texts and tables of `w2v demo`, one section of a document for each step. The steps themselves are in w2v/demo."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from w2v.cli.analogy import analogy_table
from w2v.cli.similar import neighbour_notes, neighbour_tables
from w2v.demo import ANALOGY, SUITE, Answers, World
from w2v.evaluation.outline import suite_sections
from w2v.report.blocks import Block, Lines, Note, Section
from w2v.report.numbers import percent
from w2v.vectors import Vectors

__all__ = ["about_the_answers", "about_the_text", "about_training", "about_your_own_text"]

SENTENCES = 5  # sentences of the generated text that are shown


def about_the_text(world: World) -> Section:
    """Describe the generated text, and show its first sentences."""
    sentences = tuple(world.text.decode().split("\n", SENTENCES)[:SENTENCES])
    return Section(
        "A synthetic text",
        (
            _said(
                f"{world.sentences:,} sentences, {world.tokens:,} words, generated just now from seed {world.seed}. "
                "The sentences have no meaning: most words are invented. Four relations between real words, such as "
                "king and queen, are planted in the text."
            ),
            Lines(sentences),
            _said(
                "No sentence contains two of the planted words. King and queen never occur together; only the words "
                "around them can show their relation."
            ),
        ),
    )


def about_training(vectors: Vectors) -> Section:
    """Say how large the vectors are and how long training took."""
    facts = f"{len(vectors):,} words, {vectors.dim} dimensions"
    if vectors.record is not None:
        timings, epochs = vectors.record.timings, len(vectors.record.loss)
        facts += (
            f"; {epochs} epochs in {timings['train']:.1f} s on {_some(vectors.record.threads, 'thread')}, after "
            f"{timings['compile']:.1f} s of compiling (the first time takes longest)"
        )
    return Section("Training on this text", (_said(f"{facts}. All settings are the defaults of 'w2v train'."),))


def about_the_answers(
    answers: Answers, analogy: Sequence[Mapping[str, Any]], nearest: Sequence[Mapping[str, Any]]
) -> Section:
    """Show the analogy, the scores on the planted relations, and the neighbours."""
    a, b, c = ANALOGY
    report = replace(answers.planted, sets={})  # the totals, without every single question
    planted = Section("How many of the planted relations were learned?", (), tuple(suite_sections({SUITE: report})))
    control = _said(
        "A control: simply answering with the nearest neighbour of the third word, without the first two words, would "
        f"be right in {percent(answers.nearest_alone)} of the questions."
    )
    return Section(
        "",
        (),
        (
            Section(
                f"What is to {c} as {a} is to {b}?",
                (analogy_table(f"{a} − {b} + {c}", analogy, "3cosadd", set(ANALOGY)),),
            ),
            planted,
            Section("", (control,)),
            Section("Neighbours", (*neighbour_tables(nearest), *neighbour_notes(nearest))),
        ),
    )


def about_your_own_text(output: Sequence[Path], corpus: Path | None, seed: int) -> Section:
    """Say which files were kept, and show the commands for a text of one's own."""
    parts: list[Block] = []
    if corpus is not None:
        text = shlex.quote(str(corpus))
        parts.append(
            _said(
                f"The text is in {corpus}. This trains on it again (the order of threads changes the vectors a little):"
            )
        )
        parts.append(_commands(f"w2v train {text} --seed {seed} -o again.safetensors"))
    for path in output:
        vectors = shlex.quote(str(path))
        parts += [
            _said(f"The vectors are in {path}. This scores them:"),
            _commands(f"w2v eval {vectors} --suite {SUITE}"),
        ]
    if not parts:
        parts.append(_said("No file was kept. --corpus PATH keeps the text, and --output PATH keeps the vectors."))
    advice = _said(
        "This text was made so that its relations can be learned easily. Real text is harder: millions of words are "
        "needed. 'w2v data get text8' downloads a real one, of 17 million words. If your text has punctuation, add "
        "--tokenizer words --lowercase to the first of these commands."
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
