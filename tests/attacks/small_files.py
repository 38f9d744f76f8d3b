"""Bad small files: counts, sets of questions, word lists, manifests, settings, results. Not here: the tests of them."""

from __future__ import annotations

import json
import pickle
from typing import Any

Attacks = list[tuple[str, bytes, str]]

UTF16 = "king queen 0.5\nman woman 0.25\n".encode("utf-16")

# What is no text in UTF-8, to every reader of such text.
NO_TEXT: Attacks = [
    ("utf-16", UTF16, "byte "),
    ("utf-16-unmarked", "king queen 0.5\n".encode("utf-16-le"), "byte 1 is NUL"),
    ("latin-1", b"caf\xe9 th\xe9 0.5\n", "is not UTF-8, at byte 3 (0xe9)"),
    ("overlong", b"a\xc0\x80b c 0.5\n", "is not UTF-8, at byte 1"),
    ("surrogate", b"a \xed\xa0\x80 0.5\n", "is not UTF-8, at byte 2"),
    ("cut-character", "a b é".encode()[:-1], "is not UTF-8, at byte 4"),
    ("nul", b"king queen\0 0.5\n", "byte 10 is NUL"),
    ("pickle", pickle.dumps(print), "byte "),
    ("17-mb", b"a b 1\n" * 2_900_000, "has more than 16,777,216 bytes"),
]

# Next to the text vectors of two words, `a` and `b`.
COUNTS: Attacks = [
    ("empty", b"", "2 of the 2 words are not in it"),
    ("missing-word", b"a 7\n", "1 of the 2 words"),
    ("text", b"a 7\nb many\n", "line 2 is not a word and its count"),
    ("no-count", b"a 7\nb\n", "line 2 is not"),
    ("negative", b"a 7\nb -1\n", "line 2 is not"),
    ("real", b"a 7\nb 1.5\n", "line 2 is not"),
    ("huge", b"a 7\nb 99999999999999999999\n", "line 2 is not"),
    ("digits", b"a 7\nb " + b"9" * 100_000 + b"\n", "line 2 is not"),
    ("tabs", b"a\t7\nb\t5\n", "line 1 is not"),
    ("blank-line", b"a 7\n\nb 5\n", "line 2 is not"),
    ("again", b"a 7\nb 5\na 3\n", "line 3 counts a word again"),
    ("latin-1", b"a 7\nb\xe9 5\n", "codec can't decode"),
    ("utf-16", "a 7\nb 5\n".encode("utf-16"), "line 1 is not"),
    ("zeros", bytes(1000), "line 1 is not"),
    ("long-line", b"a 7\nb " + b"x" * 300_000 + b" 5\n", "line 2 is not"),
    ("other-digits", "a 7\nb ٣\n".encode(), "line 2 is not"),
]

PAIRS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no rated pairs"),
    ("blank", b"\n\n\n", "has no rated pairs"),
    ("no-numbers", b"king queen\nman woman\n", "has no rated pairs"),
    ("numbers-alone", b"1 2 3\n4 5 6\n", "has no rated pairs"),
    ("no-finite-number", b"king queen nan\nman woman inf\n", "has no rated pairs"),
    ("underscores", b"king queen 1_0\nman woman 2_0\n", "has no rated pairs"),
    ("header-alone", b"word1\tword2\tscore\n", "has no rated pairs"),
    ("comments-alone", b"# king queen 1\n# man woman 2\n", "has no rated pairs"),
    ("page", b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "has no rated pairs"),
    ("json", b'[["king", "queen", 1]]', "has no rated pairs"),
    ("long-field", b"king," + b"q" * 300_000 + b"\n", "has no rated pairs"),
    ("every-width", b"\n".join(b"," * width for width in range(1000)), "has no rated pairs"),
    ("wide", b"1," * 200_000 + b"\n", "has no rated pairs"),
    ("open-quote", b'"king,queen,1\n"man,woman,2\n', "has no rated pairs"),
    ("one-line", b"x" * 3_000_000, "has no rated pairs"),
    ("one-line-of-many", b"king queen 8\n" + b"x y\n" * 10, "only 1 of 11 lines"),
    ("names-and-nothing", b"word1,word2,score\na\nb\n", "has no rated pairs"),
    ("columns-of-names", b"word1," * 100_000 + b"word2,score\n", "has no rated pairs"),
]

