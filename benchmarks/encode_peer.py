"""A peer as a program: `python -P encode_peer.py PEER FOLDER REPEAT [TOKENIZER]`, in its own environment (encode.py).

PEER is model2vec or sentence-transformers, whose StaticEmbedding takes batches of 1,024 texts here. FOLDER has the rows
(rows.npy), their words (words.json) and the texts (texts.json). It gets the rate in texts per second of processor time
(rate.txt), and the vectors of the first texts (vectors.npy). The rule for words is that of a tokenizer.json, TOKENIZER,
or a short regular expression that finds nearly the words that w2v finds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNKNOWN = "[unknown]"
LETTER = r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*"
WORDS = rf"{LETTER}(?:(?:['’\-‐]|_+){LETTER}|(?<=\p{{N}})[.,](?=\p{{N}}){LETTER}|&(?=\p{{L}}){LETTER})*"
KEPT = 2_000  # vectors that are compared


BATCH = 1_024  # texts, for sentence-transformers, whose default of 32 is slower


def model2vec(rows: Any, tokenizer: Any) -> Callable[[list[str]], Any]:
    from model2vec import StaticModel

    model = StaticModel(rows, tokenizer, normalize=True, max_length=None)
    return lambda texts: model.encode(texts, use_multiprocessing=False)


def sentence_transformers(rows: Any, tokenizer: Any) -> Callable[[list[str]], Any]:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    torch.set_num_threads(1)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=rows)], device="cpu")
    return lambda texts: model.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)


PEERS = {"model2vec": model2vec, "sentence-transformers": sentence_transformers}


def main(peer: str, name: str, repeat: int, rules: str = "") -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    import numpy as np
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    folder = Path(name)
    rows = np.load(folder / "rows.npy")
    words: list[str] = json.loads((folder / "words.json").read_text("utf-8"))
    texts: list[str] = json.loads((folder / "texts.json").read_text("utf-8"))
    vocabulary = {word: row for row, word in enumerate([*words, UNKNOWN])}
    tokenizer: Any = Tokenizer(models.WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    pattern: str = json.loads(Path(rules).read_text("utf-8"))["pre_tokenizer"]["pattern"]["Regex"] if rules else WORDS
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(pattern), "removed", invert=True)
    encode = PEERS[peer](np.concatenate([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)]), tokenizer)
    encode(texts[:BATCH])
    best = 0.0
    for _ in range(repeat):
        started = time.process_time()
        found = encode(texts)
        best = max(best, len(texts) / (time.process_time() - started))
    (folder / "rate.txt").write_text(str(best), "utf-8")
    np.save(folder / "vectors.npy", found[:KEPT].astype(np.float32))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
