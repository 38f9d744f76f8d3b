"""Sets of texts: rated pairs, classes, collections. What every kind must do is in test_conformance.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference import retrieval as naive
from scipy.sparse import csr_array

import w2v
from w2v.cli import main
from w2v.data import manifest_of
from w2v.errors import DataError, SettingsError
from w2v.evaluation import evaluate
from w2v.evaluation.statistics import draws, pearson, pearson_replicates
from w2v.evaluation.statistics.logistic import fit
from w2v.evaluation.statistics.retrieval import found_by
from w2v.evaluation.statistics.softmax import choose_strength, fit_softmax, folds_of, log_loss
from w2v.evaluation.suites import groups, load
from w2v.evaluation.tasks.base import task_of
from w2v.evaluation.tasks.registry import TASKS
from w2v.evaluation.tasks.text_similarity import read_text_pairs
from w2v.vectors import Vectors

TEXTS = ("sts-benchmark", "sts-benchmark-dev", "sick-trial", "sst2", "trec-questions", "cranfield")
KINDS = ("text-similarity", "classification", "retrieval")
WORDS = "the a cat dog lion king queen bank money river water fish sleeps runs has no not gold he she in by of and"
PAIRS = [
    ("the cat sleeps", "a cat sleeps", 5),
    ("the king has gold", "a fish", 0),
    ("the river", "water of the river", 4),
]
LABELLED = [
    ("animals", "the cat runs"),
    ("money", "gold of the bank"),
    ("animals", "a dog and a lion"),
    ("money", "he has money"),
]
DOCUMENTS = ("the cat sleeps", "a dog runs", "gold of the king", "fish in the river", "money in the bank", "a lion")
QUERIES = ("cat", "dog", "gold", "fish", "money", "lion")
JUDGED = [
    (query, document, 2 * (at == right)) for right, query in enumerate(QUERIES) for at, document in enumerate(DOCUMENTS)
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cloud() -> Vectors:
    words = WORDS.split()
    matrix = np.random.default_rng(5).normal(size=(len(words), 8)).astype(np.float32)
    return Vectors(words, matrix, np.arange(len(words), 0, -1) ** 2, name="cloud")


def scored(vectors: Vectors, **options: Any) -> Any:
    """The report of the only set."""
    [report] = evaluate(vectors, progress=False, **options)
    return report


# --------------------------------------------------------------------------- numbers


def test_replicates_of_pearson_are_those_of_the_drawn_pairs() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 30)) + 1000
    weights = draws(30, 20)
    slow = [pearson(np.repeat(x, drawn), np.repeat(y, drawn)) for drawn in weights.astype(int)]
    assert pearson_replicates(x, y, weights) == pytest.approx(slow)


@pytest.mark.parametrize("seed", range(20))
def test_measures_of_a_ranking_are_those_of_slow_code(seed: int) -> None:
    rng = np.random.default_rng(seed)
    documents = int(rng.integers(1, 300))
    scores = rng.integers(0, 20, documents).astype(np.float32)  # with ties
    gains = rng.integers(-1, 4, documents).clip(0).astype(np.float64)
    gains[rng.integers(documents)] = 2
    found = found_by(scores, gains)
    both = scores.tolist(), gains.tolist()
    assert found == pytest.approx((naive.average_precision(*both), naive.ndcg(*both, 10), naive.recall(*both, 100)))


def test_measures_of_a_ranking_by_hand() -> None:
    """Relevant documents at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3; gains 1, 3, 2 in place of 3, 2, 1."""
    found = found_by(np.array([9.0, 8, 7, 6, 5]), np.array([1.0, 0, 3, 2, 0]))
    assert found.average_precision == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    assert found.ndcg == pytest.approx((1 + 3 / 2 + 2 / np.log2(5)) / (3 + 2 / np.log2(3) + 1 / 2))
    assert found.recall == 1.0


def test_two_classes_are_those_of_binary_logistic_regression() -> None:
    """The weights of two classes are opposite, so each bears half of the penalty."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(60, 4))
    labels = features @ rng.normal(size=4) + rng.normal(size=60) > 0
    model = fit_softmax(features, labels.astype(np.int64), 2, 0.5)
    *weights, intercept = fit(features, labels, 1.0)
    assert model.weights[:, 1] - model.weights[:, 0] == pytest.approx(np.array(weights), abs=2e-3)
    assert model.intercepts[1] - model.intercepts[0] == pytest.approx(intercept, abs=2e-3)