ANALOGIES: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no questions"),
    ("sections-alone", b": capitals\n: family\n", "has no questions"),
    ("three-words", b"a b c\nd e f\n", "has no questions"),
    ("five-words", b"a b c d e\n", "has no questions"),
    ("header-alone", b"a b c d\n", "has no questions"),
    ("empty-columns", b"a,,c,d\n,,,\n", "has no questions"),
    ("long-field", b"a,b,c," + b"d" * 300_000 + b"\n", "has no questions"),
]

OWN_KNOWN: Attacks = [  # any kind, where the vectors know every other word
    *NO_TEXT,
    ("empty", b"", "has no rated pairs"),
    ("comments-alone", b"# a\n# b\n", "has no rated pairs"),
    ("open-quotes", b'"a,b c\n' * 5_000, "has no rated pairs"),
    ("quotes", b'"' * 100_001, "has no rated pairs"),
    ("quotes-apart", b'" "' * 50_000, "has no rated pairs"),
    ("wide", b"1," * 100_000 + b"\n", "has no rated pairs"),
    ("wide-names", b"word1,word2,score," + b"x," * 100_000 + b"\n" + b"a,b\n", "has no rated pairs"),
    ("long-name", b"word1" + b"_" * 200_000 + b",word2,score\n", "has no rated pairs"),
    ("colons", b":" * 100_000, "has no rated pairs"),
    ("colons-apart", b"a: " * 50_000, "has no rated pairs"),
    ("hashes", b"#" * 100_000, "has no rated pairs"),
    ("slashes", b"a b c " + b"/" * 200_000, "has no rated pairs"),
    ("bars", b"| " * 100_000, "has no rated pairs"),
    ("controls", b"\x1b[31m\x07\n" * 10, "has no rated pairs"),
]

LIST_TABLES: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no words of lists"),
    ("names-alone", b"role,word\n", "has no words of lists"),
    ("no-names", b"X,a\nY,b\n", "has no words of lists"),
    ("other-roles", b"role,word\nP,a\nQ,b\n", "has a role that is none of X, Y, A, B"),
    ("a-list-too-few", b"role,word\nX,a\nY,b\nA,c\n", "has no list B"),
    ("wide", b"role,word," + b"x," * 100_000 + b"\nX,a\n", "has no words of lists"),
    ("open-quote", b'role,word\nX,"a\nY,b\n', "has no list X"),
    ("long-field", b"role,word\nX," + b"a" * 300_000 + b"\n", "has no words of lists"),
]

TEXT_PAIRS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no rated pairs of texts"),
    ("names-alone", b"text1,text2,score\n", "has no rated pairs of texts"),
    ("no-number", b"text1,text2,score\na,b,c\n", "has no number in the column of score"),
    ("open-quote", b'"a b,c,1\nd,e,2\n', "unexpected end of data"),
    ("text-behind-a-quote", b'"a" b,c,1\n', "expected after"),
    ("commas", b"," * 200_000, "has no rated pairs of texts"),
    ("wide", b"a," * 200_000 + b"\n", "has no rated pairs of texts"),
    ("lines", b"a,b\n" * 50_000, "has no rated pairs of texts"),
    ("tabs", b"\t" * 200_000, "has no rated pairs of texts"),
    ("quotes", b'a\tb\t"' + b'"' * 200_000 + b"\n", "has no rated pairs of texts"),
    ("controls", b"\x1b[31m,\x07,\n" * 10, "has no rated pairs of texts"),
]

TEXT_RECORDS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no rated pairs of texts"),
    ("deep", b"[" * 200_000, "is no JSON"),
    ("a-list", b"[1, 2]\n", "is no JSON object"),
    ("cut", b'{"text1": "a"', "is no JSON"),
    ("no-score", b'{"text1": "a", "text2": "b"}\n', "has no rated pairs of texts"),
    ("infinite", b'{"text1": "a", "text2": "b", "score": 1e999}\n', "has no number in the column of score"),
    ("nested", b'{"text1": {"x": 1}, "text2": [1], "score": "no"}\n', "has no number in the column of score"),
    (
        "many-names",
        b"{" + b", ".join(b'"k%d": 1' % at for at in range(20_000)) + b"}\n" + b"{}\n" * 20_000,
        "has no rated pairs of texts",
    ),
]

