"""The documented form of results: real output fits the schema, and docs/json.md says the same in tables.

`python tests/evaluation/test_schema.py` writes docs/json.md and results.schema.json anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError

from w2v import Vectors, load, save
from w2v.cli import main
from w2v.cli.output import Result, written_as
from w2v.evaluation import ConventionName, Suite, evaluate, evaluate_sets, expand
from w2v.evaluation.findings import Findings
from w2v.evaluation.schema import schema
from w2v.evaluation.tasks.bias import WordByAnalogy
from w2v.report.blocks import Document
from w2v.vectors import Neighbour

NAMES = {
    "w2v.eval/1": "eval",
    "w2v.bias/1": "bias_result",
    "w2v.bias-words/1": "bias_words",
    "w2v.similar/1": "similar",
    "w2v.similarity/1": "similarity_pair",
    "w2v.analogy/1": "analogy_answers",
    "w2v.similarity-of-files/1": "similarities_of_files",
    "w2v.analogy-of-files/1": "analogies_of_files",
    "w2v.why/1": "why",
    "w2v.senses/1": "senses",
    "w2v.senses.scan/1": "senses_scan",
    "w2v.senses.self-test/1": "senses_test",
    "w2v.drift/1": "drift",
    "w2v.align/1": "align",
    "w2v.old-index/1": "old_index",
}
PAGE = Path(__file__).parents[2] / "docs" / "json.md"
FILE = Path(__file__).parents[2] / "w2v" / "evaluation" / "results.schema.json"
SCHEMA: dict[str, Any] = schema()
ABOUT = """# Results as JSON

What `w2v eval --json` and the same option of `w2v bias`, `similar`, `similarity`, `analogy`, `why`, `senses`, `drift`
and `align` print, and what `--report FILE.json` of `eval`, `bias`, `senses`, `drift` and `align` writes. From Python,
`to_dict()` of what `w2v.evaluate` returns is the same object as `w2v eval --json` prints, its `schema` included.
Numbers are as they were computed, never rounded; what cannot be computed is null. Within a version of a form fields may
be added; none is removed or changes its meaning. The same as a JSON Schema:
[results.schema.json](../w2v/evaluation/results.schema.json), in the installed package
`importlib.resources.files("w2v.evaluation") / "results.schema.json"`.

