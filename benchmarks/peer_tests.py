"""Run model2vec's and sentence-transformers' own tests of a static model on folders that `w2v export hub` has written.

    python -m benchmarks.peer_tests VECTORS --model2vec CLONE --sentence-transformers CLONE

VECTORS: a file with at least 30,521 English words, as sentence-transformers' tests expect a table of 30,522 tokens.
CLONE: the folder of a clone of each program's repository. model2vec's tests run on the code of the clone,
sentence-transformers' on the version that is installed. The test files are copied, and only the names of models on the
Hub and the shapes of these are replaced. The fixtures, from which the tests take their model, are those below: tokens,
rows and tokenizer of the exported folder. Needs the extra `stores` and Pillow. The exit code is 0 where all tests pass.

One test asks for more than a program that loads the folder can give: sentence-transformers wants a cosine above .7 of
two sentences, which is a quality of its own models. It runs on the folder with `--pooling mean`, and with the cosine
that `w2v encode` gives in the place of .7.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import w2v
from w2v.export import export_hub

TOKENS = 30_522
SENTENCES = ["It's so sunny outside!", "The sun is shining outside!"]
MODEL2VEC = '''
import json
from pathlib import Path

import pytest
from model2vec import StaticModel
from transformers import PreTrainedTokenizerFast

FOLDER = Path({folder!r})


@pytest.fixture
def mock_static_model():
    return StaticModel.from_pretrained(FOLDER)


@pytest.fixture
def mock_vectors(mock_static_model):
    return mock_static_model.embedding.astype("float64")  # the type of the rows in their own fixture


@pytest.fixture
def mock_tokenizer(mock_static_model):
    return mock_static_model.tokenizer


@pytest.fixture
def mock_berttokenizer():
    return PreTrainedTokenizerFast(tokenizer_file=str(FOLDER / "tokenizer.json"))


@pytest.fixture
def mock_config():
    """The folder's, without what their tests set themselves."""
    config = json.loads((FOLDER / "config.json").read_text())
    return {{key: value for key, value in config.items() if key not in ("normalize", "embedding_dtype", "max_length")}}
'''
SENTENCE_TRANSFORMERS = """
import numpy as np
import pytest
from sentence_transformers.sentence_transformer.modules.static_embedding import StaticEmbedding
from tokenizers import Tokenizer


@pytest.fixture
def static_embedding():
    return StaticEmbedding.load({folder!r})


@pytest.fixture
def tokenizer():
    return Tokenizer.from_file({folder!r} + "/tokenizer.json")


@pytest.fixture
def embedding_weights():
    return np.random.rand({tokens}, 768).astype(np.float32)
"""


def run(folder: Path, conftest: str, tests: dict[str, str], *options: str, code: Path | None = None) -> int:
    """Write the tests and their conftest.py into a folder, and run them there; return pytest's exit code.

    code: a folder with packages that come before those that are installed.
    """
    folder.mkdir()
    (folder / "conftest.py").write_text(conftest, "utf-8")
    for name, text in tests.items():
        (folder / name).write_text(text, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", ".", *options]
    paths = [str(code)] if code is not None else []
    names = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(command, cwd=folder, env=os.environ | names, check=False).returncode


def of_model2vec(clone: Path, folder: Path) -> int:
    rows = np.array([[0.1, 0.2], [0.2, 0.3], [0.3, 0.4], [0.0, 0.0]], dtype=np.float32)
    words = w2v.Vectors(["[PAD]", "word1", "word2", "word3"], rows)
    export_hub(words, folder / "small", pooling="mean", tokenizer="words", progress=False)
    names = ("test_model.py", "test_persistence.py")
    tests = {name: (clone / "tests" / name).read_text("utf-8") for name in names}
    return run(folder / "model2vec", MODEL2VEC.format(folder=str(folder / "small")), tests, code=clone)


def of_sentence_transformers(clone: Path, folder: Path, vectors: Path) -> int:
    words = w2v.load(vectors, limit=TOKENS - 1)
    rules: dict[str, Any] = {"pooling": "mean", "tokenizer": "words", "lowercase": True, "progress": False}
    made = export_hub(words, folder / "large", **rules)
    first, second = words.encode(SENTENCES, **rules)
    name = "tests/sentence_transformer/modules/test_static_embedding.py"
    text = (clone / name).read_text("utf-8").replace("== 256", f"== {made.dim}").replace("(2, 256)", f"(2, {made.dim})")
    text = text.replace("(29528, 256)", f"({made.tokens}, {made.dim})")
    text = text.replace(
        "similarity.item() > 0.7", f"similarity.item() == pytest.approx({float(first @ second)!r}, abs=1e-6)"
    )
    for model in ("minishlab/potion-base-8M", "minishlab/M2V_base_output"):
        text = text.replace(f'"{model}"', repr(str(made.path)))
    conftest = SENTENCE_TRANSFORMERS.format(folder=str(made.path), tokens=TOKENS)
    others = ("--deselect", "test_static_embedding.py::test_from_distillation")  # distils a model of the Hub
    return run(folder / "sentence-transformers", conftest, {"test_static_embedding.py": text}, *others)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--model2vec", type=Path)
    parser.add_argument("--sentence-transformers", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        codes = []
        if options.model2vec is not None:
            codes.append(of_model2vec(options.model2vec, Path(name)))
        if options.sentence_transformers is not None:
            codes.append(of_sentence_transformers(options.sentence_transformers, Path(name), options.vectors))
    return max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