IN_CONTEXT: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no words in two texts"),
    ("names-alone", b"word,text1,text2,label\n", "has no words in two texts"),
    ("no-answer", b"word,text1,text2,label\na,a b,a c,maybe\n", "has no words in two texts"),
    ("not-in-its-texts", b"word,text1,text2,label\nking,a b,c d,T\n", "has no words in two texts"),
    ("no-word", b"word,text1,text2,label\n,a b,c d,T\n", "has no words in two texts"),
    ("marks-alone", b'word,text1,text2,label\na,"...","!",T\n', "has no words in two texts"),
    ("open-quote", b'"a b,c,1\nd,e,2\n', "unexpected end of data"),
    ("commas", b"," * 200_000, "has no words in two texts"),
    ("wide", b"a," * 100_000 + b"\n", "has no words in two texts"),
    ("lines", b"a,b\n" * 50_000, "has no words in two texts"),
    ("long-word", b"word,text1,text2,label\n" + b"a" * 100_000 + b",b,c,T\n", "has no words in two texts"),
    ("many-words", b"word,text1,text2,label\nx," + b"a " * 60_000 + b",b,T\n", "has no words in two texts"),
    ("controls", b"\x1b[31m,\x07,\n" * 10, "has no words in two texts"),
]

CONTEXT_PAIRS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no rated pairs of words in context"),
    ("names-alone", b"text1,text2,score\n", "has no rated pairs of words in context"),
    ("no-marks", b"text1,text2,score\na b,c d,1\n", "has no rated pairs of words in context"),
    ("one-mark", b"text1,text2,score\n<b>a</b> b,c d,1\n", "has no rated pairs of words in context"),
    ("open-mark", b"text1,text2,score\n<b>a b,<b>c d,1\n", "has no rated pairs of words in context"),
    ("empty-marks", b"text1,text2,score\n<b></b> b,<b> </b> d,1\n", "has no rated pairs of words in context"),
    ("no-number", b"text1,text2,score\n<b>a</b>,<b>b</b>,x\n", "has no number in the column of score"),
    ("infinite", b"text1,text2,score\n<b>a</b>,<b>b</b>,1e999\n", "has no number in the column of score"),
    ("open-quote", b'"a b,c,1\nd,e,2\n', "unexpected end of data"),
    ("commas", b"," * 200_000, "has no rated pairs of words in context"),
    ("open-marks", b"text1,text2,score\n" + b"<b>" * 30_000 + b",b,1\n", "has no rated pairs of words in context"),
    ("blank-marks", b"text1,text2,score\n<b>" + b" " * 60_000 + b",b,1\n", "has no rated pairs of words in context"),
    ("wide", b"a," * 100_000 + b"\n", "has no rated pairs of words in context"),
    ("controls", b"\x1b[31m,\x07,\n" * 10, "has no rated pairs of words in context"),
]

LABELS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no texts with at least two labels"),
    ("one-label", b"label,text\nx,a\nx,b\nx,c\n", "has no texts with at least two labels"),
    ("too-few", b"label,text\nx,a\ny,b\n", "has too few texts to train a classifier on (2 with 2 labels)"),
    (
        "nothing-to-train-on",
        b"label,text,part\nx,a,train\ny,b,test\nx,c,test\n",
        "has too few texts to train a classifier on",
    ),
]

COLLECTIONS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no judged documents"),
    ("nothing-relevant", b"query,document,relevance\na,b,0\nc,d,-1\n", "has no query with a relevant document"),
    ("no-grade", b"query,document,relevance\na,b,x\n", "has no number in the column of relevance"),
]

QUESTIONS: Attacks = [  # the form of questions-words.txt
    *NO_TEXT,
    ("empty", b"", "has no questions"),
    ("sections-alone", b": capitals\n: family\n", "has no questions"),
    ("no-section", b"king queen man woman\n", "line 1: a question before the first section"),
    ("three-words", b": a\na b c\n", "has no questions"),
]

OUTLIERS: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no topics"),
    ("no-bar", b"months: May June July winter\n", "has no topics"),
    ("two-bars", b"May June | winter | summer\n", "has no topics"),
    ("one-member", b"May | winter\n", "has no topics"),
    ("no-outlier", b"May June July | \n", "has no topics"),
    ("bars", b"|" * 100_000, "has no topics"),
]

