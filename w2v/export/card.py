"""The model card, README.md of a folder for the Hub: what the vectors are, how to use them, and their scores.

The scores are those of `w2v eval --json`, as they were printed. They are of the vectors of words, before the weights of
pooling were folded into the rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from w2v.errors import FormatError, SettingsError
from w2v.files.small import read_small
from w2v.pooling.rules import TextRules
from w2v.vectors import Vectors
from w2v.version import __version__

__all__ = ["Card", "Scores", "card_text", "read_scores"]

Scores = Mapping[str, Any]
"""The results of `w2v eval` for one vector file: an item of `files`, with its `dims` where these were asked for."""

SCHEMA = "w2v.eval/"
TAGS = ("static-embeddings", "word-vectors", "sentence-transformers", "model2vec", "w2v", "feature-extraction")
FOLDED = {
    "mean": "The rows are the vectors of the words as they are; the vector of a text is their mean.",
    "idf": "The weights of the words by idf are folded into the rows.",
    "sif": "The weights of the words (smooth inverse frequency) and the common component are folded into the rows.",
    "usif": "The weights of the words (unsupervised SIF) and the common components are folded into the rows.",
}
TASKS = {"similarity": "word-similarity", "analogy": "word-analogies"}


@dataclass(frozen=True)
class Card:
    """What only the export knows: its choices, and the numbers of words and phrases."""

    name: str
    pooling: str
    dtype: str
    dim: int
    words: int
    phrases: int
    licence: str
    language: str


def read_scores(path: Path, vectors: str) -> Scores:
    """Return the results for a vector file from the JSON of `w2v eval`.

    vectors: the path of the file. Of several files in the results, the one with its name is taken. Raise `FormatError`
    for what are no such results, and `SettingsError` where none of them is of the file.
    """
    try:
        found = json.loads(read_small(path, FormatError))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: this is no JSON", hint="have 'w2v eval --json' write it") from error
    files = found.get("files") if isinstance(found, Mapping) else None
    if not isinstance(files, list) or not str(found.get("schema", "")).startswith(SCHEMA):
        raise FormatError(f"{path}: these are no results of w2v eval", hint="have 'w2v eval --json' write it")
    files = [each for each in files if isinstance(each, Mapping)]
    fitting = [each for each in files if Path(str(each.get("vectors"))).name == Path(vectors).name]
    if not fitting:
        named = ", ".join(str(each.get("vectors")) for each in files)
        raise SettingsError(
            f"{path} has results of {named or 'no file'}, and none of {vectors}", hint=f"w2v eval {vectors} --json"
        )
    studies = found.get("studies")
    dims = studies.get("dims") if isinstance(studies, Mapping) else None
    own = dims.get(fitting[0]["vectors"]) if isinstance(dims, Mapping) else None
    return {**fitting[0], "dims": own if isinstance(own, Mapping) else None}


def card_text(card: Card, vectors: Vectors, rules: TextRules, scores: Sequence[Scores], loaders: str) -> str:
    """Return the card: facts in YAML for the Hub, then Markdown for people."""
    results = list(_results(scores))
    parts = [
        "\n".join(["---", *_facts(card, results), "---"]),
        f"# {card.name}",
        f"Static vectors of {card.words:,} words in {card.dim} dimensions, exported by w2v {__version__}. The vector "
        f"of a text is the mean of the vectors of its words, at length 1. {FOLDED.get(card.pooling, '')}".strip(),
        _usage(card),
        "## What it is\n\n" + _table(("", ""), _about(card, vectors, rules, loaders)),
    ]
    if results:
        head = ("set", "score", "value", "95 % interval", "scored")
        parts.append(
            "## Scores\n\nOf the vectors of words, before pooling was folded into the rows; by `w2v eval`.\n\n"
            + _table(
                head, [(each["set"], each["name"], each["shown"], each["interval"], each["of"]) for each in results]
            )
        )
    parts += [_dims_table(each["dims"]) for each in scores if each.get("dims")]
    parts.append(_limits(card, rules))
    return "\n\n".join(parts) + "\n"


def _facts(card: Card, results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of YAML; JSON's texts and lists are YAML too."""
    if card.language:
        yield f"language: {json.dumps(card.language)}"
    if card.licence:
        yield f"license: {json.dumps(card.licence)}"
    yield "library_name: model2vec"
    yield "pipeline_tag: sentence-similarity"
    yield f"tags: {json.dumps(list(TAGS))}"
    if results:
        yield "model-index:"
        yield f"- name: {json.dumps(card.name)}"
        yield "  results:"
    for each in results:
        yield f"  - task: {json.dumps({'type': TASKS.get(each['kind'], each['kind'])})}"
        yield f"    dataset: {json.dumps({'type': each['set'], 'name': each['title']})}"
        yield f"    metrics: {json.dumps([{'type': each['name'], 'value': each['value']}])}"


