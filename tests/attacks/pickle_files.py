"""Bad pickles, as gensim's files are: a name, the bytes, and what the error must say; and two good ones."""

from __future__ import annotations

import builtins
import pickle
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from attacks.vector_files import Exploit

__all__ = ["ATTACKS", "GOOD", "kept", "model"]

MATRIX = np.random.default_rng(0).standard_normal((3, 2)).astype(np.float32)


class _Named:
    """Pickles as an object of any class, which need not exist."""

    def __init__(self, module: str, name: str, state: dict[str, Any]) -> None:
        self.module, self.name, self.state = module, name, state


class _Pickler(pickle._Pickler):  # type: ignore[misc, name-defined]  # the one in Python can be told what to write
    def save(self, obj: Any, save_persistent_id: bool = True) -> None:
        if isinstance(obj, _Named):
            self.write(f"c{obj.module}\n{obj.name}\n".encode() + b")\x81")
            super().save(obj.state)
            self.write(b"b")
        else:
            super().save(obj, save_persistent_id)


def kept(thing: Any, protocol: int = 4) -> bytes:
    """A pickle of plain things, arrays, and objects of classes that need not exist."""
    import io

    file = io.BytesIO()
    _Pickler(file, protocol).dump(thing)
    return file.getvalue()


def vectors(**changes: Any) -> _Named:
    state = {
        "vector_size": 2,
        "index_to_key": ["word0", "word1", "word2"],
        "key_to_index": {"word0": 0, "word1": 1, "word2": 2},
        "vectors": MATRIX,
        "expandos": {"count": np.array([9, 5, 1])},
        **changes,
    }
    given = {name: value for name, value in state.items() if value is not None}
    return _Named("gensim.models.keyedvectors", "KeyedVectors", given)


def model(protocol: int = 4, **changes: Any) -> bytes:
    """What `save` of KeyedVectors writes, some attributes replaced, None taking one away."""
    return kept(vectors(**changes), protocol)


GOOD = {
    "v.kv": model(),
    "v.model": kept(_Named("gensim.models.word2vec", "Word2Vec", {"wv": vectors(), "syn1neg": MATRIX, "seed": 1}), 2),
}

WHOLE = GOOD["v.kv"]


def program(code: bytes) -> bytes:
    """A pickle of these instructions."""
    return b"\x80\x04" + code


def calling(module: str, name: str, arguments: bytes = b"X\x04\0\0\0true\x85") -> bytes:
    return program(f"c{module}\n{name}\n".encode() + arguments + b"R.")


class _Reduced:
    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.reduced = function, arguments

    def __reduce__(self) -> Any:
        return self.reduced


def _array(shape: bytes, data: bytes, code: bytes = b"X\x02\0\0\0f4") -> bytes:
    """The instructions of an array of numpy."""
    return (
        b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01"
        + shape
        + b"cnumpy\ndtype\n"
        + code
        + b"\x89\x88\x87R(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89"
        + data
        + b"tb"
    )


SHAPE = b"K\x03K\x02\x86"
BYTES = b"C\x18" + MATRIX.tobytes()


def holding(array: bytes) -> bytes:
    """KeyedVectors whose vectors are what these instructions make."""
    words = b"X\x0c\0\0\0index_to_key](X\x01\0\0\0aX\x01\0\0\0bX\x01\0\0\0ce"
    return program(
        b"cgensim.models.keyedvectors\nKeyedVectors\n)\x81}(" + words + b"X\x07\0\0\0vectors" + array + b"ub."
    )