OWN_CATEGORIES: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no words in two categories"),
    ("one-category", b"carp,fish\npike,fish\n", "has no words in two categories"),
    ("words-alone", b"carp\npike\n", "has no words in two categories"),
    ("long-field", b"carp," + b"f" * 300_000 + b"\n", "has no words in two categories"),
]

CATEGORIES: Attacks = [
    *NO_TEXT,
    ("empty", b"", "has no columns word and category"),
    ("blank", b"\n\n", "has no columns word and category"),
    ("other-columns", b"a,b\n1,2\n", "has no columns word and category"),
    ("word-alone", b"word,kind\nx,y\n", "has no columns word and category"),
    ("long-field", b"word,category\n" + b"x" * 300_000 + b",y\n", "field larger than field limit"),
    ("long-header", b"word,category," + b"x" * 300_000, "field larger than field limit"),
]

OUTLIER_LISTS: Attacks = [  # the csv of 8-8-8
    *NO_TEXT,
    ("empty", b"", "has no topics"),
    ("header-alone", b"category,outliers,words\n", "has no topics"),
    ("other-columns", b"a,b,c\n1,2,3\n", "topic 1 ('1 2 3') has no lists"),
    ("short-row", b"category,outliers,words\nx\n", "topic 1 ('x') has no lists"),
    ("no-list", b"category,outliers,words\nx,dog,cat\n", "has no lists of words"),
    ("numbers", b'category,outliers,words\nx,"[1]","[2]"\n', "has no lists of words"),
    ("empty-lists", b'category,outliers,words\nx,"[]","[]"\n', "has no lists of words"),
    ("code", b"""category,outliers,words\nx,"['a']","[print('b')]"\n""", "has no lists of words"),
    ("import", b"""category,outliers,words\nx,"['a']","__import__('os')"\n""", "has no lists of words"),
    ("sum", b"""category,outliers,words\nx,"['a']","['a'*10**9]"\n""", "has no lists of words"),
    ("deep", b'category,outliers,words\nx,"' + b"[" * 50_000 + b'","[]"\n', "has no lists of words"),
    ("open-string", b"""category,outliers,words\nx,"['a']","['b]"\n""", "has no lists of words"),
    (
        "backslashes",
        b"""category,outliers,words\nx,"['a']","['""" + b"\\" * 50_001 + b"""']"\n""",
        "has no lists of words",
    ),
    ("long-field", b"category,outliers,words\nx," + b"y" * 300_000 + b",z\n", "field larger than field limit"),
]

_DEEP = b"x = " + b"[" * 20_000 + b"]" * 20_000
# What is no TOML, or is made to exhaust its reader.
NO_TOML: Attacks = [
    *NO_TEXT,
    ("prose", b"It was the best of times.\n", "is not TOML"),
    ("json", b'{"dim": 5}', "is not TOML"),
    ("open-string", b'x = "abc\n', "is not TOML"),
    ("twice", b"x = 1\nx = 2\n", "is not TOML"),
    ("digits", b"x = " + b"9" * 5_000 + b"\n", "is not TOML"),
    ("date", b"x = 2024-99-99\n", "is not TOML"),
    ("deep", _DEEP, "nested too deeply"),
    ("deep-tables", b"x = " + b"{a=" * 20_000, "nested too deeply"),
    ("long-key", b"a." * 200_000 + b"a = 1\n", "a key of more than 32 parts"),
    ("long-quoted-key", b'"a".' * 100_000 + b"a = 1\n", "a key of more than 32 parts"),
    ("long-table", b"[" + b"a . " * 100_000 + b"a]\n", "a key of more than 32 parts"),
    ("600-kb", b"# comment\n" * 60_000, "has more than 524,288 bytes"),
]


def _lists(old: str = "", new: str = "") -> bytes:
    """Word lists with one thing changed."""
    names = {"x": "fish carp", "y": "owl crow", "a": "wet damp", "b": "dry arid"}
    text = "".join(f"[lists.{name}]\nwords = {json.dumps(words.split())}\n" for name, words in names.items())
    text += '[[association]]\nname = "one"\ntargets = ["x", "y"]\nattributes = ["a", "b"]\n'
    assert old in text
    return text.replace(old, new, 1).encode()