def test_a_classifier_is_at_the_lowest_loss_and_the_same_for_sparse_rows() -> None:
    rng = np.random.default_rng(2)
    features = rng.normal(size=(80, 5)) * (rng.random((80, 5)) < 0.5)
    classes = rng.integers(0, 3, 80)
    model = fit_softmax(features, classes, 3, 2.0)

    def loss(weights: np.ndarray) -> float:
        return float((weights**2).sum() / 2) + 2.0 * 80 * log_loss(model._replace(weights=weights), features, classes)

    for _ in range(20):
        assert loss(model.weights) < loss(model.weights + rng.normal(size=model.weights.shape) * 0.01)
    sparse = fit_softmax(csr_array(features), classes, 3, 2.0)
    assert sparse.weights == pytest.approx(model.weights, abs=1e-3)
    assert (sparse.classes(csr_array(features)) == model.classes(features)).all()


def test_the_strength_is_chosen_on_rows_that_are_held_out() -> None:
    rng = np.random.default_rng(3)
    features, classes = rng.normal(size=(100, 20)), rng.integers(0, 2, 100)  # nothing to learn: the strongest penalty
    strength, model = choose_strength(features, classes, 2, folds_of(classes, 5) == 4, (0.01, 1.0, 100.0))
    assert strength == 0.01
    assert np.abs(model.weights).max() < 0.2
    assert np.bincount(folds_of(np.array([0, 1] * 10), 5)).tolist() == [4] * 5


# --------------------------------------------------------------------------- published sets


def test_groups_hold_the_sets_of_texts() -> None:
    assert groups()["texts"] == TEXTS
    assert set(TEXTS) < set(groups()["all"])
    assert [name for kind in KINDS for name in groups()[TASKS[kind].group]] == list(TEXTS)
    assert len(groups()["all"]) == len(set(groups()["all"]))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "texts", "some"),
    [
        ("sts-benchmark", 2758, "a girl is styling her hair ."),
        ("sick-trial", 1000, "There is no boy playing outdoors and there is no man smiling"),
        ("sst2", 9613, "no movement , no yuks , not much of anything ."),
        ("trec-questions", 5952, "How far is it from Denver to Aspen ?"),
        ("cranfield", 1625, "what similarity laws must be obeyed when constructing aeroelastic models of heated high "),
    ],
)
def test_published_sets_are_read_whole(name: str, texts: int, some: str, shared: Path) -> None:
    suite: Any = load(name, shared / "eval_sets")
    assert (suite.invalid, len(suite.every_text)) == (0, texts)
    assert any(text.startswith(some) for text in suite.every_text)


@pytest.mark.shared
def test_traps_of_published_sets(shared: Path) -> None:
    """Quotes that are no quoting, another encoding than UTF-8, queries that are numbered by place."""
    sets: dict[str, Any] = {name: load(name, shared / "eval_sets") for name in TEXTS}
    assert sum(text.startswith('"') for text in sets["sts-benchmark"].every_text) > 10
    questions = sets["trec-questions"]
    assert any("\xf0" in text for text in questions.texts)
    assert (len(questions.labels), len(questions), len(questions.parts)) == (6, 500, 5952)
    collection = sets["cranfield"]
    assert (len(collection), len(collection.documents), len(collection.judged)) == (225, 1400, 1837)
    assert collection.queries[224].startswith("what design factors can be used to control lift-drag ratios")
    gains = collection.gains_of(0)
    assert (gains[183], gains[11], gains[485], gains[0]) == (3.0, 2.0, 4.0, 0.0)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize(("name", "key"), [("sts-benchmark", "STSb-test"), ("sts-benchmark-dev", "STSb-dev")])
