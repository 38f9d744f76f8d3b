"""The page in a browser: somebody searches, clicks, presses keys, pinches and goes back, and what is then shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import BROWSER, Browser, browsing
from maps.conftest import EVIL

import w2v
from w2v.maps.result import WordMap

pytestmark = [pytest.mark.slow, pytest.mark.skipif(BROWSER is None, reason="needs Chromium or Chrome")]

KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
NAME = "document.querySelector('#name').textContent"
WORD_HIDDEN = "document.querySelector('#word').hidden"
HASH = "decodeURIComponent(location.hash)"


@pytest.fixture(scope="module")
def page(circle: WordMap, tmp_path_factory: pytest.TempPathFactory) -> str:
    return circle.save(tmp_path_factory.mktemp("page") / "map.html").as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    spare = [os.open(os.devnull, os.O_RDONLY) for _ in range(12)]  # so that pipes do not get the numbers 3 and 4
    with browsing(tmp_path_factory.mktemp("browser")) as found:
        yield found
    for each in spare:
        os.close(each)


def opened(
    browser: Browser,
    page: str,
    word: str = "",
    *,
    width: int = 1280,
    height: int = 800,
    dark: bool = False,
    touch: bool = False,
) -> None:
    browser.call(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1 + touch, mobile=touch
    )
    browser.call("Emulation.setTouchEmulationEnabled", enabled=touch)
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    features.append({"name": "prefers-reduced-motion", "value": "reduce"})
    browser.call("Emulation.setEmulatedMedia", features=features)
    browser.visit("about:blank")
    browser.visit(page + word)
    browser.until("document.documentElement.dataset.state === 'ready'")


def key(browser: Browser, name: str, modifiers: int = 0) -> None:
    code = KEYS.get(name, ord(name[0]))
    text = {} if len(name) > 1 and name != "Enter" else {"text": "\r" if name == "Enter" else name}
    browser.call(
        "Input.dispatchKeyEvent", type="keyDown", key=name, windowsVirtualKeyCode=code, modifiers=modifiers, **text
    )
    browser.call("Input.dispatchKeyEvent", type="keyUp", key=name, windowsVirtualKeyCode=code, modifiers=modifiers)


def mouse(browser: Browser, kind: str, x: float, y: float, **more: Any) -> None:
    browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)


def click(browser: Browser, x: float, y: float, count: int = 1) -> None:
    for kind in ("mousePressed", "mouseReleased"):
        mouse(browser, kind, x, y, button="left", clickCount=count)


def free_middle(browser: Browser) -> tuple[float, float]:
    """The middle of the part of the window that no panel covers: there the page puts a word that is asked for."""
    x, y = browser.look(
        "(() => { const box = (id) => document.getElementById(id).getBoundingClientRect();"
        " const [panel, groups] = [box('panel'), box('groups')];"
        " const narrow = panel.width > 0.7 * innerWidth; const open = document.getElementById('groups').open;"
        " return narrow ? [innerWidth / 2, (Math.min(panel.bottom, 0.7 * innerHeight) + innerHeight) / 2]"
        " : [(panel.right + (open ? groups.left : innerWidth)) / 2, innerHeight / 2]; })()"
    )
    return x, y


def pixels(browser: Browser) -> str:
    """A picture of the window as text, to be compared with another; taken once what was asked for is drawn."""
    browser.look("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
    return str(browser.call("Page.captureScreenshot")["data"])


def typed(browser: Browser, text: str) -> list[str]:
    browser.look("document.querySelector('#query').focus()")
    browser.look("document.querySelector('#query').select()")
    browser.write(text)
    return [
        str(each)
        for each in browser.look("[...document.querySelectorAll('#found li')].map((line) => line.textContent)")
    ]


def test_it_asks_for_nothing_and_shows_every_group(browser: Browser, page: str, circle: WordMap) -> None:
    browser.requests.clear()
    opened(browser, page)
    assert [each for each in browser.requests if not each.startswith("about:")] == [page]
    assert browser.look("document.documentElement.dataset.points") == "webgl"
    assert browser.look("document.title") == "Map of 119 words: <b>&.vec"
    legend = browser.look("[...document.querySelectorAll('#legend bdi')].map((each) => each.textContent)")
    assert len(legend) == 4
    assert browser.look("document.querySelector('#points').width") == 1280
    colours = browser.look(
        "(() => { const found = document.createElement('canvas'); const points = document.querySelector('#points');"
        " dispatchEvent(new Event('resize')); found.width = points.width; found.height = points.height;"
        " const pen = found.getContext('2d'); pen.drawImage(points, 0, 0);"
        " const data = pen.getImageData(0, 0, found.width, found.height).data; const seen = new Set();"
        " for (let at = 0; at < data.length; at += 4)"
        " if (data[at + 3] > 200) seen.add([data[at] >> 4, data[at + 1] >> 4, data[at + 2] >> 4].join());"
        " return seen.size; })()"
    )
    assert colours >= 4


def test_near_words_that_are_not_on_the_map_are_named(browser: Browser, page: str, circle: WordMap) -> None:
    assert circle.beyond.words == ("half\ud800",)  # no table in UTF-8 has a place for it
    plain = [row for row, word in enumerate(circle.words) if word.isalnum()]
    has, lacks = (next(row for row in plain if circle.beyond.sizes[row] == size) for size in (1, 0))
    opened(browser, page, f"#{circle.words[has]}")
    assert browser.look("document.querySelector('#nearest').textContent").startswith("Nearest words of this map")
    number = int(circle.beyond.sizes[:has].sum())
    said = browser.look("document.querySelector('#beyond').textContent.replaceAll('\ud800', '?')")
    cosine = circle.beyond.similarities[number]
    assert said.startswith("Also among the 10 nearest of all 120 words, but not on this map: half?")
    assert float(said.split()[-1]) == pytest.approx(cosine, abs=0.0101)
    assert not browser.look("document.querySelectorAll('#beyond button, #beyond a').length")
    opened(browser, page, f"#{circle.words[lacks]}")
    assert browser.look("document.querySelector('#beyond').hidden")


def test_a_word_is_found(browser: Browser, page: str, circle: WordMap) -> None:
    opened(browser, page)
    key(browser, "/")
    assert browser.look("document.activeElement.id") == "query"
    assert typed(browser, "KING") == ["king", "Kingdom", "making"]
    assert browser.look("document.querySelector('#query').getAttribute('aria-expanded')") == "true"
    key(browser, "ArrowDown")
    key(browser, "ArrowDown")
    assert browser.look("document.querySelector('#query').getAttribute('aria-activedescendant')") == "found-1"
    key(browser, "ArrowUp")
    key(browser, "Enter")
    browser.until(f"{NAME} === 'king'")
    assert browser.look(HASH) == "#king"
    assert browser.look("document.activeElement.id") == "name"
    said = browser.look("document.querySelector('#said').textContent")
    assert said.startswith("king. Group: ")
    assert "Nearest: queen 1.00" in said
    assert browser.look("document.querySelector('#about').textContent").startswith(
        "1 of 119 by frequency, seen 5,000 times"
    )
    assert typed(browser, "cafe") == ["café"]
    assert typed(browser, "zzz") == []
    assert "No word on this map" in browser.look("document.querySelector('#none').textContent")
    key(browser, "Escape")
    assert browser.look("document.querySelector('#query').value") == ""


def test_the_neighbours_are_those_of_the_full_space(browser: Browser, page: str, circle: WordMap) -> None:
    opened(browser, page, "#king")
    lines = browser.look("[...document.querySelectorAll('#neighbours li')].map((line) => line.innerText.split('\\n'))")
    expected = [circle.words[row] for row in circle.neighbours[0]]
    cosines = [f"{cosine:.2f}" for cosine in circle.similarities[0]]
    assert [line[0] for line in lines if line[0].isalnum()] == [word for word in expected if word.isalnum()]
    assert np.allclose([float(line[-1]) for line in lines], [float(each) for each in cosines], atol=0.0101)
    browser.click("#neighbours li:first-child button")
    browser.until(f"{NAME} === 'queen'")
    assert browser.look(HASH) == "#queen"
    browser.look("history.back()")
    browser.until(f"{NAME} === 'king'")
    browser.look("history.forward()")
    browser.until(f"{NAME} === 'queen'")
    browser.click("#close")
    browser.until(WORD_HIDDEN)
    assert browser.look("location.hash") == ""
    browser.look("history.back()")
    browser.until(f"!{WORD_HIDDEN} && {NAME} === 'queen'")


def test_a_point_is_clicked_and_the_map_is_moved_with_it(browser: Browser, page: str) -> None:
    opened(browser, page, "#king")
    x, y = free_middle(browser)
    key(browser, "Escape")
    browser.until(WORD_HIDDEN)
    click(browser, x, y)
    browser.until(f"{NAME} === 'king'")
    key(browser, "Escape")
    mouse(browser, "mousePressed", x, y, button="left", clickCount=1)
    mouse(browser, "mouseMoved", x + 60, y + 20, button="left", buttons=1)
    mouse(browser, "mouseMoved", x + 90, y + 40, button="left", buttons=1)
    mouse(browser, "mouseReleased", x + 90, y + 40, button="left", clickCount=1)
    assert browser.look(WORD_HIDDEN), "a drag chooses nothing"
    click(browser, x + 90, y + 40)
    browser.until(f"{NAME} === 'king'")
    mouse(browser, "mouseMoved", x + 90, y + 40)
    browser.until("document.querySelector('#map').classList.contains('over')")
    click(browser, x + 300, y - 330)
    browser.until(WORD_HIDDEN)


def test_wheel_and_double_click_zoom_where_the_mouse_is(browser: Browser, page: str) -> None:
    opened(browser, page, "#king")
    x, y = free_middle(browser)
    key(browser, "Escape")
    for _ in range(8):
        mouse(browser, "mouseWheel", x, y, deltaX=0, deltaY=-200)
    click(browser, x, y)
    browser.until(f"{NAME} === 'king'")
    before = pixels(browser)
    click(browser, x, y + 200, count=1)
    click(browser, x, y + 200, count=2)
    assert pixels(browser) != before


def test_keys_move_and_zoom(browser: Browser, page: str) -> None:
    opened(browser, page)
    browser.look("document.querySelector('#map').focus()")
    whole = pixels(browser)
    seen = {whole}
    for name in ("+", "ArrowLeft", "ArrowDown", "-", "ArrowRight", "ArrowUp"):
        key(browser, name)
        seen.add(pixels(browser))
    assert len(seen) >= 6
    key(browser, "0")
    assert pixels(browser) == whole
    opened(browser, page, "#king")
    key(browser, "Escape")
    browser.look("document.querySelector('#map').focus()")
    key(browser, "Enter")
    browser.until(f"{NAME} === 'king'")
    assert browser.look("document.activeElement.id") == "map"


def test_every_control_is_reached_by_tab_and_has_a_name(browser: Browser, page: str) -> None:
    opened(browser, page, "#king")
    browser.look("document.activeElement.blur()")
    reached = []
    for _ in range(40):
        key(browser, "Tab")
        reached.append(
            browser.look(
                "(() => { const at = document.activeElement; const style = getComputedStyle(at);"
                " const name = at.getAttribute('aria-label') || at.textContent;"
                " return [at.id || at.className || at.tagName, style.outlineStyle, name]; })()"
            )
        )
        if reached[-1][0] == "BODY":
            break
    names = [each[0] for each in reached]
    assert names[:2] == ["query", "close"]
    assert [each for each in names if each in ("map", "nearer", "farther", "whole")] == [
        "map",
        "nearer",
        "farther",
        "whole",
    ]
    assert all(each[2].strip() for each in reached if each[0] != "BODY"), reached
    assert all(each[1] != "none" for each in reached if each[0] != "BODY"), reached
    tree = browser.call("Accessibility.getFullAXTree")["nodes"]
    named = {(each["role"]["value"], each.get("name", {}).get("value")) for each in tree if not each["ignored"]}
    assert ("application", "Map of 119 words") in named
    assert ("combobox", "Find a word") in named
    assert ("list", "Nearest words of this map, in all 20 dimensions") in named
    assert {name for role, name in named if role == "button"} >= {"Zoom in", "Zoom out", "Show the whole map"}


def test_groups_filter(browser: Browser, page: str, circle: WordMap) -> None:
    opened(browser, page)
    mouse(browser, "mouseMoved", 640, 400)  # inside of the circle, where no word is
    every = pixels(browser)
    browser.click("#legend li:nth-child(2) button")
    assert (
        browser.look("document.querySelector('#legend li:nth-child(2) button').getAttribute('aria-pressed')") == "true"
    )
    assert browser.look("document.querySelector('#chosen').textContent") == ": 1 of 4"
    mouse(browser, "mouseMoved", 640, 400)
    assert pixels(browser) != every
    browser.click("#every")
    assert browser.look("document.querySelector('#every').hidden")
    browser.look("document.activeElement.blur()")
    mouse(browser, "mouseMoved", 640, 400)
    assert pixels(browser) == every


@pytest.mark.parametrize("word", [word for word in EVIL if word != "half\ud800"])
def test_words_cannot_break_the_page(word: str, browser: Browser, page: str, circle: WordMap) -> None:
    opened(browser, page)
    browser.look(f"location.hash = encodeURIComponent({json.dumps(word)})")
    browser.until(f"!{WORD_HIDDEN}")
    shown = browser.look(NAME)
    assert browser.look(HASH) == f"#{word}"
    assert not set(shown) & set("\u202e\t\n")
    if word.isprintable():
        assert shown == word
    assert browser.look("document.querySelectorAll('img, #name script').length") == 0
    assert browser.look("document.title") != "owned"
    assert browser.look("document.documentElement.scrollWidth <= innerWidth")


def test_an_address_that_leads_nowhere(browser: Browser, page: str) -> None:
    opened(browser, page, "#unheard-of")
    assert browser.look("document.querySelector('#none').textContent") == "“unheard-of” is not on this map."
    opened(browser, page, "#%E0%A4%A")
    assert browser.look(WORD_HIDDEN)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (720, 360), (1024, 768), (1920, 1000)])
def test_every_window(width: int, height: int, browser: Browser, page: str) -> None:
    opened(browser, page, "#king", width=width, height=height, touch=width == 360)
    assert browser.look("document.documentElement.scrollWidth") == width
    assert browser.look("document.documentElement.scrollHeight") == height
    boxes = browser.look(
        "['panel', 'groups', 'zoom'].map((id) => document.getElementById(id).getBoundingClientRect())"
        ".map((box) => [box.left, box.top, box.right, box.bottom])"
    )
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
    for one in range(3):
        for other in range(one):
            apart = boxes[one][0] >= boxes[other][2] or boxes[other][0] >= boxes[one][2]
            assert apart or boxes[one][1] >= boxes[other][3] or boxes[other][1] >= boxes[one][3], (one, other, boxes)
    assert browser.look("document.querySelector('#panel').scrollWidth <= document.querySelector('#panel').clientWidth")
    browser.call("Emulation.setDeviceMetricsOverride", width=800, height=600, deviceScaleFactor=1, mobile=False)
    browser.until("document.querySelector('#points').width === 800 && document.querySelector('#labels').height === 600")


def test_fingers(browser: Browser, page: str) -> None:
    opened(browser, page, "#king", width=360, height=740, touch=True)
    x, y = free_middle(browser)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": left, "y": top, "id": number} for number, (left, top) in enumerate(points)]
        browser.call("Input.dispatchTouchEvent", type=kind, touchPoints=places)

    browser.look("document.querySelector('#close').click()")
    browser.until(WORD_HIDDEN)
    before = pixels(browser)
    assert browser.look("document.querySelector('#points').width") == 2 * 360
    touch("touchStart", (x - 20, y))
    touch("touchStart", (x - 20, y), (x + 20, y))
    for far in (30, 45, 60, 80):
        touch("touchMove", (x - far, y), (x + far, y))
    touch("touchEnd")
    assert pixels(browser) != before
    assert browser.look(WORD_HIDDEN), "a pinch chooses nothing"
    touch("touchStart", (x, y))
    touch("touchEnd")
    browser.until(f"{NAME} === 'king'")


def test_dark(browser: Browser, page: str) -> None:
    opened(browser, page, dark=True)
    assert browser.look("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"
    dark = pixels(browser)
    features = [
        {"name": "prefers-color-scheme", "value": "light"},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    browser.call("Emulation.setEmulatedMedia", features=features)
    browser.until("getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    light = pixels(browser)
    opened(browser, page)
    assert dark != light
    assert pixels(browser) == light


def test_without_webgl_the_points_are_drawn_all_the_same(browser: Browser, page: str) -> None:
    script = (
        "const get = HTMLCanvasElement.prototype.getContext; HTMLCanvasElement.prototype.getContext = "
        "function (kind, ...more) { return kind === 'webgl' ? null : get.call(this, kind, ...more); };"
    )
    added = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]
    opened(browser, page, "#king")
    assert browser.look("document.documentElement.dataset.points") == "canvas"
    x, y = free_middle(browser)
    key(browser, "Escape")
    click(browser, x, y)
    browser.until(f"{NAME} === 'king'")
    browser.click("#legend li:nth-child(1) button")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added)


def test_a_browser_that_is_too_old_is_told_so(browser: Browser, page: str) -> None:
    added = browser.call("Page.addScriptToEvaluateOnNewDocument", source="delete window.DecompressionStream")[
        "identifier"
    ]
    browser.visit("about:blank")
    browser.visit(page)
    browser.until("document.documentElement.dataset.state === 'failed'")
    assert "it is too old, and needs Chrome 103" in browser.look("document.querySelector('#trouble').textContent")
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=added)


def test_half_of_a_character(browser: Browser, tmp_path: Path) -> None:
    words = ["one", "half\ud800", "three", "four"]
    made = w2v.word_map(w2v.Vectors(words, np.eye(4) + 0.1), layout="pca", progress=False)
    opened(browser, made.save(tmp_path / "map.html").as_uri(), "#one")
    browser.click("#neighbours li:first-child button")
    browser.until(f"{NAME} === 'half\\ud800'")
    assert browser.look("location.hash") == ""