GOOD_LISTS = _lists()
LISTS: Attacks = [
    *NO_TOML,
    ("empty", b"", "lists is missing or is not a table"),
    ("lists-text", b'lists = "none"\n', "lists is missing or is not a table"),
    ("list-number", b"[lists]\nx = 5\n", "[lists.x] is not a table"),
    ("nothing-asked", b'[lists.x]\nwords = ["a"]\n', "nothing is asked"),
    ("no-words", _lists('["fish", "carp"]', "[]"), "lists.x.words is not a list of words"),
    ("numbers", _lists('["fish", "carp"]', "[1, 2]"), "lists.x.words is not a list of words"),
    ("empty-word", _lists('"carp"', '""'), "lists.x.words is not a list of words"),
    ("same-word", _lists('"carp"', '"fish"'), "lists.x.words has 'fish' twice"),
    ("ratings-text", _lists("[lists.x]\n", '[lists.x]\nratings = "high"\n'), "lists.x.ratings is not"),
    ("ratings-true", _lists("[lists.x]\n", "[lists.x]\nratings = [true, false]\n"), "lists.x.ratings is not"),
    ("few-ratings", _lists("[lists.x]\n", "[lists.x]\nratings = [1]\n"), "2 words and 1 ratings"),
    ("unknown-list", _lists('["x", "y"]', '["x", "z"]'), "there is no [lists.z]"),
    ("one-target", _lists('["x", "y"]', '["x"]'), "targets does not name two lists"),
    ("target-number", _lists('["x", "y"]', "[1, 2]"), "names 1, and there is no"),
    ("target-list", _lists('["x", "y"]', '[["x"], ["y"]]'), "names ['x'], and there is no"),
    ("no-name", _lists('name = "one"\n'), "association[1].name is missing"),
    ("unknown-key", _lists('name = "one"\n', 'name = "one"\nnames = 1\n'), "unknown: association[1].names"),
    ("association-table", _lists("[[association]]", "[association]"), "association is not a list of tables"),
    ("pairs-number", _lists() + b"[pairs.p]\nwords = [1]\n", "has 1, which is no pair"),
]


def _manifest(old: str = "", new: str = "") -> bytes:
    text = (
        'name = "attack"\nkind = "similarity"\nlanguage = "en"\ntitle = "T"\ndescription = "D"\n'
        f'[source]\npath = "attack.tsv"\nsha256 = "{"0" * 64}"\n[format]\ntype = "pairs"\n'
        "[counts]\nitems = 2\n"
        '[rights]\nlicence = "MIT"\nredistributable = true\ncitation = "C"\n'
    )
    assert old in text
    return text.replace(old, new, 1).encode()


GOOD_MANIFEST = _manifest()
MANIFESTS: Attacks = [
    *NO_TOML,
    ("empty", b"", "name is missing"),
    ("other-name", _manifest('"attack"\n', '"other"\n'), "name is 'other', but the file's name is 'attack'"),
    ("name-number", _manifest('name = "attack"', "name = 5"), "name is 5, which is not of type str"),
    ("kind-other", _manifest('"similarity"', '"a taste"'), "kind is 'a taste', which is no name of a kind"),
    ("source-text", _manifest("[source]\n", 'source = "x"\n[sources]\n'), "source is 'x', which is not of type dict"),
    ("up", _manifest('"attack.tsv"', '"../../etc/passwd"'), "which leaves its folder"),
    ("absolute", _manifest('"attack.tsv"', '"/etc/passwd"'), "which leaves its folder"),
    ("http", _manifest('path = "attack.tsv"', 'urls = ["http://a.b/c"]'), "which is not https"),
    ("file-url", _manifest('path = "attack.tsv"', 'urls = ["file:///etc/passwd"]'), "which is not https"),
    ("urls-number", _manifest('path = "attack.tsv"', "urls = [1]"), "source.urls is not a list of texts"),
    ("no-cap", _manifest('path = "attack.tsv"', 'urls = ["https://a.b/c"]'), "it limits the download"),
    ("two-ways", _manifest("path =", 'by_hand = "x"\npath ='), "source must have package and path"),
    ("short-hash", _manifest("0" * 64, "0" * 63), "not 64 hexadecimal digits in small letters"),
    ("files-path", _manifest("[format]", '[source.files]\n"../x" = "' + "0" * 64 + '"\n[format]'), "not a file's name"),
    ("items-true", _manifest("items = 2", "items = true"), "which is not of type int"),
    ("items-text", _manifest("items = 2", 'items = "2"'), "which is not of type int"),
    ("rights-missing", _manifest("[rights]\n", "[right]\n"), "rights is missing"),
    ("surplus-key", _manifest("items = 2", "items = 2\nmore = 3"), "unknown key: counts.more"),
    ("surplus-table", _manifest() + b"[more]\nx = 1\n", "unknown key: more"),
    ("codec", _manifest('type = "pairs"', 'type = "pairs"\nencoding = "unicode_escape"'), "format.encoding is"),
    ("no-codec", _manifest('type = "pairs"', 'type = "pairs"\nencoding = "zip"'), "format.encoding is 'zip'"),
]

