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
from attacks.layout import BLOCK, CODES, joined, parts, spelt, with_table

from w2v.compare.deals.kept import save_deal
from w2v.compare.deals.scores import DealScores
from w2v.compare.map_file import VectorMap, save_map
from w2v.cooccurrences.file import save_cooccurrences
from w2v.cooccurrences.matrix import Chunk, Cooccurrences, Counting
from w2v.search.building import Settings as IndexSettings
from w2v.search.building import write_index
from w2v.text import Text
from w2v.tokens import cachefile
from w2v.tokens.cache import CorpusReport, metadata_of
from w2v.tokens.settings import CorpusConfig
from w2v.training.checkpoint_file import save_checkpoint
from w2v.vectors import Vectors
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


def deal() -> bytes:
    """The scores of two words in a deal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "0001.deal"
        scores = DealScores(np.ones(2), np.zeros(2), np.ones(2), np.full(2, np.nan), np.array([[5, 0], [7, 2]]))
        save_deal(path, "0" * 32, 1, scores)
        return path.read_bytes()


def index() -> bytes:
    """An index of three texts, whose words have vectors of two dimensions."""
    vectors = Vectors(["a", "bé"], np.eye(2, dtype=np.float32), np.array([3, 2]), name="v")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docs.w2v"
        write_index(path, [Text("x", "a bé"), Text("y", "bé"), Text("z", "a a")], vectors, IndexSettings())
        return path.read_bytes()


def map_file() -> bytes:
    """A map between two spaces of two dimensions."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "good.map"
        save_map(VectorMap("old", "new", "aa", "bb", "orthogonal", 20, np.eye(2)), path)
        return path.read_bytes()


def with_array(whole: bytes, name: str, values: Any, dtype: str | None = None) -> bytes:
    """The file with other values in one array, of any number and type, and everything else moved accordingly."""
    header, data = parts(whole)
    moved, end = b"", 0
    for key, described in header.items():
        if key == "__metadata__":
            continue
        begin, stop = described["data_offsets"]
        piece = data[begin:stop]
        if key == name:
            array = np.array(values, dtype=CODES[dtype or described["dtype"]])
            described |= {"dtype": dtype or described["dtype"], "shape": list(array.shape)}
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
    """The file with another description of one array, its data as they were."""
    header, data = parts(whole)
    header[name] |= changes
    return joined(header, data)


def without_tensor(whole: bytes, name: str) -> bytes:
    """The file without one array."""
    header, data = parts(whole)
    begin, end = header.pop(name)["data_offsets"]
    for key, described in header.items():
        if key != "__metadata__" and described["data_offsets"][0] >= end:
            described["data_offsets"] = [place - (end - begin) for place in described["data_offsets"]]
    return joined(header, data[:begin] + data[end:])


def with_more(whole: bytes, name: str, array: np.ndarray, dtype: str) -> bytes:
    """The file with another array at the end."""
    header, data = parts(whole)
    place = [len(data), len(data) + array.nbytes]
    header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": place}
    return joined(header, data + array.tobytes())


