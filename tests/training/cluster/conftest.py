"""The text of `small_run`, encoded once a module, and a rotation that has several partitions of so few words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from training.cluster.small_run import SETTINGS

from w2v.progress import NullProgress
from w2v.tokens.folder import Caching
from w2v.tokens.settings import CorpusConfig
from w2v.training.data import TokenData, open_tokens
from w2v.training.sgns import plan


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenData]:
    random, folder = np.random.default_rng(1), tmp_path_factory.mktemp("tiles")
    words = random.zipf(1.5, 90_000) % 200
    text = folder / "corpus.txt"
    text.write_text("\n".join(" ".join(f"w{word}" for word in line) for line in words.reshape(-1, 20)))
    with open_tokens(
        [str(text)], CorpusConfig(min_count=1), SETTINGS, cache_dir=Caching(folder, True), progress=NullProgress()
    ) as opened:
        yield opened


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "WORDS", 12)
    monkeypatch.setattr(plan, "LASTING", 200)  # batches of several partitions, and batches that share one
