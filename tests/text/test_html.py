"""HTML: what is text, where sentences end, and pages that are bad on purpose."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from w2v.errors import CorpusError
from w2v.text import Reading, Texts


def read(tmp_path: Path, content: str) -> list[str]:
    (tmp_path / "page.html").write_text(content, "utf-8")
    return [text.text for text in Texts(tmp_path / "page.html", Reading("html"))]


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        ("<title>T</title><p>One <b>two</b>three<br>four</p>", ["T", "One twothree", "four"]),
        ("<ul><li>a<li>b</ul>c<div>d</div>e", ["a", "b", "c", "d", "e"]),
        ("<table><tr><td>a b</td><th>c</th></tr></table>", ["a b", "c"]),
        ("a\n  b\t&nbsp; c", ["a b c"]),
        ("x &lt;p&gt; &amp; &#65;&#x42; &auml; &unknown; &", ["x <p> & AB ä &unknown; &"]),
        ("<p>a<script>if (1 < 2) { x('<p>no</p>') }</script>b<style>p > q {}</style>c", ["abc"]),
        ("<SCRIPT>no</SCRIPT><P>yes", ["yes"]),
        ("<script>never closed <p>no", []),
        ("a<!-- no <p> -->b<![CDATA[no]]><!DOCTYPE x><?php no ?>c", ["abc"]),
        ("<![if !IE]>a<![endif]>", ["a"]),
        ('<img alt="no"><a href="no" title="a > b">link</a>', ["link"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("<my-element>a</my-element>b", ["a", "b"]),
        ("text <b", ["text"]),
        ("text &am", ["text &am"]),
        ("<svg/>a<hr/>b", ["a", "b"]),
        ("&#0; &#xD800; &#x110000;", ["\ufffd \ufffd \ufffd"]),
    ],
)
def test_sentences(tmp_path: Path, content: str, sentences: list[str]) -> None:
    assert read(tmp_path, content) == (["\n".join(sentences)] if sentences else [])


def test_several_pages(tmp_path: Path) -> None:
    assert read(tmp_path, "<html><p>a</html>\n<html>b<p>c</html> ") == ["a", "b\nc"]


def test_pieces_cut_anywhere(tmp_path: Path) -> None:
    """Blocks end at white space, also inside of tags, scripts and references."""
    content = "<p title='x y'>one &amp; two<script> var a = 1; </script> three</p> <p>four five " * 40
    (tmp_path / "page.html").write_text(content)
    words = b"".join(Texts(tmp_path, Reading("html")).reader(block_size=1)).split()
    assert words == b"one & two three four five".split() * 40


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["<a ", "<!-- ", "<![CDATA[ ", "<! ", "<? ", "</ ", "</a ", "<!DOCTYPE a [<!ENTITY x "]
)
def test_what_never_ends_is_refused_soon(tmp_path: Path, part: str) -> None:
    (tmp_path / "page.html").write_text(part * (2_000_000 // len(part)))
    with pytest.raises(CorpusError, match="does not end") as caught:
        list(Texts(tmp_path, Reading("html")))
    assert "--input-format plain" in caught.value.hint


@pytest.mark.slow
@pytest.mark.parametrize(
    "part", ["&amp;&#65; ", "< ", '<a x=" >', "<div>", "<![", "<b></b>", "&", "&a;", "<script></script>"]
)
def test_bad_pages_take_time_in_proportion(tmp_path: Path, part: str) -> None:
    """Ten times the page takes at most some thirty times as long, where a square would be a hundred."""
    taken = []
    for size in (20_000, 200_000):
        (tmp_path / "page.html").write_text(part * (size // len(part)))
        begin = time.process_time()
        list(Texts(tmp_path, Reading("html")))
        taken.append(time.process_time() - begin)
    assert taken[1] < 30 * taken[0] + 0.1


def test_a_page_without_end(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>" + "word " * (4 << 20))
    with pytest.raises(CorpusError, match="a page holds more than 16,777,216 characters of text"):
        list(Texts(tmp_path, Reading("html")))
