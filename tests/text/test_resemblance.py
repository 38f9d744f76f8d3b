"""What plain text is that looks like something else; real text looks like nothing but text."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from w2v.text.resemblance import resemblance


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        ("id,title,price\n1,a drill,3\n", "products.csv", "CSV: --column NAME or --column NUMBER"),
        ("id;title;price\n" + "1;a drill;3\n" * 9, "products.txt", "CSV: --column NAME or --column NUMBER"),
        ("a b\tc d\n" * 9, "pairs.txt", "TSV: --column"),
        ("a b\tc d\n", "pairs.tsv.gz", "TSV: --column"),
        ('{"title": "a b"}\n', "records.txt", "JSON: --column KEY"),
        ('[\n {"title": "a b"}]', "records.txt", "JSON: --column KEY"),
        ("<!DOCTYPE html>\n<html>", "page.txt", "HTML: --input-format html"),
        ("<p>text</p>", "page.htm", "HTML: --input-format html"),
        ('<?xml version="1.0"?><html>', "page", "HTML: --input-format html"),
        (">chr1\nACGTACGTACGTACGTACGTACGT\n", "genes.txt", "FASTA: split its sequences into words"),
    ],
)
def test_it_is_said(content: str, name: str, said: str) -> None:
    assert said in resemblance(content.encode(), name)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "one two three\n" * 9,
        "Well, he said.\nYes, she said.\n" * 9,
        "> a quotation\nof some words\n",
        "[1] a note\n[2] another\n",
        "{curly words}\n",
        "1 2 3 4 5 6\n" * 9,
        "10 20\n30 40\n",
        "# Markdown\n\n| a | b |\n|---|---|\n| c | d |\n\nText, with commas, in it.\n",
        "<unk> a b\n<s> c\n",
    ],
)
def test_text_is_text(content: str) -> None:
    assert resemblance(content.encode(), "corpus.txt") == ""


def test_real_corpora_are_text(shared: Path) -> None:
    for path in sorted((shared / "corpora").glob("*.txt.xz")):
        with lzma.open(path) as file:
            assert resemblance(file.read(4096), path.name) == ""


def test_the_columns_are_named() -> None:
    assert resemblance(b"id;title; price\n1;a drill;3\n", "products.csv").endswith("its columns (id, title, price)")
