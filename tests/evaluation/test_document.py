"""The page and the Markdown: every figure as the JSON has it, nothing from outside, no word taken for code."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import numpy as np
import pytest

from w2v.errors import SettingsError
from w2v.evaluation import ConventionName, Suite, evaluate_sets
from w2v.evaluation.findings import Findings
from w2v.evaluation.tasks.analogies.report import AnalogyReport
from w2v.evaluation.tasks.bias import WordByAnalogy
from w2v.evaluation.tasks.bias.section import words_document
from w2v.evaluation.tasks.categories import CategoryReport
from w2v.evaluation.tasks.outliers import OutlierReport
from w2v.evaluation.tasks.similarity import SimilarityReport
from w2v.report import to_html, to_markdown
from w2v.report.blocks import BOLD, GREY, HOLLOW, Mark, Scale
from w2v.report.characters import HARMLESS
from w2v.report.charts import strip
from w2v.vectors import Neighbour, Vectors

VOID = {"meta", "line", "rect", "circle", "path"}
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "header",
    "h1",
    "h2",
    "h3",
    "ul",
    "li",
    "b",
    "span",
    "div",
}
TAGS |= {"nav", "main", "section", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "small", "data", "svg"}
TAGS |= {
    "g",
    "line",
    "rect",
    "circle",
    "path",
    "dl",
    "dt",
    "dd",
    "pre",
    "details",
    "summary",
    "noscript",
    "footer",
    "code",
    "script",
}
FINDINGS = ["everything", "single", "seeds"]
FILES = ("deep/<i>one.bin", "deep/two|.bin")


@dataclass
class Page(HTMLParser):
    """The page as a browser would take it apart; what is not closed, or closed twice, is an error."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    figures: list[tuple[str, float]] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_decl(self, decl: str) -> None:
        self.declared.append(decl)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.code[self.open[-1]] = data
            return
        self.text.append(data)
        if self.open and self.open[-1] == "data":
            self.figures.append((data, float(self.tags[-1][1]["value"] or "nan")))


def read(page: str) -> Page:
    parsed = Page()
    parsed.feed(page)
    parsed.close()
    assert parsed.open == []
    return parsed


@pytest.fixture(scope="module")
def pages(request: pytest.FixtureRequest) -> dict[str, str]:
    return {name: request.getfixturevalue(name).to_html() for name in FINDINGS}


def numbers_in(value: Any) -> set[float]:
    if isinstance(value, dict):
        return set().union(*map(numbers_in, value.values()))
    if isinstance(value, (list, tuple)):
        return set().union(*map(numbers_in, value))
    return {float(value)} if isinstance(value, (int, float)) and not isinstance(value, bool) else set()


