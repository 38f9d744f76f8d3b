"""Dictionaries: how files are read, how words are found, and which ones are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from listening import Listening

from w2v.compare.beginnings import begin
from w2v.compare.dictionary import identical_words, numerals, read_pairs, seeds_of
from w2v.errors import DataError, SettingsError
from w2v.vectors import Vectors


def vectors(*words: str, name: str = "v") -> Vectors:
    return Vectors(list(words), np.ones((len(words), 2), dtype=np.float32), name=name)


ENGLISH = vectors("house", "dog", *(f"word{n}" for n in range(20)), "New_York", "madrid", "1999", "paris", name="en")
GERMAN = vectors("haus", "hund", *(f"wort{n}" for n in range(20)), "New_York", "Madrid", "1999", "Paris", name="de")
PAIRS = [(f"word{n}", f"wort{n}") for n in range(20)]


@pytest.mark.parametrize(
    "text",
    [
        "house\tHaus\ndog\tHund\n",
        "house Haus\ndog   Hund\n",
        "house;Haus\r\ndog;Hund\r\n",
        'house,"Haus"\ndog,Hund\n',
        "# a comment\n\nhouse\tHaus\tnoun\ndog\tHund\tnoun\nhouse\tHaus\n",
    ],
)
def test_pairs_are_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text(text, "utf-8")
    assert read_pairs(path) == ([("house", "Haus"), ("dog", "Hund")], 0, None)


def test_lines_that_are_no_pairs_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text("house\tHaus\nalone\ndog\tHund\n", "utf-8")
    assert read_pairs(path).not_read == 1
    path.write_text("one\ntwo\nhouse\tHaus\n", "utf-8")
    with pytest.raises(DataError, match="2 of its 3 lines are no pairs"):
        read_pairs(path)
    with pytest.raises(DataError):
        read_pairs(tmp_path / "absent.tsv")
    path.write_text("\n", "utf-8")
    with pytest.raises(DataError, match=r"d\.tsv is empty"):
        read_pairs(path)


@pytest.mark.parametrize("names", [("source", "target"), ("Word 1", "word_2")])
def test_a_line_of_names_is_no_pair(names: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "d.tsv"
    path.write_text("# a comment\n{}\t{}\nhouse\tHaus\nsource\ttarget\n".format(*names), "utf-8")
    assert read_pairs(path) == ([("house", "Haus"), ("source", "target")], 0, names)
    english, german = (vectors(*(pair[side] for pair in PAIRS), "source", "target") for side in (0, 1))
    path.write_text("{}\t{}\n".format(*names) + "".join(f"{a}\t{b}\n" for a, b in PAIRS), "utf-8")
    heard = Listening()
    [seeds], _, _ = begin(english, german, [path], 1, None, heard)
    assert (seeds.listed, len(seeds)) == (20, 20)
    assert heard.messages == [f"{path}: a line {names[0]!r}, {names[1]!r} names the columns: it is no pair"]
    path.write_text("source\ttarget\n", "utf-8")
    with pytest.raises(DataError, match=r"d\.tsv has no pairs"):
        read_pairs(path)


def test_words_are_found_in_another_case_and_as_phrases() -> None:
    seeds = seeds_of([*PAIRS, ("House", "Haus"), ("new york", "New York"), ("cat", "Katze")], ENGLISH, GERMAN)
    assert len(seeds) == 22
    assert [0, 0] in seeds.rows.tolist()
    assert (seeds.listed, seeds.without_source, seeds.without_target) == (23, 1, 1)


def test_a_dictionary_in_the_wrong_direction_is_named() -> None:
    turned = [(second, first) for first, second in PAIRS]
    with pytest.raises(SettingsError, match="in the other direction: of its 20 pairs, both files have 0") as refused:
        seeds_of(turned, ENGLISH, GERMAN, file="de-en.tsv")
    assert "the other way round" in refused.value.hint


def test_too_few_pairs() -> None:
    with pytest.raises(
        SettingsError, match=r"too few pairs .* 9 of 10 \(en lacks 1, as 'cat'; de lacks 1, as 'Katze'\)"
    ):
        seeds_of([*PAIRS[:9], ("cat", "Katze")], ENGLISH, GERMAN)


def test_words_that_are_spelt_alike() -> None:
    names = [f"name{n}" for n in range(12)]
    first, second = vectors(*names, "die", "2001"), vectors("die", *map(str.title, reversed(names)), "2001")
    seeds = identical_words(first, second, 100)
    assert (seeds.kind, len(seeds)) == ("identical", 12)
    assert seeds.rows[0].tolist() == [0, 12]
    with pytest.raises(SettingsError, match="share too few words of four letters or more"):
        identical_words(first, vectors("other", "words"), 100)
    with pytest.raises(SettingsError, match="too few numerals"):
        numerals(first, second, 100)
    years = vectors(*map(str, range(1990, 2010)), "1.5", "a1")
    assert len(numerals(years, years, 100)) == 21