def test_known_answers_of_the_mean(name: str, key: str, shared: Path) -> None:
    folder = shared / "eval_sets"
    vectors = w2v.load(folder / "vectors" / "ref-enwiki100MB-sg100-top10k.bin")
    known = json.loads((folder / "texts" / "known-answers-ref10k.json").read_text("utf-8"))
    report = scored(vectors, suite=name, pooling="mean", data_dir=folder)
    pearson, spearman, without_words = known[f"{key} | mean of rows | removed 0"]
    assert (report.pearson, report.spearman) == pytest.approx((pearson, spearman), abs=2e-5)
    assert (report.without_words, report.scored) == (without_words, report.total)
    assert report.interval.low < pearson < report.interval.high
    assert "pooled by mean" in str(report.protocol)


def test_the_set_of_our_own_is_always_there(cloud: Vectors) -> None:
    """Where the order alone is another one, the words are the same, so nothing that pools them can tell the texts."""
    suite: Any = load("limits")
    assert (len(suite), len(suite.contrasts), manifest_of("limits").redistributable) == (168, 84, True)
    assert set(suite.contrasts) == {"negation", "order", "senses", "antonyms", "topics"}
    for at, name in enumerate(suite.contrasts):
        if name == "order":
            pair = suite.first[2 * at], suite.second[2 * at + 1]
            first, other = (sorted(text.lower().strip(".").replace(",", "").split()) for text in pair)
            assert first == other
    report = scored(cloud, suite="limits")
    assert next(each for each in report.contrasts if each.name == "order").right == 0
    assert report.metrics()["limits.order"] == 0.0
    nothing = scored(Vectors(["\0"], [[1.0]]), suite="limits")
    assert list(nothing.metrics()) == list(report.metrics())
    assert (nothing.metrics()["limits.order"], nothing.to_dict()["contrasts"]) == (None, [])


# --------------------------------------------------------------------------- what is asked of the vectors


def test_a_text_without_a_known_word_has_a_cosine_of_0(cloud: Vectors) -> None:
    report = scored(cloud, text_pairs=[*PAIRS, ("xyzzy", "the cat", 1), ("xyzzy", "plugh", 1)])
    assert report.cosines[3:].tolist() == [0.0, 0.0]
    assert (report.scored, report.total, report.without_words, report.counts.unknown) == (3, 5, 3, 3)
    assert report.pearson == pytest.approx(np.corrcoef(report.ratings, report.cosines)[0, 1])
    assert report.own.unscored == ("xyzzy – the cat", "xyzzy – plugh")


@pytest.mark.parametrize("pooling", ["mean", "idf", "sif", "usif"])
def test_pooling_is_a_setting(cloud: Vectors, pooling: str) -> None:
    report = scored(cloud, text_pairs=PAIRS, pooling=pooling)
    encoded = cloud.encode([text for pair in PAIRS for text in pair[:2]], pooling, progress=False).astype(float)
    assert report.cosines == pytest.approx((encoded[0::2] * encoded[1::2]).sum(axis=1), abs=1e-6)
    assert (report.pooling, f"pooled by {pooling}" in str(report.protocol)) == (pooling, True)


