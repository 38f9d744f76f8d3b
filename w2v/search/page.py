"""The page of `w2v search --serve`, as HTML: a box for the query, and hits with their reasons.

The page has no script and asks for nothing from anywhere, and its policy forbids both. Whatever comes from a query or
a document is escaped, and characters that turn the direction of text around are shown as codes. How it is sent to a
browser: serving.py.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files

from w2v.errors import W2VError
from w2v.report.characters import HARMLESS
from w2v.search.hits import Explanation, Hit, Hits
from w2v.search.scoring import MODES, Mode

__all__ = ["page_of", "policy"]

PAIRS = 12  # pairs of words that are shown
TEXT = 1_200  # characters of a passage that are shown
_TITLES = {
    "both": "words and meaning",
    "meaning": "meaning only",
    "words": "words only",
}
_SCORES = {
    "both": "0.7 z(words) + 0.3 z(meaning)",
    "meaning": "cosine",
    "words": "BM25",
}


@lru_cache(maxsize=1)
def _style() -> str:
    return files("w2v.search").joinpath("page.css").read_text("utf-8")


@lru_cache(maxsize=1)
def policy() -> str:
    """Return the policy that lets a browser use the style of the page, send its form here, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def page_of(
    index: str,
    documents: int,
    modes: Sequence[Mode],
    *,
    query: str = "",
    mode: Mode = "both",
    found: Hits | None = None,
    error: W2VError | None = None,
) -> str:
    """Return the page as a whole.

    index: the name of the index. modes: those that can be chosen. found, error: what became of the query, if there is
    one.
    """
    title = f"{query} – {index}" if query else index
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{_escaped(title)}</title>",
        f"<style>{_style()}</style>",
        "</head>",
        "<body>",
        *_form(query, mode, modes),
        "<main>",
        f'<p class="remark">{documents:,} document{"s" * (documents != 1)} in {_escaped(index)}</p>',
        *([] if error is None else [_error(error)]),
        *([] if found is None else _hits(found)),
        "</main>",
        "</body>",
        "</html>",
    ]
    return "\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    return html.escape(text.translate(HARMLESS))


def _form(query: str, mode: Mode, modes: Sequence[Mode]) -> list[str]:
    choices = (
        f'<label><input type="radio" name="mode" value="{each}"{" checked" * (each == mode)}>{_TITLES[each]}</label>'
        for each in MODES
        if each in modes
    )
    return [
        '<form method="get" action="/" role="search">',
        '<div class="ask">',
        f'<input type="search" name="q" value="{_escaped(query)}" aria-label="Search for" maxlength="1000" autofocus>',
        "<button>Search</button>",
        "</div>",
        f"<fieldset><legend>by</legend>{''.join(choices)}</fieldset>",
        "</form>",
    ]


def _error(error: W2VError) -> str:
    hint = f"<br>{_escaped(error.hint)}" if error.hint else ""
    return f'<p class="warning" role="status">{_escaped(error.message)}{hint}</p>'


def _hits(found: Hits) -> list[str]:
    notes = [f'<p class="remark">Words {_escaped(note)}.</p>' for note in found.notes]
    if not len(found):
        return ['<p class="warning" role="status">No document was found.</p>', *notes]
    return [*notes, "<ol>", *(line for hit in found for line in _hit(hit, found.mode)), "</ol>"]


def _hit(hit: Hit, mode: Mode) -> list[str]:
    place = _escaped(hit.id) + (f", passage {hit.passage:,} of {hit.passages:,}" if hit.passages > 1 else "")
    return [
        '<li class="hit">',
        f'<div class="place"><h2>{place}</h2>',
        f'<span class="score" title="{_SCORES[mode]}">{hit.score:.3f}</span></div>',
        f'<p class="text">{_text(hit)}</p>',
        *([] if hit.explanation is None else _why(hit, hit.explanation, mode)),
        "</li>",
    ]


def _text(hit: Hit) -> str:
    """The text of a passage with its marks."""
    marks = () if hit.explanation is None else hit.explanation.marks
    end = len(hit.text) if len(hit.text) <= TEXT else max(hit.text.rfind(" ", 0, TEXT), TEXT // 2)
    pieces, at = [], 0
    for mark in marks:
        if at <= mark.begin and mark.end <= end:
            kind = ' class="near"' if mark.kind == "near" else ""
            pieces += [_escaped(hit.text[at : mark.begin])]
            pieces += [f"<mark{kind}>{_escaped(hit.text[mark.begin : mark.end])}</mark>"]
            at = mark.end
    pieces.append(_escaped(hit.text[at:end]) + " …" * (end < len(hit.text)))
    return "".join(pieces)


def _why(hit: Hit, why: Explanation, mode: Mode) -> list[str]:
    parts = ["<details>", "<summary>Why?</summary>"]
    if mode == "both":
        parts.append(
            f'<p class="remark">score {hit.score:.3f} = {hit.words_part:.3f} for words + {hit.meaning_part:.3f} for '
            "meaning</p>"
        )
    if hit.cosine is not None:
        shown = [pair for pair in why.pairs if pair.share > 0][:PAIRS]
        rest = hit.cosine - sum(pair.share for pair in shown)
        rows = [(pair.query, pair.text, pair.share) for pair in shown]
        others = len(why.pairs) - len(shown)
        if others:
            rows.append((f"{others:,} other pair{'s' * (others != 1)}", "", rest))
        parts += _table(f"meaning: cosine {hit.cosine:.3f}", ("in the query", "in the text", "share"), rows)
    if why.words:
        shares = [(each.word, each.share) for each in why.words]
        parts += _table(f"words: BM25 {hit.bm25:.3f}", ("in both", "share"), shares)
    return [*parts, "</details>"]


def _table(caption: str, heads: Sequence[str], rows: Iterable[tuple[str | float, ...]]) -> list[str]:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return [
        f"<table><caption>{caption}</caption>",
        f"<thead><tr>{head}</tr></thead><tbody>",
        *(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows),
        "</tbody></table>",
    ]


def _cell(value: str | float) -> str:
    return f"<td>{_escaped(value)}</td>" if isinstance(value, str) else f'<td class="number">{value:.3f}</td>'
