"""Bad texts of other kinds than plain text, and bad lists of words: a name, the bytes, and what the error must say."""

from __future__ import annotations

import gzip

__all__ = ["GOOD_HTML", "GOOD_JSON", "GOOD_TABLE", "HTML", "JSON", "LISTS", "TABLES"]

Attacks = list[tuple[str, bytes, str]]

GOOD_HTML = b"<!DOCTYPE html><html><head><title>t</title></head><body><p>a &amp; b<br>c</p><!-- d --></body></html>"
GOOD_TABLE = b'id,title\n1,"a ""b"", c"\n2,d e\n'
GOOD_JSON = b'{"id": 1, "title": "a b"}\n{"id": 2, "title": "c \\u00e9"}\n'

HTML: Attacks = [
    ("latin-1.html", b"<html><p>caf\xe9</p></html>", "is not UTF-8"),
    ("nul.html", b"<html><p>a\0b</p></html>", "NUL"),
    ("utf-16.html", "<html><p>abc def</p></html>".encode("utf-16"), "this is UTF-16"),
    ("comment.html", b"<html><!-- " + b"x " * (1 << 20), "a comment does not end"),
    ("tag.html", b"<html><a " + b"x " * (1 << 20), "does not end within 16,384 attributes"),
    ("long-value.html", b'<html><a b="' + b"x " * (1 << 20), "a comment does not end"),
    ("long-name.html", b"<html><" + b"x" * (2 << 20), "a comment does not end"),
    ("cut.html.gz", gzip.compress(GOOD_HTML * 90)[:-9], "end too early"),
    ("endless-word.html", b"<html><p>" + b"x" * (17 << 20), "no white space for"),
]

TABLES: Attacks = [
    ("names.csv", b"id,name\n1,a\n", "it has no column 'title'"),
    ("twice.csv", b"title,title\na,b\n", "2 columns have the name 'title'"),
    ("long.csv", b"id,title\n1,a,b\n", "has 3 fields, and the first line has 2"),
    ("quote.csv", b'id,title\n1,"a b\n', "does not end"),
    ("quote-inside.csv", b'id,title\n1,"a"b\n', "line 2"),
    ("latin-1.csv", b"id,title\n1,caf\xe9\n", "is not UTF-8"),
    ("nul.csv", b"id,title\n1,a\0b\n", "NUL"),
    ("long-row.csv", b'id,title\n1,"' + b"a " * (9 << 20), "is longer than 16,777,216 characters"),
    ("long-names.csv", b"name " * 100_000 + b"\n1\n", "it has no column 'title'"),
]

JSON: Attacks = [
    ("cut.jsonl", b'{"title": "a b"}\n{"title": ', "not JSON"),
    ("text.jsonl", b"It was the best of times\n", "JSON"),
    ("object.jsonl", b'{"title": {"en": "a"}}\n', "not a text"),
    ("other-key.jsonl", b'{"name": "a"}\n', "has a text with the key 'title'"),
    ("deep.jsonl", b'{"title": ' + b"[" * 100_000 + b"\n", "nested too deeply"),
    ("deep-closed.jsonl", b'{"title": ' + b"[" * 5_000 + b"]" * 5_000 + b"}\n", "nested"),
    ("surrogate.jsonl", b'{"title": "a \\ud800 b"}\n', "U+D800"),
    ("nul.jsonl", b'{"title": "a \\u0000 b"}\n', "U+0000"),
    ("latin-1.jsonl", b'{"title": "caf\xe9"}\n', "is not UTF-8"),
    ("array-cut.json", b'[{"title": "a"}, {"title": "b"', "JSON"),
]

LISTS: Attacks = [
    ("empty.txt", b"", "holds no words"),
    ("blank.txt", b"\n \n\t\n", "holds no words"),
    ("latin-1.txt", b"caf\xe9\n", "is not UTF-8"),
    ("utf-16.txt", "a\nb\n".encode("utf-16"), "not UTF-8"),
    ("prose.txt", b"It was the best of times,\n", "line 1 holds more than one word"),
    ("vectors.txt", b"a 0.1 0.2\nb 0.3 0.4\n", "line 1 holds more than one word"),
    ("mixed.txt", b"a 5\nb\nc d\n", "line 1 holds more than one word"),
]