def test_pooling_on_the_command_line(cloud: Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="pooling is 'max'"):
        scored(cloud, text_pairs=PAIRS, pooling="max")
    with pytest.raises(SettingsError, match="no set of texts was chosen"):
        scored(cloud, pairs=[("cat", "dog", 3)], pooling="mean")
    w2v.save(cloud, "cloud.txt")
    Path("pairs.csv").write_text("".join(f"{a},{b},{score}\n" for a, b, score in PAIRS))
    assert main(["eval", "cloud.txt", "--text-pairs", "pairs.csv", "--pooling", "mean", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["suites"][0]["pooling"] == "mean"
    assert main(["eval", "cloud.txt", "--suite", "wordsim353", "--pooling", "mean"]) == 2


def test_only_the_first_rows_are_looked_at(cloud: Vectors) -> None:
    report = scored(cloud, text_pairs=PAIRS, restrict_vocab=3)
    assert (report.counts.words, report.protocol.vocabulary) == (8, 3)


def test_where_nothing_tells_how_often_words_occur() -> None:
    """In alphabetical order and without counts: the mean, and the protocol says so; what was asked for is refused."""
    words = sorted({*WORDS.split(), *(f"w{number:03}" for number in range(300))})
    vectors = Vectors(words, np.random.default_rng(6).normal(size=(len(words), 4)))
    assert scored(vectors, text_pairs=PAIRS).pooling == "mean"
    with pytest.raises(SettingsError, match="alphabetical order"):
        scored(vectors, text_pairs=PAIRS, pooling="sif")
    guessed = scored(Vectors(WORDS.split(), np.eye(24)), text_pairs=PAIRS)
    assert "how often words occur is guessed from their order" in str(guessed.protocol)


def test_classes_that_words_tell_apart(cloud: Vectors) -> None:
    report = scored(cloud, labels=LABELLED * 10)
    assert (report.accuracy, report.bag_of_words, report.largest_class) == (1.0, 1.0, 0.5)
    assert (report.scored, report.total, report.trained, report.classes) == (40, 40, 40, 2)
    assert report.interval.low > 0.9
    assert report.against_words[0].difference == 0
    assert "on five folds" in str(report.protocol)


def test_parts_are_trained_on_and_tested_apart(cloud: Vectors) -> None:
    """The labels of the part for testing are the wrong way round: all guesses are wrong, and none were trained on."""
    other = {"animals": "money", "money": "animals"}
    rows = [(label, text, "train") for label, text in LABELLED * 10]
    rows += [(other[label], text, "test") for label, text in LABELLED * 3]
    report = scored(cloud, labels=rows)
    assert (report.accuracy, report.bag_of_words, report.total, report.trained) == (0.0, 0.0, 12, 40)
    rows += [(label, text, "dev") for label, text in LABELLED * 3]
    assert "on the part for development" in str(scored(cloud, labels=rows).protocol)


def test_rankings_of_a_small_collection(cloud: Vectors) -> None:
    findings = evaluate(cloud, collection=JUDGED, progress=False)
    report: Any = findings["collection"]
    assert (report.scored, report.total, report.documents) == (6, 6, 6)
    assert report.value("words", "map") == 1.0  # each query is a word of its document alone
    suite: Any = findings.report.sets["collection"]
    encoded = cloud.encode([*suite.queries, *suite.documents], progress=False)
    cosines = encoded[:6] @ encoded[6:].T
    by_hand = [naive.average_precision(cosines[at].tolist(), suite.gains_of(at).tolist()) for at in range(6)]
    assert report.value("meaning", "map") == pytest.approx(np.mean(by_hand))
    assert [each.name for each in report.against_words] == ["meaning", "both"]


def test_a_query_without_a_known_word_finds_nothing_by_meaning(cloud: Vectors) -> None:
    report = scored(cloud, collection=[*JUDGED, ("xyzzy", "the xyzzy", 1), ("xyzzy", "a dog runs", 0)])
    assert (report.scored, report.total) == (6, 7)
    assert report.rankings["meaning"].values[:, 6].tolist() == [0.0, 0.0, 0.0]
    assert report.rankings["words"].values[0, 6] == 1.0


def test_several_files_are_compared(cloud: Vectors) -> None:
    other = Vectors(cloud.words, np.random.default_rng(9).normal(size=(len(cloud), 8)), cloud.counts, name="other")
    sets = {"text_pairs": PAIRS * 5, "labels": LABELLED * 10, "collection": JUDGED}
    findings = evaluate([cloud, other], progress=False, **sets)
    compared = findings.to_dict()["studies"]["comparison"]
    assert [each["suite"] for each in compared] == list(sets)
    assert "Rankings by words, meaning and both: other" in findings.to_markdown()


# --------------------------------------------------------------------------- a user's own files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "named.csv",
            'id,Score,Sentence 1,Sentence 2\n1,4.5,"a cat, asleep","the ""cat""\nsleeps"\n2,0,the king,a fish\n',
        ),
        ("semicolons.csv", 'text1;text2;score\n"a cat, asleep";"the ""cat""\nsleeps";4,5\nthe king;a fish;0\n'),
        ("plain.csv", '"a cat, asleep","the ""cat""\nsleeps",4.5\nthe king,a fish,0\n'),
        (
            "records.jsonl",
            '{"score": 4.5, "text1": "a cat, asleep", "text2": "the \\"cat\\"\\nsleeps"}\n'
            '{"score": 0, "text1": "the king", "text2": "a fish", "x": null}\n',
        ),
    ],
)
def test_forms_of_pairs(name: str, text: str) -> None:
    Path(name).write_text(text, "utf-8")
    suite: Any = task_of("text-similarity").read_own(Path(name))
    assert (suite.first, suite.second) == (("a cat, asleep", "the king"), ('the "cat"\nsleeps', "a fish"))
    assert (suite.scores.tolist(), suite.invalid, suite.own.lines_used) == ([4.5, 0.0], 0, 2)


