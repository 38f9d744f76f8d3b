"""The page as text: its policy, what is escaped, its size, and colours that people tell apart."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files

import numpy as np
from maps.conftest import EVIL, vectors_for_the_page

import w2v
from w2v.arrays import F64
from w2v.maps.packing import unpacked
from w2v.maps.result import WordMap
from w2v.report.characters import ONE_LINE

STYLE = files("w2v.maps").joinpath("browser/page.css").read_text("utf-8")
PAPER = ("#ffffff", "#15171a")  # light, dark

# What people with a missing kind of cones see, in linear sRGB (Machado, Oliveira & Fernandes 2009, severity 1).
SEEN = {
    "all": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
TO_CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
TO_CONES += [[0.0883024619, 0.2817188376, 0.6299787005]]
TO_LAB = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099]]
TO_LAB += [[0.0259040371, 0.7827717662, -0.8086757660]]


def linear(colours: list[str]) -> F64:
    values = np.array([[int(each[at : at + 2], 16) / 255 for at in (1, 3, 5)] for each in colours])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(light: F64) -> F64:
    return np.cbrt(light.clip(0) @ np.transpose(TO_CONES)) @ np.transpose(TO_LAB)


def test_colours_differ_for_every_eye_and_stand_out_from_the_paper() -> None:
    found = re.findall(r"--c\d: light-dark\((#\w{6}), (#\w{6})\)", STYLE)
    assert len(found) == 8
    for theme, paper in enumerate(PAPER):
        light = linear([pair[theme] for pair in found])
        for name, matrix in SEEN.items():
            seen = oklab((light @ np.transpose(matrix)).clip(0, 1))
            apart = np.linalg.norm(seen[:, None] - seen, axis=2) + np.eye(8)
            assert apart.min() > 0.06, (name, theme)
        luminance = np.concatenate([light, linear([paper])]) @ [0.2126, 0.7152, 0.0722]
        brighter, darker = np.maximum(luminance[:8], luminance[8]), np.minimum(luminance[:8], luminance[8])
        assert ((brighter + 0.05) / (darker + 0.05) >= 3).all(), theme  # WCAG 2.2, 1.4.11


def test_the_policy_lets_only_this_script_run(circle: WordMap) -> None:
    page = circle.to_html()
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for kind, text in (("script", script), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", page)
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_words_are_data(circle: WordMap) -> None:
    page = circle.to_html()
    assert page.count("</script>") == 10  # facts, eight arrays, and the script
    assert "<b>" not in page
    assert "folder" not in page
    assert "&lt;b&gt;&amp;.vec" in page
    assert not set(page) & set("\u202e\t\ud800")
    facts, arrays = unpacked(page)
    assert json.loads(arrays["words"]) == list(circle.words)
    assert [word for word in EVIL if word in circle.words] == [word for word in EVIL if word != "half\ud800"]
    names = [each.name.translate(ONE_LINE) for each in circle.groups]
    assert [each["name"] for each in facts["groups"]] == names
    assert [each["size"] for each in facts["groups"]] == [each.size for each in circle.groups]


def test_half_of_a_character_does_not_break_the_page() -> None:
    made = w2v.word_map(vectors_for_the_page(), layout="pca")
    assert "half\ud800" in json.loads(unpacked(made.to_html())[1]["words"])
    assert "half\ud800" in made.words


def test_a_word_takes_less_than_fifty_bytes() -> None:
    rng = np.random.default_rng(0)
    words = [f"{row:x}word" for row in range(3_000)]
    vectors = w2v.Vectors(words, rng.normal(size=(3_000, 8)), np.arange(3_000, 0, -1))
    made = w2v.word_map(vectors, layout="pca")
    small = w2v.word_map(vectors, layout="pca", restrict_vocab=500)
    assert len(made.to_html()) - len(small.to_html()) < 50 * 2_500


def test_what_the_page_says_of_itself(circle: WordMap) -> None:
    page = circle.to_html()
    assert "119 words × 20 dimensions" in page
    assert "a circle" in page
    assert f"{circle.describe_kept()}".replace(" %", "\xa0%") in page
    assert "distances on it are not distances in the space." in page