REFUSED = "which vectors do not need"
# (name of the file, its bytes, what the error must contain)
ATTACKS: list[tuple[str, bytes, str]] = [
    # names that would be imported and called
    *((f"protocol{number}.kv", pickle.dumps(Exploit(), number), "names 'builtins.print'") for number in range(3, 6)),
    ("python2.kv", pickle.dumps(Exploit(), 2), "names '__builtin__.print'"),
    *(
        (f"{module}.{name}.kv", calling(module, name), REFUSED)
        for module, name in (
            ("os", "system"),
            ("posix", "system"),
            ("nt", "system"),
            ("subprocess", "Popen"),
            ("builtins", "eval"),
            ("builtins", "exec"),
            ("builtins", "getattr"),
            ("builtins", "__import__"),
            ("__builtin__", "apply"),
            ("importlib", "import_module"),
            ("runpy", "run_path"),
            ("pickle", "loads"),
            ("marshal", "loads"),
            ("types", "CodeType"),
            ("functools", "partial"),
            ("operator", "attrgetter"),
            ("copyreg", "_reconstructor"),
            ("webbrowser", "open"),
            ("socket", "create_connection"),
            ("ctypes", "CDLL"),
            ("numpy", "load"),
            ("numpy", "fromfile"),
            ("numpy.testing._private.utils", "runstring"),
            ("gensim.utils", "unpickle"),
            ("gensim.models.keyedvectors", "KeyedVectors.load"),
            ("gensim.models.callbacks", "CallbackAny2Vec"),
            ("__main__", "trim_rule"),
            ("w2v.formats.pickled", "load"),
        )
    ),
    (
        "dotted.kv",
        program(b"X\x0c\0\0\0gensim.utilsX\x11\0\0\0unpickle.__self__\x93."),
        "names 'gensim.utils.unpickle.__self__'",
    ),
    ("name-on-the-stack.kv", pickle.dumps(_Reduced(builtins.eval, "1"), 4), "names 'builtins.eval'"),
    ("name-of-numbers.kv", program(b"K\x01K\x02\x93."), "a name is no text"),
    ("endless-name.kv", program(b"c" + b"x" * 100_000), "has no end"),
    ("calls-a-class.kv", calling("gensim.models.word2vec", "Word2Vec"), "calls 'gensim.models.word2vec.Word2Vec'"),
    ("calls-hash.kv", calling("builtins", "hash"), "calls 'builtins.hash'"),
    ("calls-a-text.kv", program(b"X\x01\0\0\0a)R."), "calls what is no name"),
    ("calls-without-a-tuple.kv", program(b"cnumpy\ndtype\n]R."), "calls 'numpy.dtype'"),
    ("makes-a-function.kv", program(b"cnumpy\ndtype\n)\x81."), "makes an object of 'numpy.dtype'"),
    ("makes-a-text.kv", program(b"X\x01\0\0\0a)\x81."), "makes an object of what is no name"),
    ("builds-a-list.kv", program(b"]}b."), "gives attributes to what is no object"),
    ("builds-a-name.kv", program(b"cgensim.models.word2vec\nWord2Vec\n}b."), "gives attributes to what is no object"),
    # instructions that ask for more than values
    ("persistent.kv", program(b"Pid\n."), "PERSID"),
    ("persistent-binary.kv", program(b"K\x01Q."), "BINPERSID"),
    ("extension-1.kv", program(b"\x82\x01."), "EXT1"),
    ("extension-2.kv", program(b"\x83\x01\0."), "EXT2"),
    ("extension-4.kv", program(b"\x84\x01\0\0\0."), "EXT4"),
    ("instance.kv", program(b"(ios\nsystem\n."), "INST"),
    ("object.kv", program(b"(cos\nsystem\no."), "names 'os.system'"),
    ("object-known.kv", program(b"(cgensim.models.word2vec\nWord2Vec\no."), "OBJ"),
    ("named-arguments.kv", program(b"cgensim.models.word2vec\nWord2Vec\n)}\x92."), "NEWOBJ_EX"),
    ("outside-buffer.kv", b"\x80\x05\x97.", "NEXT_BUFFER"),
    ("readonly-buffer.kv", b"\x80\x05N\x98.", "READONLY_BUFFER"),
    # sizes that lie, and little that becomes much
    ("long-text.kv", program(b"\x8d" + struct.pack("<Q", 1 << 62) + b"a."), "4,611,686,018,427,387,904 bytes"),
    ("long-bytes.kv", program(b"\x8e" + struct.pack("<Q", 1 << 40) + b"a."), "1,099,511,627,776 bytes"),
    ("long-bytearray.kv", b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"a.", "1,099,511,627,776 bytes"),
    ("text.kv", program(b"X\xff\xff\xff\xffa."), "4,294,967,295 bytes"),
    ("old-text.kv", b"\x80\x02T\xff\xff\xff\x7fa.", "2,147,483,647 bytes"),
    ("negative-text.kv", b"\x80\x02T\xff\xff\xff\xffa.", "a text of -1 bytes"),
    ("frame.kv", program(b"\x95" + struct.pack("<Q", 1 << 50) + b"."), "a part of 1,125,899,906,842,624 bytes"),
    ("long-integer.kv", program(b"\x8b\xff\xff\xff\x7f."), "a number of 2,147,483,647 bytes"),
    ("negative-integer.kv", program(b"\x8b\xff\xff\xff\xff."), "a number of -1 bytes"),
    ("digits.kv", program(b"I" + b"9" * 100_000 + b"\n."), "has no end"),
    ("far-memo.kv", program(b"Nr\xff\xff\xff\xffj\xfe\xff\xff\xff."), "asks for value 4,294,967,294"),
    ("lists.kv", program(b"]" * 600_000 + b"."), "more values than its length allows"),
    ("dictionaries.kv", program(b"}" * 600_000 + b"."), "more values than its length allows"),
    ("memo.kv", program(b"N" + b"\x94" * 600_000 + b"."), "more values than its length allows"),
    ("nested.kv", program(b")" + b"\x85" * 600_000 + b"."), "more values than its length allows"),
    ("nothing.kv", program(b"N" * 2_000_000 + b"."), "its stack holds more than"),
    (
        "encoded-again.kv",
        program(
            b"X\0\0\1\0"
            + b"a" * 65_536
            + b"\x94c_codecs\nencode\n\x94"
            + b"h\1h\0X\x06\0\0\0latin1\x86R0" * 2_000
            + b"."
        ),
        "more bytes than its length allows",
    ),
    (
        "hashed.kv",
        program(
            b"}("
            + b"".join(
                b"\x8a\x0b" + (place * ((1 << 61) - 1)).to_bytes(11, "little") + b"N" for place in range(1, 2_000)
            )
            + b"u."
        ),
        "neither a text nor a small number",
    ),
    ("nested-key.kv", program(b"})" + b"2\x86" * 60 + b"Ns."), "neither a text nor a small number"),
    ("nested-set.kv", program(b"\x8f()" + b"2\x86" * 60 + b"\x90."), "neither a text nor a small number"),
    ("itself.kv", program(b"]\x94h\0a."), "holds no vectors of gensim"),
    # damage
    *((f"cut-{length}.kv", WHOLE[:length], "") for length in (2, 3, 40, len(WHOLE) // 2, len(WHOLE) - 1)),
    ("surplus.kv", WHOLE + b"x", "1 bytes follow its end"),
    ("twice.kv", WHOLE + WHOLE, "bytes follow its end"),
    ("two-values.kv", program(b"NN."), "leaves 2 values"),
    ("no-value.kv", program(b"."), "leaves 0 values"),
    ("a-mark.kv", program(b"(."), "leaves 1 values"),
    ("unknown.kv", program(b"\xf0."), "byte 2 is no instruction"),
    ("no-mark.kv", program(b"Nt."), "has no mark"),
    ("empty-stack.kv", program(b"a."), "has no value to work on"),
    ("odd-items.kv", program(b"}(Nu."), "into what is no dictionary"),
    ("items-of-a-list.kv", program(b"](NNu."), "into what is no dictionary"),
    ("append-to-a-tuple.kv", program(b")Na."), "appends to what is no list"),
    ("add-to-a-list.kv", program(b"](N\x90."), "adds items to what is no set"),
    ("not-utf8.kv", program(b"X\x02\0\0\0\xff\xfe."), "is not UTF-8"),
    # arrays that lie
    ("array-long.kv", holding(_array(b"K\x63K\x02\x86", BYTES)), "takes 792 bytes, and has 24"),
    ("array-huge.kv", holding(_array(b"\x8a\x05\0\0\0\0\x20K\x02\x86", BYTES)), "takes 1,099,511,627,776 bytes"),
    ("array-negative.kv", holding(_array(b"J\xff\xff\xff\xffK\x02\x86", BYTES)), "an impossible shape"),
    ("array-of-texts.kv", holding(_array(b"X\x01\0\0\0aK\x02\x86", BYTES)), "an impossible shape"),
    ("array-many-axes.kv", holding(_array(b"(" + b"K\x01" * 40 + b"t", BYTES)), "an impossible shape"),
    ("array-of-objects.kv", holding(_array(SHAPE, b"](NNNNNNe", b"X\x02\0\0\0O8")), "the rows of its words"),
    ("array-of-fields.kv", holding(_array(SHAPE, BYTES, b"X\x03\0\0\0V24")), "'V24', which is no plain number"),
    ("array-list.kv", holding(_array(SHAPE, b"]")), "are no bytes"),
    ("array-letters.kv", holding(_array(SHAPE, "X\x18\0\0\0ĀĀĀĀĀĀĀĀĀĀĀĀ".encode())), "something other than"),
    ("array-of-nothing.kv", holding(b"cnumpy.core.multiarray\n_reconstruct\n)R"), "the rows of its words"),
    ("array-state.kv", holding(b"cnumpy.core.multiarray\n_reconstruct\n)RNb"), "is not described"),
    ("array-no-type.kv", holding(b"cnumpy.core.multiarray\n_reconstruct\n)R(K\1" + SHAPE + b"NN" + BYTES + b"tb"), ""),
    ("scalar.kv", program(b"cnumpy.core.multiarray\nscalar\ncnumpy\nfloat32\nC\1a\x86R."), "takes 4 bytes, and has 1"),
    # no vectors
    ("numbers.kv", pickle.dumps([1, 2]), "holds no vectors of gensim"),
    ("dictionary.kv", pickle.dumps({"a": np.eye(2)}), "holds no vectors of gensim"),
    ("no-attributes.kv", program(b"cgensim.models.word2vec\nWord2Vec\n)\x81."), "holds no vectors of gensim"),
    ("odd-attributes.kv", program(b"cgensim.models.word2vec\nWord2Vec\n)\x81]b."), "holds no vectors of gensim"),
    ("no-words.kv", model(index_to_key=None), "has no words"),
    ("empty-words.kv", model(index_to_key=[]), "has no words"),
    ("words-text.kv", model(index_to_key="abc"), "has no words"),
    ("tags.kv", model(index_to_key=[0, 1, 2]), "its keys are no words"),
    ("word-empty.kv", model(index_to_key=["a", "", "c"]), "the word of row 2 is empty"),
    ("word-surrogate.kv", model(index_to_key=["a", "b\ud800", "c"]), "row 2 is not UTF-8"),
    ("no-rows.kv", model(vectors=None), "the rows of its words are not in it"),
    ("few-rows.kv", model(vectors=MATRIX[:2]), "its vectors have the shape (2, 2), and it has 3 words"),
    ("flat-rows.kv", model(vectors=MATRIX.ravel()), "its vectors have the shape (6,)"),
    ("no-columns.kv", model(vectors=MATRIX[:, :0]), "its vectors have the shape (0,)"),
    ("whole-numbers.kv", model(vectors=np.ones((3, 2), np.int32)), "its vectors have the shape"),
    ("nan.kv", model(vectors=np.full((3, 2), np.nan, np.float32)), "3 of 3 rows cannot be used"),
    ("missing-beside.kv", model(vectors=None, __numpys=["vectors"]), "missing-beside.kv.vectors.npy"),
    (
        "climbs.kv",
        kept(
            _Named(
                "gensim.models.word2vec",
                "Word2Vec",
                {"wv": vectors(vectors=None, __numpys=["vectors", "../../etc/passwd"])},
            )
        ),
        "climbs.kv.wv.vectors.npy",
    ),
    (
        "ngrams-shape.kv",
        model(vectors_ngrams=MATRIX[:, :1], min_n=1, max_n=2, bucket=3, compatible_hash=True),
        "n-grams",
    ),
    ("ngrams-lost.kv", model(vectors=None, vectors_vocab=MATRIX), "the rows of its words are not in it"),
    (
        "buckets.kv",
        model(vectors_ngrams=MATRIX, min_n=1, max_n=2, bucket=9, compatible_hash=True, hash2index={1: 0, 99: 1}),
        "the buckets of its n-grams",
    ),
]
