"""Manifests: the project's own are right, and whatever is wrong with one is named with its file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from w2v.data import find, load_manifest, manifest_of, manifests
from w2v.errors import DataError, SettingsError
from w2v.evaluation.suites import DEFAULT_SUITES, groups, load
from w2v.evaluation.tasks.registry import TASKS

GOOD = """
name = "tiny"
kind = "similarity"
language = "en"
title = "Tiny"
description = "Two pairs"
[source]
path = "tiny.tsv"
sha256 = "{digest}"
[format]
columns = ["word1", "word2", "score"]
[counts]
items = 2
[rights]
licence = "CC0-1.0"
redistributable = true
citation = "Nobody (2000)"
""".format(digest="0" * 64)


def test_own_manifests_load_and_say_whose_they_are() -> None:
    found = manifests()
    assert {manifest.name for manifest in found} >= {"google-analogies", "wordsim353", "simlex999", "text8", "enwik9"}
    for manifest in found:
        assert manifest.licence
        assert manifest.citation
        assert manifest == manifest_of(manifest.name)


@pytest.mark.parametrize("name", DEFAULT_SUITES)
def test_suites_are_in_the_installed_packages(name: str) -> None:
    """Right hash, the promised number of items, and no line that is not understood."""
    suite = load(name)
    manifest = manifest_of(name)
    assert len(suite) == manifest.items
    assert suite.invalid == 0
    assert suite.sha256 == manifest.sha256
    assert find(manifest).stat().st_size == manifest.source.bytes


HALF = {"xling-en-de"}  # of which the folder has the first rows alone


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(
    "name", sorted({name for name in groups()["all"] if name not in TASKS} - set(DEFAULT_SUITES) - HALF)
)
def test_suites_of_the_shared_folder(name: str, shared: Path) -> None:
    """The folder works as it is: every set is found in it, is the pinned one, and every line is understood."""
    folder = shared / "eval_sets"
    suite, manifest = load(name, folder), manifest_of(name)
    assert len(suite) == manifest.items
    assert suite.invalid == 0
    assert suite.sha256 == manifest.sha256
    assert "" not in suite.words
    found = find(manifest, folder)
    size = sum((found / name).stat().st_size for name in manifest.source.files) or found.stat().st_size
    assert size == manifest.source.bytes
    if manifest.source.urls:  # the table of the folder names the same hashes
        provenance = "".join(page.read_text("utf-8") for page in folder.rglob("PROVENANCE.md"))
        assert all(digest in provenance for digest in manifest.source.files.values() or [manifest.sha256])


@pytest.mark.slow
def test_google_set_has_its_known_shape() -> None:
    suite = load("google-analogies")
    assert len(suite.sections) == manifest_of("google-analogies").sections == 14
    assert [len(suite.groups[group]) for group in ("semantic", "syntactic")] == [5, 9]
    assert len(suite) - len({tuple(question) for question in suite.questions.tolist()}) == 171


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "tiny"', 'name = "other"', "name is 'other', but the file's name is 'tiny'"),
        ('language = "en"\n', "", "language is missing"),
        ('title = "Tiny"', "title = 3", "title is 3, which is not of type str"),
        ('title = "Tiny"', 'title = ""', "title is empty"),
        ("items = 2", "items = true", "counts.items is True, which is not of type int"),
        ("items = 2", "items = 2\nitem = 3", "unknown key: counts.item"),
        ("redistributable = true", "", "rights.redistributable is missing"),
        ('path = "tiny.tsv"', 'path = "../tiny.tsv"', "source.path is '../tiny.tsv', which leaves its folder"),
        ('path = "tiny.tsv"', 'path = "/etc/passwd"', "source.path is '/etc/passwd', which leaves its folder"),
        ('path = "tiny.tsv"', 'by_hand = ".."', "the file of the source would have the name '..'"),
        ('path = "tiny.tsv"', 'urls = ["https://a.org/x.zip"]\nmember = "x/.."\nbytes = 9', "would have the name '..'"),
        ("[format]", '[source.files]\n".." = "' + "0" * 64 + '"\n[format]', "source.files has '..' = "),
        ('path = "tiny.tsv"', "", "source must have package and path, or path alone, or urls"),
        ('path = "tiny.tsv"', 'urls = ["http://example.org/x"]', "'http://example.org/x', which is not https"),
        ('path = "tiny.tsv"', 'urls = ["https://example.org/x"]', "source.bytes is missing: it limits the download"),
        (
            'path = "tiny.tsv"',
            'path = "tiny.tsv"\nurls = ["https://example.org/x"]',
            "source must have package and path",
        ),
        ("0" * 64, "0" * 63, "source.sha256 is not 64 hexadecimal digits in small letters"),
        ('["word1", "word2", "score"]', "[1]", "format.columns is not a list of texts"),
        ("[rights]", "[rights", "is not TOML"),
    ],
)
def test_wrong_manifests(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "tiny.toml"
    assert old in GOOD
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(DataError) as caught:
        load_manifest(path)
    assert message in caught.value.message
    assert "tiny.toml" in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize(("name", "hint"), [("text9", "'text8'"), ("google", "'google-analogies'"), ("", "there are")])
def test_unknown_names_get_suggestions(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match="there is no set or corpus") as caught:
        manifest_of(name)
    assert hint in caught.value.hint


def test_a_corpus_is_no_suite() -> None:
    with pytest.raises(SettingsError, match="text8 is a corpus"):
        load("text8")
