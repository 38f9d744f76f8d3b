"""Whole files of the formats that w2v keeps for itself, made by hand, and such as lie. Not here: the tests of them."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from w2v.config import CorpusConfig
from w2v.cooccurrences.file import save_cooccurrences
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting
from w2v.tokens import cachefile
from w2v.tokens.cache import CorpusReport, metadata_of
from w2v.training.checkpoint_file import save_checkpoint
from w2v.vocab import Vocabulary

REPORT = CorpusReport("f" * 64, (), 12, 12, 5, 2, 2, 0, 0, 0, 0, 0, 0, False, 0.0)


def token_cache() -> bytes:
    """A cache of the text `a b a`, `b a`."""
    file = io.BytesIO()
    tokens = np.array([0, 1, 0, -1, 1, 0, -1], dtype=np.int32)
    cachefile.write(file, ["a", "bé"], np.array([3, 2]), [tokens[:4], tokens[4:]], metadata_of(CorpusConfig(), REPORT))
    return file.getvalue()


def cooccurrence_file() -> bytes:
    """A matrix of two words that stand beside each other."""
    one, two = np.ones(2, dtype=np.uint16), np.array([0, 1], dtype=np.uint16)
    chunk = Chunk(two, one, two[::-1].copy(), np.array([2, 2], np.float32), np.array([0, 2]), np.array([0, 2]))
    report = {name: value for name, value in asdict(REPORT).items() if name not in ("sources", "seconds")}
    vocabulary = Vocabulary(["a", "bé"], np.array([3, 2]))
    matrix = Cooccurrences(vocabulary, report, Counting(5, "symmetric", "distance"), [[chunk]], {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "matrix"
        save_cooccurrences(matrix, path)
        return path.read_bytes()


def checkpoint() -> bytes:
    """Where a run of two words and two dimensions stands."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "000001.checkpoint"
        arrays = {"words": np.eye(2, dtype=np.float32), "contexts": np.ones((2, 2), np.float32)}
        save_checkpoint(path, {"model": "sgns", "settings": {"epochs": 5}}, {"epoch": 1, "chunk": 0}, arrays)
        return path.read_bytes()