def test_tabs_know_no_quotes_but_around_a_field() -> None:
    Path("own.tsv").write_text('3.5\the said "no"\tshe said "yes\n1\t"a ""b"" c"\t#d, e\n', "utf-8")
    suite: Any = task_of("text-similarity").read_own(Path("own.tsv"))
    assert suite.first == ('he said "no"', 'a "b" c')
    assert suite.second == ('she said "yes', "#d, e")


@pytest.mark.parametrize(
    ("kind", "name", "text", "message"),
    [
        ("text-similarity", "a.csv", '"a cat, a dog, 3\n', "line 1: unexpected end of data"),
        ("text-similarity", "a.jsonl", "[1]\n", "line 1 is no JSON object"),
        ("text-similarity", "a.jsonl", '{"a"\n', "line 1 is no JSON"),
        ("text-similarity", "a.jsonl", "[" * 100_000, "line 1 is no JSON"),
        ("text-similarity", "a.tsv", "a\tb\tc\n", "has no rated pairs of texts"),
        (
            "text-similarity",
            "a.tsv",
            "text1\ttext2\tscore\na\tb\t1\n" + "c\td\tx\n" * 2,
            "only 1 of 3 lines can be read",
        ),
        ("classification", "a.csv", "label,text\na,b\na,c\n", "has no texts with at least two labels"),
        ("classification", "a.csv", "", "has no texts with at least two labels"),
        ("retrieval", "a.csv", "query,document,relevance\na,b,0\n", "has no query with a relevant document"),
    ],
)
def test_files_that_are_refused(kind: str, name: str, text: str, message: str) -> None:
    Path(name).write_text(text, "utf-8")
    with pytest.raises(DataError) as refused:
        task_of(kind).read_own(Path(name))
    assert message in refused.value.message
    assert refused.value.hint


def test_a_folder_of_documents_queries_and_judgments(cloud: Vectors) -> None:
    """As BEIR has them: a title beside the text, names of columns, a document that nobody judged."""
    folder = Path("beir")
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "d1", "title": "The cat", "text": "sleeps"},
        {"_id": "d2", "text": "a dog runs"},
        {"_id": "d3", "text": "gold"},
    ]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(each) + "\n" for each in documents))
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "cat"}\n{"_id": "q2", "text": "dog"}\n')
    judgments = folder / "qrels" / "test.tsv"
    judgments.write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\td2\t1\nq2\tabsent\t1\n")
    suite: Any = task_of("retrieval").read_own(folder)
    assert suite.documents == ("The cat sleeps", "a dog runs", "gold")
    assert (suite.queries, suite.judged.tolist(), suite.gains.tolist()) == (("cat", "dog"), [[0, 0], [1, 1]], [2, 1])
    assert (suite.own.lines_used, suite.own.not_used[0].lines, suite.invalid) == (2, 1, 1)
    assert scored(cloud, collection="beir").scored == 2
    judgments.write_text("q1 0 d1 1\nq2 0 d2 1\n")  # as trec_eval has them
    assert len(task_of("retrieval").read_own(folder)) == 2
    judgments.unlink()
    with pytest.raises(DataError, match=r"has no judgments.tsv or qrels.tsv"):
        task_of("retrieval").read_own(folder)


def test_columns_of_a_published_form_are_asked_for() -> None:
    Path("pairs.tsv").write_text("a\tb\t1\n")
    with pytest.raises(DataError, match="its columns are text1, text2"):
        read_text_pairs(Path("pairs.tsv"), columns=("text1", "text2"))
    assert len(read_text_pairs(Path("pairs.tsv"))) == 1