def lies(whole: bytes) -> list[tuple[str, bytes, str]]:
    """What can be wrong with any tensor file, whatever its arrays mean: a name, the bytes, what the error must say."""
    header, data = parts(whole)
    metadata = header["__metadata__"]
    start = 8 + int.from_bytes(whole[:8], "little")
    table = whole[start + len(data) :]
    names = [name for name in header if name != "__metadata__"]
    first, last = names[0], names[-1]
    kind, _, version = metadata["format"].partition("/")
    newer = f"{kind}/{int(version) + 9}"
    twice = joined(header, data).replace(b'"block_size"', b'"block_size":"7","block_size"', 1)
    return [
        ("empty", b"", "does not begin with its header"),
        ("7-bytes", whole[:7], "does not begin with its header"),
        ("zeros", bytes(500), "is no JSON"),
        ("long-header", b"\xff" * 7 + b"\x7f{" + whole, "does not begin with its header"),
        ("header-of-5-mb", joined({"__metadata__": {**metadata, "x": "y" * (5 << 20)}}, data), "does not begin"),
        ("cut-header", whole[:100], "does not begin with its header"),
        ("no-data", whole[:start], "0 bytes of data instead of"),
        ("cut", whole[:-1], "bytes of data instead of"),
        ("surplus", whole + b"\0", "bytes of data instead of"),
        ("flipped", whole[:start] + bytes([data[0] ^ 1]) + data[1:] + table, f"the sha256 of block 0 ({first}"),
        ("flipped-table", whole[:-1] + bytes([whole[-1] ^ 1]), "it is damaged: its sha256 is not the one"),
        ("lying-table", with_table(header, data, bytes(len(table))), "the sha256 of block 0"),
        ("short-table", with_table(header, data, b""), "has no hashes of its blocks"),
        ("long-table", with_table(header, data, table + bytes(32)), "has no hashes of its blocks"),
        ("flat-table", joined(header, data, shape=[len(table)]), "has no hashes of its blocks"),
        ("signed-table", joined(header, data, dtype="I8"), "has no hashes of its blocks"),
        ("no-table", without_table(header, data), "has no hashes of its blocks"),
        ("flipped-header", whole[: start - 3] + b"\t  " + data + table, "not spelt as w2v spells it"),
        ("spaced-header", whole[:8] + b'{ "' + whole[10 : start - 1] + data + table, "not spelt as w2v spells it"),
        ("key-twice", longer(twice, len(b'"block_size":"7",')), "not spelt as w2v spells it"),
        ("no-json", joined(b"{" * 64, data), "is no JSON"),
        ("list", joined(b"[1, 2]" + b" " * 58, data), "has no metadata"),
        ("deep", joined(b'{"a":' + b"[" * 100_000, data), "is no JSON"),
        ("latin-1", joined(b'{"\xe9":1}' + b" " * 50, data), "is no JSON"),
        ("digits", joined(b'{"a":' + b"9" * 5_000 + b"}", data), "is no JSON"),
        (
            "surrogate",
            joined(spelt(header).replace(b'"block_size"', b'"\\ud800":"","block_size"', 1), data),
            "not spelt",
        ),
        ("no-metadata", joined({name: value for name, value in header.items() if name[0] != "_"}, data), "no metadata"),
        ("metadata-list", joined({**header, "__metadata__": [1]}, data), "has no metadata"),
        ("metadata-numbers", with_metadata(whole, x=5), "has no metadata"),
        ("metadata-nested", with_metadata(whole, x={"y": "z"}), "has no metadata"),
        ("no-format", with_metadata(whole, format=None), "its format is None"),
        ("other-format", with_metadata(whole, format="pt"), "its format is 'pt'"),
        ("older-format", with_metadata(whole, format=f"{kind}/0"), f"its format is '{kind}/0'"),
        ("newer-format", with_metadata(whole, format=newer), f"a newer w2v wrote it: its format is '{newer}'"),
        ("endless-format", with_metadata(whole, format="x" * 100_000), "its format is 'xxx"),
        ("no-hash", with_metadata(whole, sha256=None), "carries no sha256"),
        ("no-content-hash", with_metadata(whole, content_sha256=None), "carries no sha256"),
        ("short-hash", whole.replace(metadata["sha256"].encode(), metadata["sha256"][1:].encode() + b"g"), "no sha256"),
        ("wrong-hash", whole.replace(metadata["sha256"].encode(), b"f" * 64), "it is damaged: its sha256"),
        ("wrong-content", lying_content(header, data), "it is damaged: its content_sha256"),
        ("no-block-size", with_metadata(whole, block_size=None), "its blocks have None bytes"),
        ("block-of-0", with_metadata(whole, block_size="0"), "its blocks have '0' bytes"),
        ("block-of-7", with_metadata(whole, block_size="7"), "its blocks have '7' bytes"),
        ("block-negative", with_metadata(whole, block_size="-65536"), "its blocks have '-65536' bytes"),
        ("block-words", with_metadata(whole, block_size="many"), "its blocks have 'many' bytes"),
        ("times-text", with_metadata(whole, times="noon"), "its times are no JSON"),
        ("times-list", with_metadata(whole, times="[1]"), "its times are no JSON object"),
        ("times-deep", with_metadata(whole, times="[" * 100_000), "its times are no JSON"),
        ("no-description", joined({**header, last: 5}, data), f"tensor {last!r} is not described"),
        ("unknown-type", with_tensor(whole, first, dtype=5), f"tensor {first!r} has an impossible type"),
        ("no-axes", with_tensor(whole, first, shape=[]), f"tensor {first!r} does not have the size"),
        ("negative-shape", with_tensor(whole, first, shape=[-2]), f"tensor {first!r} has an impossible type, shape"),
        ("true-shape", with_tensor(whole, first, shape=[True]), f"tensor {first!r} has an impossible type, shape"),
        ("real-shape", with_tensor(whole, first, shape=[2.0]), f"tensor {first!r} has an impossible type, shape"),
        ("text-shape", with_tensor(whole, first, shape=["2"]), f"tensor {first!r} has an impossible type, shape"),
        ("shape-of-text", with_tensor(whole, first, shape="2"), f"tensor {first!r} has an impossible type, shape"),
        ("huge-shape", with_tensor(whole, first, shape=[10**18]), f"tensor {first!r} does not have the size"),
        ("endless-shape", with_tensor(whole, first, shape=[10**4000]), f"tensor {first!r} has an impossible type"),
        ("many-axes", with_tensor(whole, first, shape=[10**18] * 100_000), f"tensor {first!r} has an impossible type"),
        ("shifted", with_tensor(whole, first, data_offsets=[8, 24]), f"tensor {first!r} is not where it should be"),
        ("overlapping", with_tensor(whole, last, data_offsets=[1, 3]), f"tensor {last!r} is not where it should be"),
        ("three-places", with_tensor(whole, last, data_offsets=[0, 3, 4]), f"tensor {last!r} has an impossible type"),
        ("surplus-key", with_tensor(whole, last, more=1), f"tensor {last!r} is not described"),
        ("gap", joined(header, data + bytes(8)), "is not where it should be"),
    ]