def parts(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and data of a tensor file."""
    start = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:start]), data[start:]


def joined(header: object, data: bytes) -> bytes:
    """A tensor file with any header (an object, or the bytes of one) and any data, its own hash made right."""
    text = (
        header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    )
    if isinstance(header, dict) and isinstance(header.get("__metadata__"), dict):
        claimed = header["__metadata__"].get("sha256")
        if isinstance(claimed, str):
            text = text.replace(claimed.encode(), b"0" * 64, 1)
    start = len(text).to_bytes(8, "little") + text
    return start.replace(b"0" * 64, hashlib.sha256(data + start).hexdigest().encode(), 1) + data


def with_array(whole: bytes, name: str, values: Any, dtype: str | None = None) -> bytes:
    """The file with other values in one array, of any number and type, and everything else moved accordingly."""
    codes = {"I64": "<i8", "I32": "<i4", "U16": "<u2", "U8": "u1", "F32": "<f4", "F64": "<f8"}
    header, data = parts(whole)
    moved, end = b"", 0
    for key, described in header.items():
        if key == "__metadata__":
            continue
        begin, stop = described["data_offsets"]
        piece = data[begin:stop]
        if key == name:
            array = np.array(values, dtype=codes[dtype or described["dtype"]])
            described |= {"dtype": dtype or described["dtype"], "shape": [len(array)]}
            piece = array.tobytes()
        described["data_offsets"] = [end, end + len(piece)]
        moved, end = moved + piece, end + len(piece)
    return joined(header, moved)


def with_metadata(whole: bytes, **changes: Any) -> bytes:
    """The file with other metadata; None takes a value away."""
    header, data = parts(whole)
    values = {**header["__metadata__"], **changes}
    header["__metadata__"] = {name: value for name, value in values.items() if value is not None}
    return joined(header, data)


def with_tensor(whole: bytes, name: str, **changes: Any) -> bytes:
    """The file with another description of one array, its data as they were; None takes the description away."""
    header, data = parts(whole)
    if changes.get("dtype", "") is None:
        del header[name]
    else:
        header[name] |= changes
    return joined(header, data)


def lies(whole: bytes) -> list[tuple[str, bytes, str]]:
    """What can be wrong with any tensor file, whatever its arrays mean: a name, the bytes, what the error must say."""
    header, data = parts(whole)
    metadata = header["__metadata__"]
    start = len(whole) - len(data)
    first, *_, last = (name for name in header if name != "__metadata__")
    return [
        ("empty", b"", "does not begin with its header"),
        ("7-bytes", whole[:7], "does not begin with its header"),
        ("zeros", bytes(500), "is no JSON"),
        ("long-header", b"\xff" * 7 + b"\x7f{" + whole, "does not begin with its header"),
        ("header-of-2-mb", joined({"__metadata__": {**metadata, "x": "y" * (2 << 20)}}, data), "does not begin"),
        ("cut-header", whole[:100], "does not begin with its header"),
        ("no-data", whole[:start], "0 bytes of data instead of"),
        ("cut", whole[:-1], "bytes of data instead of"),
        ("surplus", whole + b"\0", "bytes of data instead of"),
        ("flipped", whole[:-1] + b"\xff", "it is damaged: its sha256"),
        ("flipped-header", whole[: start - 3] + b"\t  " + data, "it is damaged: its sha256"),
        ("no-json", joined(b"{" * 64, data), "is no JSON"),
        ("list", joined(b"[1, 2]" + b" " * 58, data), "has no metadata"),
        ("deep", joined(b'{"a":' + b"[" * 100_000, data), "is no JSON"),
        ("latin-1", joined(b'{"\xe9":1}' + b" " * 50, data), "is no JSON"),
        ("digits", joined(b'{"a":' + b"9" * 5_000 + b"}", data), "is no JSON"),
        ("no-metadata", joined({name: value for name, value in header.items() if name[0] != "_"}, data), "no metadata"),
        ("metadata-list", joined({**header, "__metadata__": [1]}, data), "has no metadata"),
        ("metadata-numbers", with_metadata(whole, x=5), "has no metadata"),
        ("metadata-nested", with_metadata(whole, x={"y": "z"}), "has no metadata"),
        ("no-format", with_metadata(whole, format=None), "its format is None"),
        ("other-format", with_metadata(whole, format="pt"), "its format is 'pt'"),
        ("later-format", with_metadata(whole, format=metadata["format"][:-1] + "9"), "its format is 'w2v."),
        ("endless-format", with_metadata(whole, format="x" * 100_000), "its format is 'xxx"),
        ("no-hash", with_metadata(whole, sha256=None), "carries no sha256"),
        (
            "short-hash",
            joined(json.dumps({"__metadata__": {**metadata, "sha256": "0" * 63}}).encode(), data),
            "no sha256",
        ),
        ("wrong-hash", whole.replace(metadata["sha256"].encode(), b"f" * 64), "it is damaged: its sha256"),
        ("letters-for-hash", whole.replace(metadata["sha256"].encode(), b"z" * 64), "it is damaged: its sha256"),
        ("surplus-tensor", joined({**header, "more": header[last]}, data), "not those of the format"),
        ("missing-tensor", with_tensor(whole, last, dtype=None), "not those of the format"),
        ("no-description", joined({**header, last: 5}, data), f"tensor {last} has the shape None"),
        ("other-type", with_tensor(whole, first, dtype="U64"), f"tensor {first} is not what or where"),
        ("unknown-type", with_tensor(whole, first, dtype="X99"), f"tensor {first} is not what or where"),
        ("two-axes", with_tensor(whole, first, shape=[2, 1]), f"tensor {first} has the shape [2, 1]"),
        ("no-axes", with_tensor(whole, first, shape=[]), f"tensor {first} has the shape []"),
        ("negative-shape", with_tensor(whole, first, shape=[-2]), f"tensor {first} has the shape [-2]"),
        ("true-shape", with_tensor(whole, first, shape=[True]), f"tensor {first} has the shape [True]"),
        ("real-shape", with_tensor(whole, first, shape=[2.0]), f"tensor {first} has the shape [2.0]"),
        ("text-shape", with_tensor(whole, first, shape=["2"]), f"tensor {first} has the shape ['2']"),
        ("huge-shape", with_tensor(whole, first, shape=[10**18]), f"tensor {first} is not what or where"),
        ("endless-shape", with_tensor(whole, first, shape=[10**4000]), f"tensor {first} is not what or where"),
        ("shifted", with_tensor(whole, first, data_offsets=[8, 24]), f"tensor {first} is not what or where"),
        ("overlapping", with_tensor(whole, last, data_offsets=[0, 3]), f"tensor {last} is not what or where"),
        ("surplus-key", with_tensor(whole, last, more=1), f"tensor {last} is not what or where"),
    ]


def _caches() -> list[tuple[str, bytes, str]]:
    whole = token_cache()
    tokens, counts, offsets, words = "tokens", "counts", "offsets", "words"
    report = json.loads(parts(whole)[0]["__metadata__"]["report"])

    def reported(**changes: Any) -> bytes:
        return with_metadata(whole, report=json.dumps({**report, **changes}))

    return [
        ("id-beyond", with_array(whole, tokens, [0, 1, 2, -1]), "has ids without a word"),
        ("id-far-beyond", with_array(whole, tokens, [0, 2**31 - 1]), "has ids without a word"),
        ("id-minus-2", with_array(whole, tokens, [0, -2]), "has ids without a word"),
        ("id-least", with_array(whole, tokens, [-(2**31)]), "has ids without a word"),
        ("ids-int64", with_array(whole, tokens, [0, 1], "I64"), "tensor tokens is not what or where"),
        ("ids-real", with_array(whole, tokens, [0.0, 1.0], "F32"), "tensor tokens is not what or where"),
        ("count-0", with_array(whole, counts, [3, 0]), "counts are not one positive number"),
        ("count-negative", with_array(whole, counts, [3, -2]), "counts are not one positive number"),
        ("few-counts", with_array(whole, counts, [3]), "counts are not one positive number"),
        ("no-counts", with_array(whole, counts, []), "counts are not one positive number"),
        ("no-offsets", with_array(whole, offsets, []), "words are not one for each row"),
        ("late-offset", with_array(whole, offsets, [1, 2, 4]), "words are not one for each row"),
        ("far-offset", with_array(whole, offsets, [0, 1, 10**15]), "words are not one for each row"),
        ("short-offset", with_array(whole, offsets, [0, 1, 3]), "words are not one for each row"),
        ("falling-offsets", with_array(whole, offsets, [0, 5, 4]), "words are not one for each row"),
        ("negative-offset", with_array(whole, offsets, [0, -1, 4]), "words are not one for each row"),
        ("wrapping-offset", with_array(whole, offsets, [0, -(2**63), 4]), "words are not one for each row"),
        ("empty-word", with_array(whole, offsets, [0, 0, 4]), "words are not one for each row"),
        ("cut-character", with_array(whole, offsets, [0, 3, 4]), "can't decode byte"),
        ("not-utf8", with_array(whole, words, list(b"a\xff\xfe\xfd")), "can't decode byte"),
        ("same-word", with_array(with_array(whole, offsets, [0, 1, 2]), words, list(b"aa")), "a word stands twice"),
        ("no-report", with_metadata(whole, report=None), "does not say what was read"),
        ("report-text", with_metadata(whole, report="hello"), "does not say what was read"),
        ("report-list", with_metadata(whole, report="[1]"), "does not say what was read"),
        ("report-deep", with_metadata(whole, report="[" * 100_000), "does not say what was read"),
        ("report-less", with_metadata(whole, report="{}"), "does not say what was read"),
        ("report-more", reported(more=1), "does not say what was read"),
        ("report-text-tokens", reported(tokens="many"), "does not say what was read"),
        ("report-null", reported(bytes=None), "does not say what was read"),
    ]


def _matrices() -> list[tuple[str, bytes, str]]:
    whole = cooccurrence_file()
    runs, records, fill = "block_runs", "block_records", "runs do not fill its blocks"

    def counted(**changes: Any) -> bytes:
        how = {"window": 5, "contexts": "symmetric", "weighting": "distance"}
        return with_metadata(whole, counting=json.dumps({**how, **changes}))

    return [
        ("runs-not-from-0", with_array(whole, runs, [1, 2]), "blocks do not follow"),
        ("runs-beyond", with_array(whole, runs, [0, 3]), "blocks do not follow"),
        ("runs-far-beyond", with_array(whole, runs, [0, 2**62]), "blocks do not follow"),
        ("runs-negative", with_array(whole, runs, [0, -2]), "blocks do not follow"),
        ("runs-of-4-blocks", with_array(whole, runs, [0, 1, 1, 1, 2]), "it has 4 blocks, not 1"),
        ("no-runs", with_array(whole, runs, []), "it has -1 blocks, not 1"),
        ("records-beyond", with_array(whole, records, [0, 3]), "blocks do not follow"),
        ("records-short", with_array(whole, records, [0, 1]), "blocks do not follow"),
        ("row-outside", with_array(whole, "rows", [0, 2]), "lie outside their parts"),
        ("row-far-outside", with_array(whole, "rows", [65535, 0]), "lie outside their parts"),
        ("column-outside", with_array(whole, "columns", [1, 2]), "lie outside their parts"),
        ("length-0", with_array(whole, "lengths", [2, 0]), fill),
        ("length-long", with_array(whole, "lengths", [1, 2]), fill),
        ("length-short", with_array(whole, "lengths", [1, 60000]), fill),
        ("few-lengths", with_array(whole, "lengths", [2]), "do not match in size"),
        ("few-rows", with_array(whole, "rows", [0]), "blocks do not follow"),
        ("few-values", with_array(whole, "values", [1]), "do not match in size"),
        ("value-0", with_array(whole, "values", [1, 0]), "not all of its values"),
        ("value-negative", with_array(whole, "values", [1, -1]), "not all of its values"),
        ("value-nan", with_array(whole, "values", [1, np.nan]), "not all of its values"),
        ("value-infinite", with_array(whole, "values", [1, np.inf]), "not all of its values"),
        ("count-0", with_array(whole, "counts", [3, 0]), "counts are not one positive number"),
        ("few-counts", with_array(whole, "counts", [3]), "counts are not one positive number"),
        ("empty-word", with_array(whole, "word_offsets", [0, 0, 4]), "words are not one for each row"),
        ("falling-offsets", with_array(whole, "word_offsets", [0, 5, 4]), "words are not one for each row"),
        ("not-utf8", with_array(whole, "words", list(b"a\xff\xfe\xfd")), "can't decode byte"),
        (
            "one-word",
            with_array(with_array(with_array(whole, "words", [97]), "word_offsets", [0, 1]), "counts", [5]),
            "at least two words",
        ),
        ("no-counting", with_metadata(whole, counting=None), "Expecting value"),
        ("counting-text", with_metadata(whole, counting="five"), "Expecting value"),
        ("counting-list", with_metadata(whole, counting="[5]"), "do not say what was counted"),
        ("counting-deep", with_metadata(whole, counting="[" * 100_000), "nested too deeply"),
        ("counting-less", with_metadata(whole, counting='{"window": 5}'), "do not say what was counted"),
        ("counting-more", counted(more=1), "do not say what was counted"),
        ("window-0", counted(window=0), "do not say how it was counted"),
        ("window-text", counted(window="5"), "do not say how it was counted"),
        ("window-true", counted(window=True), "do not say how it was counted"),
        ("contexts-other", counted(contexts="both"), "do not say how it was counted"),
        ("contexts-list", counted(contexts=["left"]), "do not say how it was counted"),
        ("weighting-null", counted(weighting=None), "do not say how it was counted"),
        ("corpus-list", with_metadata(whole, corpus="[1]"), "do not say what was counted"),
        ("corpus-deep", with_metadata(whole, corpus='{"a":' * 50_000), "nested too deeply"),
    ]


def _checkpoints() -> list[tuple[str, bytes, str]]:
    whole = checkpoint()
    attacks = [("none", None), ("text", "here"), ("deep", "[" * 100_000), ("list", "[1]"), ("null", "null")]
    return [
        (f"{name}-{kind}", with_metadata(whole, **{name: value}), "no whole checkpoint (")
        for name in ("run", "position")
        for kind, value in attacks
    ] + [
        ("no-date", with_metadata(whole, saved=None), "no whole checkpoint ("),
        ("no-epochs", with_metadata(whole, run='{"settings": {}}'), "does not say of which run"),
        ("epochs-text", with_metadata(whole, run='{"settings": {"epochs": "5"}}'), "does not say of which run"),
        ("settings-list", with_metadata(whole, run='{"settings": [5]}'), "does not say of which run"),
        ("epoch-text", with_metadata(whole, position='{"epoch": "1"}'), "does not say where training stands"),
        ("epoch-half", with_metadata(whole, position='{"epoch": 1.5}'), "does not say where training stands"),
        ("epoch-null", with_metadata(whole, position='{"epoch": null}'), "does not say where training stands"),
    ]


CHECKPOINTS = [*lies(checkpoint()), *_checkpoints()]
TOKEN_CACHES = [*lies(token_cache()), *_caches()]
COOCCURRENCES = [*lies(cooccurrence_file()), *_matrices()]
