"""What the first line of a table may call its columns.

The tables that people write are read by w2v/evaluation/own_tables.py, dictionaries by w2v/compare/dictionary.py.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["NAMES", "are_names", "plain_name"]

LONGEST = 40  # characters of a name; the rest of a longer field is not looked at

_IN_OTHER_LANGUAGES = {
    "word": ("wort", "begriff", "mot", "palabra", "parola", "palavra"),
    "category": ("kategorie", "klasse", "oberbegriff", "catégorie", "categoría", "categoria"),
}

NAMES: Mapping[str, tuple[str, ...]] = {
    "word1": ("word1", "w1", "term1", "item1", "node1", "wordone", "firstword", "first", "worda", "a", "source", "cue"),
    "word2": ("word2", "w2", "term2", "item2", "node2", "wordtwo", "secondword", "second", "wordb", "b", "target"),
    "word3": ("word3", "w3", "term3", "item3", "wordthree", "thirdword", "wordc", "c"),
    "word4": ("word4", "w4", "term4", "item4", "wordfour", "fourthword", "wordd", "d", "target", "answer"),
    "score": (
        "score",
        "scores",
        "rating",
        "ratings",
        "mean",
        "humanmean",
        "average",
        "avg",
        "avgscore",
        "averagescore",
        "gold",
        "goldscore",
        "similarity",
        "sim",
        "relatedness",
        "human",
        "humanscore",
        "meanrating",
        "meanscore",
        "simlex",
        "simlex999",
        "relatednessscore",
        "similarityscore",
        "value",
        "weight",
    ),
    "section": ("section", "category", "relation", "type", "class", "group"),
    "word": ("word", "term", "item", "token", "lemma", "node", "concept", *_IN_OTHER_LANGUAGES["word"]),
    "category": ("category", "class", "label", "cluster", "group", "topic", "type", *_IN_OTHER_LANGUAGES["category"]),
    "words": ("words", "members", "inliers", "cluster", "group"),
    "outliers": ("outliers", "outlier", "intruders", "intruder", "oddoneout"),
    "topic": ("topic", "category", "class", "name"),
    "role": ("role", "set", "list"),
    "test": ("test", "name"),
    "rating": ("rating", "score", "weight", "value"),
    "text1": ("text1", "sentence1", "sent1", "texta", "sentencea", "question1", "first", "a", "premise"),
    "text2": ("text2", "sentence2", "sent2", "textb", "sentenceb", "question2", "second", "b", "hypothesis"),
    "text": ("text", "sentence", "question", "review", "content", "body", "title", "phrase"),
    "label": ("label", "class", "category", "target", "sentiment", "topic", "intent", "type"),
    "part": ("part", "split", "fold", "set"),
    "query": ("query", "question", "search"),
    "document": ("document", "doc", "text", "passage", "answer", "content", "body"),
    "relevance": ("relevance", "relevant", "grade", "judgment", "judgement", "score", "rating", "label"),
}
"""What a column may be called in a first line, by its role: in any case, and without spaces, marks and `_`."""


def plain_name(text: str) -> str:
    """Return a name as `NAMES` has it: in lower case, and without spaces, marks and `_`."""
    return "".join(filter(str.isalnum, text[:LONGEST].casefold()))


def are_names(fields: Mapping[str, str]) -> bool:
    """Return whether every field is a name of the role that it is given for."""
    return all(plain_name(text) in NAMES[role] for role, text in fields.items())