@pytest.mark.slow
@pytest.mark.parametrize("name", FINDINGS)
def test_the_page_is_whole_and_its_own(pages: dict[str, str], name: str) -> None:
    """Well-formed; nothing is fetched; no link leads out or nowhere; no code but ours, which the policy names."""
    page = read(pages[name])
    assert page.declared == ["doctype html"]
    assert {tag for tag, _ in page.tags} <= TAGS
    attributes = [(key, value or "") for _, found in page.tags for key, value in found.items()]
    assert {key for key, _ in attributes if key.startswith("on") or key in ("src", "srcset", "srcdoc")} == set()
    names = [value for key, value in attributes if key == "id"]
    assert len(names) == len(set(names))
    targets = [value for key, value in attributes if key in ("href", "aria-labelledby")]
    assert {target.removeprefix("#") for target in targets} <= set(names)
    assert all(value.startswith("#") for key, value in attributes if key == "href")
    assert all(re.fullmatch(r"--spaces:\d+", value) for key, value in attributes if key == "style")
    assert not re.search(r"url\(|@import|@font-face|https?:", page.code["style"] + page.code["script"])
    policy = next(found["content"] or "" for tag, found in page.tags if "http-equiv" in found)
    digest = base64.b64encode(hashlib.sha256(page.code["script"].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy
    assert [tag for tag, _ in page.tags].count("script") == 1


def test_the_script_sets_words_as_text_and_fetches_nothing() -> None:
    script = files("w2v.report").joinpath("page.js").read_text("utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch|XMLHttp|import|setTimeout"
    )
    assert not re.search(forbidden, script)


@pytest.mark.parametrize("name", FINDINGS)
def test_words_are_shown_as_they_are(pages: dict[str, str], name: str, request: pytest.FixtureRequest) -> None:
    """All that comes from files stands in the text, letter by letter, control characters aside."""
    findings: Findings = request.getfixturevalue(name)
    text = "".join(read(pages[name]).text)
    first = next(iter(findings.reports.values()))
    words = [*findings.labels.values(), *first.suites, *first.missing]
    for report in first:
        if isinstance(report, AnalogyReport):
            words += [report.title, *(tally.name for tally in (*report.sections, *report.groups))]
        if report.kind == "geometry":
            words += [hub["word"] for hub in report.to_dict()["hubs"]]
            assert any("<" in word or "\x1b" in word for word in words), "the evil words are not among the hubs"
    for word in set(words) - {"bias", "geometry"}:
        assert word.translate(HARMLESS) in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", pages[name])


@pytest.mark.parametrize("name", FINDINGS)
def test_figures_are_those_of_the_json(pages: dict[str, str], name: str, request: pytest.FixtureRequest) -> None:
    """Each is in the JSON, exact to the last digit, and rounded rightly; and those of the JSON are all on the page."""
    findings: Findings = request.getfixturevalue(name)
    payload = findings.to_dict()
    known = numbers_in(payload)
    figures = read(pages[name]).figures
    for text, value in figures:
        assert value in known
        plain = text.replace("−", "-").replace(",", "")
        if plain.startswith("< "):
            assert value < float(plain[2:])
            continue
        digits = re.sub(r" .*", "", plain)
        scale = 100 if abs(float(digits)) > 5 * abs(value) or plain.endswith("%") else 1  # hundredths
        places = len(digits.partition(".")[2])
        assert abs(float(digits) - scale * value) <= 0.5000001 * 10**-places, text
    shown = {value for _, value in figures}
    for file in payload["files"]:
        for suite in file["suites"]:
            tallies = (
                [suite["total"], *suite["groups"], *suite["sections"], *suite["total"]["methods"]]
                if "total" in suite and "macro" in suite
                else [suite]
            )
            keys = (
                "accuracy",
                "low",
                "high",
                "macro",
                "spearman",
                "pearson",
                "purity",
                "v_measure",
                "opp",
                "iso_score",
            )
            wanted = {tally.get(key) for tally in tallies for key in keys} - {None}
            for test in suite.get("associations", ()):
                wanted |= {
                    test["effect_size"],
                    test["p"],
                    test["p_holm"],
                    test["null"]["low"],
                    test["leave_one_out"]["high"],
                }
            wanted |= {
                measure["value"] for group in suite.get("groups", ()) for measure in group.get("measures", ())
            } - {None}
            assert wanted <= shown, suite["suite"]
    for compared in payload.get("comparison", ()):
        assert numbers_in(compared["scores"]) <= shown
        assert {compared["differences"][0][key] for key in ("difference", "low", "high", "adjusted", "detectable")} <= {
            *shown,
            None,
        }
    for spread in payload.get("replicates", {}).get("scores", ()):
        assert {spread["mean"], spread["sd"], spread["least"], spread["greatest"]} <= shown


def unpacked(page: str) -> dict[str, dict[str, Any]]:
    found = [tags["data-packed"] or "" for _, tags in read(page).tags if "data-packed" in tags]
    items = [json.loads(zlib.decompress(base64.b64decode(each))) for each in found]
    for each in items:
        for column in each["columns"]:
            if column["kind"] == "word":
                column["values"] = [None if value is None else each["words"][value] for value in column["values"]]
    return {
        each["title"]: {"rows": list(zip(*(column["values"] for column in each["columns"]), strict=True)), **each}
        for each in items
    }


def test_every_question_is_in_the_page(pages: dict[str, str], everything: Findings) -> None:
    """Counted again, the single items give the totals of each file, in all kinds of suites."""
    found = unpacked(pages["everything"])
    assert len(found) == 5
    asked = found["Every question of <u>evil</u>, by 3CosAdd"]
    assert asked["filter"] == "section"
    evil = asked["rows"][-2]
    assert evil[:4] == (
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(2)>',
        "</script><svg/onload=alert(3)>",
        "a|b",
    )
    for number, whole in enumerate(everything.reports.values()):
        report = whole["<u>evil</u>"]
        assert isinstance(report, AnalogyReport)
        outcomes = [row[4 + 3 * number : 7 + 3 * number] for row in asked["rows"]]
        assert len(outcomes) == report.total.total
        assert sum(right == 1 for right, _, _ in outcomes) == report.total.correct
        assert sum(right is not None for right, _, _ in outcomes) == report.total.scored
        for row, (right, answer, rank) in zip(asked["rows"], outcomes, strict=True):
            if right is not None:
                assert (right == 1) == (answer == row[3]) == (rank == 1)
        pairs, words, odd = whole["wordsim353"], whole["cats"], whole["odd"]
        assert isinstance(pairs, SimilarityReport)
        assert isinstance(words, CategoryReport)
        assert isinstance(odd, OutlierReport)
        cosines = [row[3 + 2 * number] for row in found["Every pair of wordsim353"]["rows"]]
        assert sum(cosine is not None for cosine in cosines) == pairs.scored
        fits = [row[2 + number] for row in found["Every word of cats"]["rows"]]
        assert fits.count(1) / words.scored == words.purity
        places = [row[2 + 2 * number] for row in found["Every outlier of odd"]["rows"]]
        assert places.count(1) / odd.scored == odd.accuracy
    scored = found["Every word of the tests"]["rows"]
    first = next(iter(everything.reports.values()))["bias"].to_dict()
    tests = (*first["associations"], *first["groups"], *first["sentiments"])
    assert len(scored) == sum(len(test["words"]) for test in tests)


def test_marks_lie_where_their_figures_are() -> None:
    scale = Scale("", -1.0, 3.0, 1.0, str)
    drawn = strip([Mark(1.0, 0.0, 2.0, band=(-1.0, 0.5), reference=2.5), None, Mark(9.0, faint=True)], scale, series=5)
    places = [float(found) for found in re.findall(r'c?x[12]?="([\d.]+)%"', drawn)]
    assert places == [25, 25, 0, 87.5, 87.5, 25, 75, 25, 25, 75, 75, 50, 100]
    assert 'width="37.50%"' in drawn
    assert re.findall(r'<g class="([^"]+)"', drawn) == ["s5", "s1 faint"]
    assert strip([None, None], scale) == ""
    bars = strip([Mark(-0.5)], Scale("", -1.0, 1.0, 1.0, str, bars=True))
    assert 'class="bar" x="25.00%" width="25.00%"' in bars


def test_the_page_of_one_object_is_always_the_same(pages: dict[str, str], single: Findings) -> None:
    assert single.to_html() == pages["single"]


def test_findings_from_python(single: Findings, everything: Findings) -> None:
    """In memory, and as a frame with the rows that CSV has."""
    assert (single.to_html(), single.to_markdown()) == (to_html(single.document()), to_markdown(single.document()))
    frame = single.to_frame()
    assert tuple(frame["suite"].unique()) == single.suites
    assert len(frame) == len(single.rows())
    assert single["wordsim353"] is single.report["wordsim353"] is everything[FILES[0], "wordsim353"]
    assert [report.suite for report in everything] == [*everything.suites] * 2
    assert everything.metrics().keys() == {
        f"{label}: {name}" for label in everything.labels.values() for name in single.metrics()
    }
    with pytest.raises(SettingsError, match="there are 2 files"):
        everything["wordsim353"]


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_contrast(theme: int) -> None:
    """WCAG AA: text 4.5 to 1 on what it stands on, marks 3 to 1."""
    style = files("w2v.report").joinpath("page.css").read_text("utf-8")
    colours = {name: both[theme] for name, *both in re.findall(r"--(\w[\w-]*): light-dark\((#\w+), (#\w+)\)", style)}
    on = {"warning": "warning-panel"}
    texts = ("ink", "quiet", "link", "warning", "right", "wrong")
    for least, names in ((4.5, texts), (3.0, tuple(f"s{number}" for number in range(6)))):
        for name in names:
            for paper in (on.get(name, "paper"), on.get(name, "panel")):
                low, high = sorted(luminance(colours[each]) for each in (name, paper))
                assert (high + 0.05) / (low + 0.05) >= least, (name, paper)


@pytest.mark.parametrize("name", FINDINGS)
def test_markdown(name: str, request: pytest.FixtureRequest) -> None:
    """Tables have equal rows; no word opens a tag, a link, a column or emphasis; the figures are those of the page."""
    document = request.getfixturevalue(name).document()
    text = to_markdown(document)
    assert text.startswith("# Evaluation of word vectors\n\n- **")
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table
    assert not re.search(r"(?<!\\)[<\[`~]|(?<!\\)&\w", text)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    plain = re.sub(r"\\([^\w\s])", r"\1", text)
    for figure, _ in read(to_html(document)).figures:
        assert figure in plain
    assert text.count("\n\n**") == sum("caption" in tag for tag, _ in read(to_html(document)).tags)


def test_words_by_analogy_have_a_page_too() -> None:
    near = (Neighbour("<b>", 0.75, 1, True), Neighbour("nurse", 0.5, 2, False))
    found = WordByAnalogy("doctor", "<b>", "man", "woman", near, ("men", "women"), None, 0.25)
    vectors = Vectors(["<b>", "nurse"], np.eye(2, dtype=np.float32))
    page = read(to_html(words_document([found], vectors, "x.bin")))
    assert page.figures == [("0.75", 0.75), ("0.50", 0.5)]
    assert "25 %" in "".join(page.text)


@pytest.mark.slow
@pytest.mark.parametrize("convention", ["w2v", "gensim", "word2vec", "glove"])
def test_figures_that_are_not_there(convention: ConventionName, small_sets: dict[str, Suite], cloud: Vectors) -> None:
    """No word known, rules that ask for less, one suite alone: the page stands, with signs for none."""
    nothing = Vectors(["xx", "yy", "zz"], np.eye(3, dtype=np.float32))
    for vectors in (nothing, cloud):
        whole = evaluate_sets(vectors, small_sets, convention=convention)
        parts = [replace(whole, suites={name: report}) for name, report in whole.suites.items()]
        for report in (whole, *parts):
            for findings in (Findings({"a": report}), Findings({"a": report, "b": report})):
                document = findings.document()
                page = read(to_html(document))
                assert not any("nan" in text or "None" in text for text in page.text)
                assert "nan" not in to_markdown(document)


def test_a_drawing_is_explained_as_far_as_there_is_something_to_explain(pages: dict[str, str]) -> None:
    text = "".join(read(pages["everything"]).text)
    for part in (BOLD, GREY, HOLLOW, "Shaded: 95 % of d"):
        assert part in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Upright" not in text, "WordSim-353 has no figure for people's agreement"
    assert HOLLOW not in "".join(read(pages["seeds"]).text)