def shapes(whole: bytes) -> list[tuple[str, bytes, str]]:
    """What can be wrong with a tensor file whose kind has a layout."""
    header, _ = parts(whole)
    name = next(name for name in header if name in ("counts", "embeddings"))
    return [
        ("missing-tensor", without_tensor(whole, "words"), "tensor 'words' is missing"),
        ("other-type", with_tensor(whole, "counts", dtype="U64"), "tensor 'counts' is U64 [2], not I64 [V]"),
        ("unknown-dtype", with_tensor(whole, "counts", dtype="X99"), "tensor 'counts' is X99 [2], not I64 [V]"),
        ("two-axes", with_tensor(whole, "counts", shape=[2, 1]), "tensor 'counts' is I64 [2, 1], not I64 [V]"),
        ("few-counts", with_array(whole, "counts", [3]), "[V"),
        ("few-offsets", with_array(whole, "word_offsets", [0, 4]), "tensor 'word_offsets' is I64 [2], not I64 [V+1]"),
        ("no-offsets", with_array(whole, "word_offsets", []), "tensor 'word_offsets' is I64 [0], not I64 [V+1]"),
        ("a-scalar", with_array(whole, name, 5), f"tensor {name!r} is "),
    ]


def without_table(header: dict[str, Any], data: bytes) -> bytes:
    text = spelt(header)
    return len(text).to_bytes(8, "little") + text + data