def _results(scores: Sequence[Scores]) -> Iterator[dict[str, Any]]:
    """The score of each set that has one."""
    for file in scores:
        for suite in file.get("suites") or []:
            score = suite.get("score") if isinstance(suite, Mapping) else None
            value = score.get("value") if isinstance(score, Mapping) else None
            if not isinstance(score, Mapping) or not isinstance(value, (int, float)):
                continue
            low, high = score.get("low"), score.get("high")
            whole = isinstance(low, (int, float)) and isinstance(high, (int, float))
            yield {
                "set": str(suite.get("suite")),
                "title": str(suite.get("title") or suite.get("suite")),
                "kind": str(suite.get("kind")),
                "name": str(score.get("name")),
                "value": round(float(value), 6),
                "shown": f"{value:.3f}",
                "interval": f"{low:.3f} to {high:.3f}" if whole else "–",
                "of": f"{score.get('scored', 0):,} of {score.get('total', 0):,}",
            }


def _usage(card: Card) -> str:
    sentence = '["how to fix a slow laptop", "speed up your computer"]'
    lines = [
        "## How to use it",
        "",
        "```python",
        "from model2vec import StaticModel",
        "",
        f"model = StaticModel.from_pretrained({json.dumps(card.name)})  # the folder, or its name on the Hub",
        f"vectors = model.encode({sentence})",
        "```",
    ]
    if card.dtype != "int8":
        lines += [
            "",
            "```python",
            "from sentence_transformers import SentenceTransformer",
            "",
            f"model = SentenceTransformer({json.dumps(card.name)})",
            f"vectors = model.encode({sentence})",
            "```",
        ]
    return "\n".join(lines)


def _about(card: Card, vectors: Vectors, rules: TextRules, loaders: str) -> Iterator[tuple[str, ...]]:
    record = vectors.record
    yield "words", f"{card.words:,}" + (f", {card.phrases:,} of them phrases" if card.phrases else "")
    yield "dimensions", str(card.dim)
    yield "pooling", f"{card.pooling}, folded into the rows" if card.pooling != "mean" else "mean"
    yield "numbers", f"{card.dtype}. {loaders}"
    yield "tokenizer", f"{rules}; `tokenizer.json` has the same rules"
    if record is not None:
        yield "model", _trained(record.model, record.settings)
        yield "corpus", _corpus(record.corpus)
        if record.started:
            yield "trained", record.started
    yield "licence", card.licence or "not stated"


def _trained(model: str, settings: Mapping[str, Any]) -> str:
    known = ("dim", "window", "negative", "epochs", "min_count", "subwords", "seed")
    told = [f"{name} {settings[name]}" for name in known if settings.get(name) is not None]
    return ", ".join([model, *told])


def _corpus(corpus: Mapping[str, Any]) -> str:
    """The names of the files without their folders, which are nobody's business, and what tells them from others."""
    sources = corpus.get("sources")
    names = [Path(str(each)).name for each in sources] if isinstance(sources, (list, tuple)) else []
    some = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    facts = [some or "not stated"]
    if isinstance(corpus.get("tokens"), int):
        facts.append(f"{corpus['tokens']:,} words")
    if isinstance(corpus.get("fingerprint"), str):
        facts.append(f"sha256 {corpus['fingerprint'][:16]}…")
    return "; ".join(facts)


def _dims_table(dims: Mapping[str, Any]) -> str:
    """Scores of the first columns, where the results have them."""
    rows = [each for each in dims.get("rows") or [] if isinstance(each, Mapping)]
    suites = [str(score.get("suite")) for score in (rows[0].get("scores") or [])] if rows else []
    cells = [
        (
            str(row.get("dims")),
            f"{row.get('float32_bytes')}",
            f"{row.get('int8_bytes')}",
            *(_number(score.get("value")) for score in row.get("scores") or []),
            "as they are" if row.get("is_full") else "no worse shown" if row.get("no_worse_shown") else "worse",
        )
        for row in rows
    ]
    ordered = "by principal components, without the mean (`w2v convert --order-dims` writes them so)"
    order = ordered if dims.get("order") == "pca" else "as they lie"
    head = ("dims", "bytes a word (float32)", "bytes a word (int8)", *suites, "beside all dims")
    return f"## Fewer dimensions\n\nThe first columns, {order}. {dims.get('verdict', '')}\n\n" + _table(head, cells)


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, (int, float)) else "–"


def _limits(card: Card, rules: TextRules) -> str:
    lines = [
        "## Good to know",
        "",
        "- Words that are not in the vocabulary are left out; a text of none becomes zeros.",
        "- Versions of model2vec before 0.10 cut a text after 512 words; later ones and sentence-transformers do not.",
        "- `truncate_dim` of sentence-transformers does not bring the shorter vectors to length 1 again.",
    ]
    if rules.joins_phrases:
        lines.append("- A phrase such as *new york* is found where one blank stands between its words.")
    if card.dtype == "float16":
        lines.append("- As float16, sentence-transformers gives NaN for texts without known words: leave these out.")
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |" for line in lines)