SETTINGS: Attacks = [
    *NO_TOML,
    ("unknown-key", b"dimm = 5\n", "there is no setting 'dimm'"),
    ("unknown-table", b"[training]\ndim = 5\n", "no command has the table [training]"),
    ("list", b'color = ["always"]\n', "is a list, but must be one value"),
    ("nested-list", b"output = [['a']]\n[info]\ncolor = [['a']]\n", "is a list, but must be one value"),
    ("table", b"[info.color]\nx = 1\n", "no command has the table [color]"),
    ("wrong-choice", b'color = "blue"\n', "blue"),
    ("number", b"color = 5\n", "5"),
    ("control", b'color = "\\u001b[31m"\n', "is not one of"),
    ("long-value", b'color = "' + b"x" * 100_000 + b'"\n', "is not one of"),
    ("long-name", b"x" * 100_000 + b" = 1\n", "there is no setting 'xxx"),
    ("config-itself", b'config = "again.toml"\n', "there is no setting 'config'"),
]


def _baseline(**changes: Any) -> bytes:
    protocol = {"convention": "w2v", "restrict_vocab": None, "sha256": "0" * 64}
    suite = {"suite": "wordsim353", "kind": "similarity", "score": {"value": 0.5}, "protocol": protocol, **changes}
    return json.dumps({"schema": "w2v.eval/1", "files": [{"suites": [suite]}]}).encode()


GOOD_BASELINE = _baseline()
BASELINES: Attacks = [
    *NO_TEXT,
    ("empty", b"", "is not JSON"),
    ("prose", b"It was the best of times.\n", "is not JSON"),
    ("deep", b"[" * 100_000, "nested too deeply"),
    ("deep-objects", b'{"a":' * 100_000, "nested too deeply"),
    ("digits", b"9" * 5_000, "is not JSON"),
    ("list", b"[1, 2]", "is no result of w2v eval"),
    ("number", b"5", "is no result of w2v eval"),
    ("null", b"null", "is no result of w2v eval"),
    ("no-schema", b'{"files": []}', "it has no 'schema'"),
    ("other-schema", b'{"schema": "w2v.info/1"}', "its schema is 'w2v.info/1'"),
    ("no-files", b'{"schema": "w2v.eval/1"}', "it has no 'files'"),
    ("files-number", b'{"schema": "w2v.eval/1", "files": 5}', "is no result of w2v eval"),
    ("files-text", b'{"schema": "w2v.eval/1", "files": "abc"}', "is no result of w2v eval"),
    ("no-suites", b'{"schema": "w2v.eval/1", "files": [{}]}', "it has no 'suites'"),
    ("suite-text", b'{"schema": "w2v.eval/1", "files": [{"suites": ["x"]}]}', "is no result of w2v eval"),
    ("score-text", _baseline(score={"value": "high"}), "'high' is no score"),
    ("score-true", _baseline(score={"value": True}), "True is no score"),
    ("score-nan", _baseline(score={"value": float("nan")}), "nan is no score"),
    ("score-infinite", _baseline(score={"value": float("inf")}), "inf is no score"),
    ("score-list", _baseline(score={"value": [0.5]}), "[0.5] is no score"),
    ("no-protocol", _baseline(protocol={}), "it has no 'convention'"),
    ("protocol-text", _baseline(protocol="w2v"), "is no result of w2v eval"),
    ("score-number", _baseline(score=0.5), "is no result of w2v eval"),
    ("suite-list", _baseline(suite=["wordsim353"]), "is no suite"),
]