def lying_content(header: dict[str, Any], data: bytes) -> bytes:
    """A hash of the content that is wrong, under a hash of the header that is right."""
    whole = joined(header, data)
    claimed = parts(whole)[0]["__metadata__"]
    changed = whole.replace(claimed["content_sha256"].encode(), b"f" * 64)
    text = changed[8 : 8 + int.from_bytes(changed[:8], "little")].rstrip(b" ")
    emptied = text.replace(f'"sha256":"{claimed["sha256"]}",'.encode(), b"", 1)
    table = whole[len(whole) - 32 * -(-len(data) // BLOCK) :]
    right = hashlib.sha256(emptied + table).hexdigest()
    return changed.replace(claimed["sha256"].encode(), right.encode(), 1)


def longer(data: bytes, more: int) -> bytes:
    """A file whose header has become longer by so many bytes."""
    return (int.from_bytes(data[:8], "little") + more).to_bytes(8, "little") + data[8:]


def _caches() -> list[tuple[str, bytes, str]]:
    whole = token_cache()
    tokens, counts, offsets, words = "tokens", "counts", "word_offsets", "words"
    report = json.loads(parts(whole)[0]["__metadata__"]["report"])

    def reported(**changes: Any) -> bytes:
        return with_metadata(whole, report=json.dumps({**report, **changes}))

    return [
        ("id-beyond", with_array(whole, tokens, [0, 1, 2, -1]), "has ids without a word"),
        ("id-far-beyond", with_array(whole, tokens, [0, 2**31 - 1]), "has ids without a word"),
        ("id-minus-2", with_array(whole, tokens, [0, -2]), "has ids without a word"),
        ("id-least", with_array(whole, tokens, [-(2**31)]), "has ids without a word"),
        ("ids-int64", with_array(whole, tokens, [0, 1], "I64"), "tensor 'tokens' is"),
        ("ids-real", with_array(whole, tokens, [0.0, 1.0], "F32"), "tensor 'tokens' is"),
        ("count-0", with_array(whole, counts, [3, 0]), "its counts are not all positive"),
        ("count-negative", with_array(whole, counts, [3, -2]), "its counts are not all positive"),
        ("late-offset", with_array(whole, offsets, [1, 2, 4]), "words are not one for each row"),
        ("far-offset", with_array(whole, offsets, [0, 1, 10**15]), "words are not one for each row"),
        ("short-offset", with_array(whole, offsets, [0, 1, 3]), "words are not one for each row"),
        ("falling-offsets", with_array(whole, offsets, [0, 5, 4]), "words are not one for each row"),
        ("negative-offset", with_array(whole, offsets, [0, -1, 4]), "words are not one for each row"),
        ("wrapping-offset", with_array(whole, offsets, [0, -(2**63), 4]), "words are not one for each row"),
        ("empty-word", with_array(whole, offsets, [0, 0, 4]), "words are not one for each row"),
        ("cut-character", with_array(whole, offsets, [0, 3, 4]), "the word of row 1 is not UTF-8"),
        ("not-utf8", with_array(whole, words, list(b"a\xff\xfe\xfd")), "the word of row 2 is not UTF-8"),
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
        ("runs-of-4-blocks", with_array(whole, runs, [0, 1, 1, 1, 2]), "not I64 [B+1] with B = 4"),
        (
            "4-blocks",
            with_array(with_array(whole, runs, [0, 1, 1, 1, 2]), records, [0, 1, 1, 1, 2]),
            "it has 4 blocks, not 1",
        ),
        ("no-runs", with_array(whole, runs, []), "tensor 'block_runs' is I64 [0], not I64 [B+1]"),
        ("records-beyond", with_array(whole, records, [0, 3]), "blocks do not follow"),
        ("records-short", with_array(whole, records, [0, 1]), "blocks do not follow"),
        ("row-outside", with_array(whole, "rows", [0, 2]), "lie outside their parts"),
        ("row-far-outside", with_array(whole, "rows", [65535, 0]), "lie outside their parts"),
        ("column-outside", with_array(whole, "columns", [1, 2]), "lie outside their parts"),
        ("length-0", with_array(whole, "lengths", [2, 0]), fill),
        ("length-long", with_array(whole, "lengths", [1, 2]), fill),
        ("length-short", with_array(whole, "lengths", [1, 60000]), fill),
        ("few-lengths", with_array(whole, "lengths", [2]), "tensor 'lengths' is U16 [1], not U16 [R] with R = 2"),
        ("few-rows", with_array(whole, "rows", [0]), "not U16 [R]"),
        ("few-values", with_array(whole, "values", [1]), "not U16 [N] with N = 1"),
        ("value-0", with_array(whole, "values", [1, 0]), "not all of its values"),
        ("value-negative", with_array(whole, "values", [1, -1]), "not all of its values"),
        ("value-nan", with_array(whole, "values", [1, np.nan]), "not all of its values"),
        ("value-infinite", with_array(whole, "values", [1, np.inf]), "not all of its values"),
        ("count-0", with_array(whole, "counts", [3, 0]), "counts are not one positive number"),
        ("empty-word", with_array(whole, "word_offsets", [0, 0, 4]), "words are not one for each row"),
        ("falling-offsets", with_array(whole, "word_offsets", [0, 5, 4]), "words are not one for each row"),
        ("not-utf8", with_array(whole, "words", list(b"a\xff\xfe\xfd")), "the word of row 2 is not UTF-8"),
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
        (f"{name}-{kind}", with_metadata(whole, **{name: value}), "not a whole checkpoint (")
        for name in ("run", "position")
        for kind, value in attacks
    ] + [
        ("no-date", with_metadata(whole, times=None), "does not say when it was saved"),
        ("date-number", with_metadata(whole, times='{"saved": 5}'), "does not say when it was saved"),
        ("no-epochs", with_metadata(whole, run='{"settings": {}}'), "does not say of which run"),
        ("epochs-text", with_metadata(whole, run='{"settings": {"epochs": "5"}}'), "does not say of which run"),
        ("settings-list", with_metadata(whole, run='{"settings": [5]}'), "does not say of which run"),
        ("epoch-text", with_metadata(whole, position='{"epoch": "1"}'), "does not say how far training has come"),
        ("epoch-half", with_metadata(whole, position='{"epoch": 1.5}'), "does not say how far training has come"),
        ("epoch-null", with_metadata(whole, position='{"epoch": null}'), "does not say how far training has come"),
    ]


def _deals() -> list[tuple[str, bytes, str]]:
    attacks = [("none", None), ("text", "here"), ("deep", "[" * 100_000), ("list", "[1]"), ("null", "null")]
    attacks += [("half", '{"run": "", "number": 1.5}'), ("numbers", '{"run": 1, "number": 1}')]
    bad = [(f"deal-{kind}", with_metadata(deal(), deal=value)) for kind, value in attacks]
    bad += [("missing-tensor", without_tensor(deal(), "local"))]
    bad += [("other-size", with_tensor(deal(), "counts", shape=[4, 1]))]
    return [(name, data, "not a whole deal of texts (") for name, data in bad]


DEALS = [*lies(deal()), *_deals()]
CHECKPOINTS = [*lies(checkpoint()), *_checkpoints()]
TOKEN_CACHES = [*lies(token_cache()), *shapes(token_cache()), *_caches()]
COOCCURRENCES = [*lies(cooccurrence_file()), *shapes(cooccurrence_file()), *_matrices()]


def indexes() -> list[tuple[str, bytes, str]]:
    """Bad indexes: a name, the bytes, what the error must say."""
    whole = index()
    made = json.loads(parts(whole)[0]["__metadata__"]["made"])

    def otherwise(**changes: Any) -> bytes:
        return with_metadata(whole, made=json.dumps({**made, **changes}))

    unsaid, words = "do not say how it was made", "do not say how texts became words"
    return [
        *lies(whole),
        ("no-rows", without_tensor(whole, "rows"), "tensor 'rows' is missing"),
        ("other-type", with_array(whole, "scales", [1, 1, 1], "I32"), "tensor 'scales' is I32 [3], not F32 [N]"),
        ("few-rows", with_array(whole, "rows", [[1, 0]]), "with N = "),
        ("more-dimensions", with_array(whole, "rows", np.ones((3, 9))), "with D = 2"),
        ("falling-passages", with_array(whole, "document_passages", [0, 2, 1, 3]), "do not rise from 0 to 3"),
        ("passages-beyond", with_array(whole, "document_passages", [0, 1, 2, 9]), "do not rise from 0 to 3"),
        ("texts-beyond", with_array(whole, "text_offsets", [0, 5, 8, 1 << 60]), "its text_offsets do not rise"),
        ("texts-negative", with_array(whole, "text_offsets", [-1, 5, 8, 11]), "its text_offsets do not rise"),
        ("ids-beyond", with_array(whole, "id_offsets", [0, 1, 2, 4]), "its id_offsets do not rise"),
        ("terms-beyond", with_array(whole, "term_offsets", [0, 1, 99]), "its term_offsets do not rise"),
        ("empty-term", with_array(whole, "term_offsets", [0, 0, 4]), "its words are not one for each row"),
        ("postings-beyond", with_array(whole, "posting_offsets", [0, 2, 1 << 40]), "its posting_offsets do not rise"),
        ("passage-beyond", with_array(whole, "posting_passages", [0, 9, 0, 1]), "a passage that is not there"),
        ("passage-negative", with_array(whole, "posting_passages", [0, -9, 0, 1]), "a passage that is not there"),
        ("lengths-negative", with_array(whole, "lengths", [2, -1, 2]), "less than no words"),
        ("no-numbers", with_array(whole, "rows", np.full((3, 2), np.nan)), "its rows are not all numbers"),
        ("no-utf-8", with_array(whole, "texts", [255] * 11), "a text in it is not UTF-8"),
        ("short-hashes", with_array(whole, "hashes", np.ones((3, 31))), "none of SHA-256"),
        ("no-made", with_metadata(whole, made=None), unsaid),
        ("made-no-json", with_metadata(whole, made="{"), unsaid),
        ("made-deep", with_metadata(whole, made="[" * 100_000), unsaid),
        ("made-list", with_metadata(whole, made="[1]"), unsaid),
        ("no-fingerprint", otherwise(fingerprint=None), unsaid),
        ("rules-of-text", otherwise(rules="words"), unsaid),
        ("no-pooling", otherwise(pooling="os.system"), "impossible settings"),
        ("k1-nan", otherwise(k1=float("nan")), "impossible settings"),
        ("b-2", otherwise(b=2.0), "impossible settings"),
        ("other-tokenizer", otherwise(terms={"tokenizer": "rm -rf"}), words),
        ("a-file-of-words", otherwise(rules={"vocabulary": "/etc/passwd"}), words),
    ]


INDEXES = indexes()


def maps() -> list[tuple[str, bytes, str]]:
    """Bad maps: a name, the bytes, what the error must say."""
    whole = map_file()
    made = json.loads(parts(whole)[0]["__metadata__"]["made"])
    unsaid = "do not say between which vectors it is"
    return [
        *lies(whole),
        ("no-matrix", without_tensor(whole, "matrix"), "tensor 'matrix' is missing"),
        ("flat", with_array(whole, "matrix", [1.0, 0.0]), "tensor 'matrix' is F64 [2]"),
        ("nan", with_array(whole, "matrix", [[1.0, np.nan], [0.0, 1.0]]), "its numbers are not all finite"),
        ("unsaid", with_metadata(whole, made="{}"), unsaid),
        ("unsaid-list", with_metadata(whole, made="["), unsaid),
        ("words", with_metadata(whole, made=json.dumps({**made, "words": -1})), unsaid),
    ]


MAPS = maps()