`--format jsonl`, `csv` and `tsv` have one flat line a section, test or measure, as `to_frame()` has from Python; those
of `w2v similar` have one line a neighbour. With several files there is also a line for each difference (`level` is
`difference`: `vectors` − `compared_with`), and with groups of seeds one for each mean (`mean`, `section mean`) and each
difference of means (`mean difference`, `section mean difference`).
"""


def written() -> str:
    """The schema as a file: a line a field, as it is read best."""
    compact = partial(json.dumps, ensure_ascii=False)

    def form(about: Mapping[str, Any]) -> str:
        fields = ",\n".join(f"        {compact(name)}: {compact(each)}" for name, each in about["properties"].items())
        heads = [f"      {compact(key)}: {compact(value)}" for key, value in about.items() if key != "properties"]
        return ",\n".join([*heads, f'      "properties": {{\n{fields}\n      }}'])

    forms = ",\n".join(f"    {compact(name)}: {{\n{form(about)}\n    }}" for name, about in SCHEMA["$defs"].items())
    heads = [f"  {compact(key)}: {compact(value)}" for key, value in SCHEMA.items() if key != "$defs"]
    return "{\n" + ",\n".join([*heads, f'  "$defs": {{\n{forms}\n  }}']) + "\n}\n"


def page() -> str:
    return "\n".join([ABOUT, *(line for name, form in SCHEMA["$defs"].items() for line in section(name, form))])


def section(name: str, form: Mapping[str, Any]) -> Iterator[str]:
    yield f'## <a id="{name}"></a>{form["title"]}\n'
    yield f"{form['description']}\n"
    yield "| field | type | what it is |\n| --- | --- | --- |"
    for field, about in form["properties"].items():
        optional = "" if field in form["required"] else ", where asked for"
        told = about["description"].replace("|", "\\|")
        yield f"| `{field}` | {kind(about)}{optional} | {told} |"
    yield ""


def kind(about: Mapping[str, Any]) -> str:
    """A type in words, with links to other forms."""
    if "$ref" in about:
        name = about["$ref"].rpartition("/")[2]
        return f"[{SCHEMA['$defs'][name]['title']}](#{name})"
    if "const" in about:
        return f"`{json.dumps(about['const'])}`"
    if "enum" in about:
        return ", ".join(f"`{json.dumps(value)}`" for value in about["enum"])
    for word in ("anyOf", "oneOf"):
        if word in about:
            return " or ".join(map(kind, about[word]))
    if "prefixItems" in about:
        return f"[{', '.join(map(kind, about['prefixItems']))}]"
    if about["type"] == "array":
        return f"list of {kind(about['items'])}"
    if about["type"] == "object":
        return f"object of {kind(about['additionalProperties'])}" if "properties" not in about else "object"
    types = about["type"] if isinstance(about["type"], list) else [about["type"]]
    return " or ".join(types)


def strict(form: Any) -> Any:
    """The schema with every field known: in tests, one that is not documented is an error."""
    if isinstance(form, list):
        return [strict(each) for each in form]
    if not isinstance(form, dict):
        return form
    closed = {name: strict(each) for name, each in form.items()}
    return {**closed, "additionalProperties": False} if "required" in form else closed


def check(form: str, payload: Any) -> None:
    """Raise for the first fault of a result in the form of that name."""
    text = written_as(Result(form, payload, [], Document.of), "json")
    schema = {**strict(SCHEMA), "oneOf": [{"$ref": f"#/$defs/{NAMES[form]}"}]}
    Draft202012Validator(schema).validate(json.loads(text))


def test_the_schema_is_one_and_the_page_says_the_same() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert page() == PAGE.read_text("utf-8"), "python tests/evaluation/test_schema.py"
    assert files("w2v.evaluation").joinpath(FILE.name).read_text("utf-8") == written()
    assert json.loads(written()) == SCHEMA


@pytest.mark.parametrize("name", ["everything", "single", "seeds"])
def test_results_fit(name: str, request: pytest.FixtureRequest) -> None:
    check("w2v.eval/1", request.getfixturevalue(name).to_dict())


def test_results_without_any_answer_fit() -> None:
    report = evaluate(
        Vectors(["xx", "yy", "zz"], np.eye(3, dtype=np.float32)), ["demo-world", "wordsim353", "bias", "geometry"]
    )
    check("w2v.eval/1", report.to_dict())


def test_what_is_undocumented_or_amiss_is_found(single: Findings) -> None:
    payload = single.to_dict()
    for spoilt in ({**payload, "more": 1}, {**payload, "convention": "fasttext"}, {**payload, "files": []}):
        with pytest.raises(ValidationError):
            check("w2v.eval/1", spoilt)


@pytest.mark.parametrize("convention", ["gensim", "word2vec", "glove"])
def test_results_by_other_rules_fit(convention: ConventionName, small_sets: dict[str, Suite], cloud: Vectors) -> None:
    report = evaluate_sets(cloud, small_sets, convention=convention)
    check("w2v.eval/1", Findings({"x": report}, convention).to_dict())


@pytest.mark.slow
def test_results_on_real_sets_fit(shared: Path) -> None:
    """Every suite but the largest sets of analogies and of labels, which are of the same kind as smaller ones.

    Of the translations the folder has the first rows alone.
    """
    vectors = load(shared / "eval_sets" / "vectors" / "ref-enwiki100MB-sg100-top10k.bin")
    names = [
        name
        for name in expand(["all"])
        if name not in ("google-analogies", "msr-syntax", "bats", "bias", "sst2", "xling-en-de")
    ]
    report = evaluate(vectors, names, restrict_vocab=3000, data_dir=shared / "eval_sets")
    assert len(report) == len(names)
    check("w2v.eval/1", report.to_dict())


def test_the_results_of_bias_fit(everything: Findings) -> None:
    found = next(iter(everything.reports.values()))["bias"]
    check("w2v.bias/1", {"vectors": "x", **found.to_dict()})
    near = (Neighbour("nurse", 0.5, 1, False),)
    words = [
        WordByAnalogy("doctor", "doctor", "man", "woman", near, ("men", "women"), 0.1, 0.5),
        WordByAnalogy("doctor", "doctor", "man", "woman", near, ("", ""), None, None),
    ]
    payload = {"vectors": "x", "lists": {"name": "", "sha256": ""}, "words": [each.to_dict() for each in words]}
    check("w2v.bias-words/1", payload)


@pytest.mark.parametrize(
    "asked",
    [
        ("similar", "cat", "KING", "{cat dog} - man", "-n", "3"),
        ("similar", "cat", "-m", "few.txt"),
        ("similarity", "cat", "dog"),
        ("similarity", "{cat dog}", "man"),
        ("analogy", "king", "man", "woman", "-n", "3"),
        ("analogy", "king", "man", "woman", "--method", "3cosmul", "--include-inputs"),
        ("similarity", "cat", "dog", "-m", "few.bin", "-m", "few.txt"),
        ("analogy", "cat - dog", "-n", "3", "-m", "few.bin", "-m", "few.txt"),
        ("why", "cat", "dog", "-n", "3"),
        ("why", "cat", "dog", "--corpus", "few.text", "--tokenizer", "whitespace"),
        ("drift", "few.bin", "other.bin", "--word", "cat", "--word", "new"),
        ("drift", "few.bin", "few.bin", "--min-count", "5"),
        ("drift", "few.bin", "other.bin", "--old-index"),
        ("drift", "few.bin", "other.bin", "--old-index", "few.text"),
    ],
    ids=" ".join,
)
def test_the_answers_to_questions_fit(
    asked: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["cat", "dog", "king", "man", "woman", *(f"word{number}" for number in range(30))]
    save(Vectors(words, np.random.default_rng(1).normal(size=(len(words), 6)), [1000] * len(words)), "few.bin")
    other = np.random.default_rng(2).normal(size=(len(words), 6))
    save(Vectors([*words[:-1], "new"], other, [1000] * len(words)), "other.bin")
    Path("few.txt").write_text("2 2\ncat 1 0\ndog 0 1\n")
    Path("few.text").write_text("the big cat and a mouse\nthe big dog and a bone\n" * 3)
    file = () if "-m" in asked or "drift" in asked else ("-m", "few.bin")
    assert main([*asked, *file, "--json"]) == 0
    payload = json.loads(capsys.readouterr().out)
    check(payload.pop("schema"), payload)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    FILE.write_text(written(), "utf-8")
