"""gensim as a program: `python -P gensim_script.py SETTINGS.json RESULT.json`. The result is checked in trainers.py.

It runs in a process of its own and imports gensim alone, so that what is measured is gensim's. SETTINGS has the
arguments of a class of `gensim.models`, beside "class" (Word2Vec), "corpus_file" and "output", the vectors' file in
word2vec's binary format.
RESULT gets seconds and CPU seconds of both phases, and what gensim says that it read and trained on.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main(settings_path: str, result_path: str) -> None:
    import gensim
    from gensim import models

    settings: dict[str, Any] = json.loads(Path(settings_path).read_text("utf-8"))
    corpus, output = settings.pop("corpus_file"), settings.pop("output")
    model = getattr(models, settings.pop("class", "Word2Vec"))(**settings)
    started = time.perf_counter()
    model.build_vocab(corpus_file=corpus)
    counted, cpu = time.perf_counter(), time.process_time()
    kept, raw = model.train(
        corpus_file=corpus,
        total_examples=model.corpus_count,
        total_words=model.corpus_total_words,
        epochs=model.epochs,
    )
    trained, cpu_seconds = time.perf_counter(), time.process_time() - cpu
    model.wv.save_word2vec_format(output, binary=True)
    counts = model.wv.expandos["count"]
    result = {
        "version": gensim.__version__,
        "corpus_seconds": counted - started,
        "train_seconds": trained - counted,
        "train_cpu_seconds": cpu_seconds,
        "tokens": int(model.corpus_total_words),
        "vocabulary": len(counts),
        "words": int(counts.sum()),
        "trained_tokens": int(raw),
        "trained_after_subsampling": int(kept),
    }
    Path(result_path).write_text(json.dumps(result), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
