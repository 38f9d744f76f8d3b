"""The registry of commands: a line for each, so that `w2v --help` imports none. A command is a file beside this one.

The line has the heading that the command stands under, and the first sentence of the command's own help.
"""

from __future__ import annotations

from importlib import import_module

import click

__all__ = ["COMMANDS", "command_named", "headings"]

COMMANDS = {
    "train": ("Train", "Train word vectors on text."),
    "phrases": ("Train", "Find words that form phrases, such as new york."),
    "analogy": ("Ask", "Complete an analogy: king − man + woman."),
    "similar": ("Ask", "List the words nearest to a word."),
    "similarity": ("Ask", "Compare two words: cosine, dot product, distance."),
    "odd-one-out": ("Ask", "Find the word that fits the others least."),
    "vector": ("Ask", "Print the vectors of words."),
    "why": ("Ask", "Explain why two words are near each other."),
    "senses": ("Ask", "Find the senses of words in a text."),
    "axis": ("Ask", "Show where words lie on axes made of pairs of words."),
    "ask": ("Ask", "Ask many questions: a prompt, with the file loaded once."),
    "info": ("Ask", "Show what is in a vector file, and how it was made."),
    "encode": ("Texts", "Turn texts into vectors, one for each text."),
    "index": ("Texts", "Make a file in which documents can be searched."),
    "search": ("Texts", "Search documents by words, by meaning, or by both."),
    "groups": ("Texts", "Sort words, or documents, into groups of like ones."),
    "eval": ("Measure", "Score vectors on analogies, similarity and more."),
    "bias": ("Measure", "Measure how words are associated, with controls."),
    "drift": ("Measure", "Find the words that moved between vectors of several periods."),
    "bench": ("Measure", "Measure w2v against gensim: speed, memory, scores."),
    "plot": ("See", "Draw words: a picture for a paper, a slide or a class."),
    "map": ("See", "Draw a map of words: one HTML page, without network."),
    "export": ("Share", "Write vectors for other programs."),
    "convert": ("Share", "Write vectors in another format."),
    "align": ("Share", "Bring two vector files into one space."),
    "verify": ("Share", "Check that files are whole and undamaged."),
    "data": ("Data", "List, find and download corpora, sets and vectors."),
    "cache": ("Data", "List and clear what is kept on this computer."),
    "demo": ("Data", "Show what w2v can do, on a text that it generates."),
}


def headings() -> dict[str, list[tuple[str, str]]]:
    """Return the commands with their sentences, by heading, in the order of the registry."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, (heading, sentence) in COMMANDS.items():
        found.setdefault(heading, []).append((name, sentence))
    return found


def command_named(name: str) -> click.Command:
    """Import and return a command of the registry."""
    command: click.Command = import_module(f"w2v.cli.{name.replace('-', '_')}").command
    return command
