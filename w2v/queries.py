"""Turn whatever is asked about into unit vectors with weights: words, sums of words, vectors, groups of all these.

Each term is brought to the length 1 before it is weighed, as 3CosAdd and 3CosMul want it (Levy & Goldberg 2014, section
3). A group stands for its centroid, the mean of its members at length 1, which is then a term like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from numbers import Real
from typing import NamedTuple, TypeAlias, TypeGuard, cast

import numpy as np

from w2v.arrays import F64, I64, Array
from w2v.errors import SettingsError
from w2v.lookup import AS_SPELT, Found, Lookup, Reading
from w2v.neighbours import add_cosines

__all__ = ["Query", "Resolver", "Term", "Terms", "listed"]

Query: TypeAlias = "str | Reading | Array | tuple[Query, float] | Sequence[Query]"
"""A word or a sum of words ('king', 'king - man + woman', '{cat dog}'), a vector [D], a `Reading`, one of these with a
weight, as ('king', 0.5), or a list of these, which is a group."""


CANCELLED = 1e-12  # of the sum of the weights: what rounding leaves of a sum that is zero


class Term(NamedTuple):
    """A unit vector [D], its weight, and the rows of the words that it was made of."""

    weight: float
    unit: F64
    rows: frozenset[int] = frozenset()


class Terms(NamedTuple):
    """A sum: unit vectors [n, D], weights [n], and the rows of all words in it."""

    units: F64
    weights: F64
    rows: frozenset[int]

    @property
    def total(self) -> F64:
        """The weighted sum, [D]."""
        added: F64 = self.weights @ self.units
        return added


def listed(queries: Query) -> list[Query]:
    """The queries of a list, or a list of the one that is given, which may be a word, a vector or a pair with a weight.

    The rows of a matrix are a query each.
    """
    if isinstance(queries, np.ndarray):
        return list(queries) if queries.ndim == 2 else [queries]
    if isinstance(queries, (str, bytes, Reading)) or _is_weighted(queries) or not isinstance(queries, Iterable):
        return [queries]
    return list(cast(Iterable[Query], queries))


class Resolver:
    """Resolves queries with the words and vectors of one vocabulary."""

    def __init__(self, lookup: Lookup, dim: int, unit_rows: Callable[[I64], F64]) -> None:
        """Keep what is asked for each query; `unit_rows` returns rows of the matrix at length 1, [n, D], by number."""
        self.lookup, self.dim, self.unit_rows = lookup, dim, unit_rows

    def each(self, queries: Sequence[Query]) -> list[Terms]:
        """Resolve each query. Raise `UnknownWordsError` for the unknown words of all of them at once."""
        words = list(dict.fromkeys(_strings(queries)))
        readings = dict(zip(words, self.lookup.read_all(words, AS_SPELT), strict=True))
        found = [self._joined(self._terms(query, readings)) for query in queries]
        for query, terms in zip(queries, found, strict=True):
            if isinstance(query, (str, Reading)):
                _check_something_left(terms, str(query))
        return found

    def sum(self, positive: Sequence[Query], negative: Sequence[Query]) -> Terms:
        """Resolve queries that are added and subtracted; what is in `negative` is subtracted whatever its sign is."""
        resolved = self.each([*positive, *negative])
        weights = [terms.weights for terms in resolved[: len(positive)]]
        for query, terms in zip(negative, resolved[len(positive) :], strict=True):
            weights.append(_subtracted(query, terms.weights))
        return _in_order(
            np.concatenate([np.empty((0, self.dim)), *(terms.units for terms in resolved)]),
            np.concatenate([np.empty(0), *weights]),
            frozenset[int]().union(*(terms.rows for terms in resolved)),
        )

    def _joined(self, terms: Sequence[Term]) -> Terms:
        return _in_order(
            np.stack([term.unit for term in terms]),
            np.array([term.weight for term in terms]),
            frozenset[int]().union(*(term.rows for term in terms)),
        )

    def _terms(self, query: Query, readings: Mapping[str, Reading]) -> list[Term]:
        if isinstance(query, str):
            query = readings[query]
        if isinstance(query, Reading):
            return [
                self._group([self._found(query.found[word]) for word in term.words], term.weight)
                for term in query.terms
            ]
        if isinstance(query, np.ndarray):
            return [Term(1.0, self._unit(query))]
        if _is_weighted(query):
            inner, weight = query
            if not np.isfinite(weight):
                raise SettingsError(f"a weight is {weight}", hint="weights are finite numbers")
            return [Term(term.weight * float(weight), term.unit, term.rows) for term in self._terms(inner, readings)]
        if isinstance(query, bytes) or not isinstance(query, Iterable):
            raise SettingsError(
                f"words are wanted, and not {type(query).__name__}",
                hint="name words, as 'king' or ['king', 'woman'], or give vectors; weights as in ('king', 0.5)",
            )
        members = [self._direction(self._terms(member, readings)) for member in cast(Iterable[Query], query)]
        if not members:
            raise SettingsError("a group is empty", hint="name its words, as in ['cat', 'dog']")
        return [self._group(members)]

    def _direction(self, terms: Sequence[Term]) -> Term:
        """A sum as a single term."""
        joined = self._joined(terms)
        return Term(1.0, add_cosines(joined.units, joined.weights), joined.rows)

    def _group(self, members: Sequence[Term], weight: float = 1.0) -> Term:
        if len(members) == 1:
            return Term(weight, members[0].unit, members[0].rows)
        joined = self._joined(members)
        return Term(weight, add_cosines(joined.units, np.ones(len(members))), joined.rows)

    def _found(self, found: Found) -> Term:
        if found.row is None:
            assert found.vector is not None
            return Term(1.0, self._unit(found.vector))
        return Term(1.0, self.unit_rows(np.array([found.row]))[0], frozenset([found.row]))

    def _unit(self, vector: Array) -> F64:
        if vector.shape != (self.dim,) or vector.dtype.kind not in "fiu":
            raise SettingsError(
                f"a vector of {self.dim} numbers is wanted, and not {vector.dtype} of the shape {vector.shape}",
                hint="give one vector, or a list of them",
            )
        if not np.isfinite(vector).all():
            raise SettingsError("a vector holds NaN or infinity", hint="give finite numbers")
        return add_cosines(vector[None, :].astype(np.float64), np.ones(1))


def _check_something_left(terms: Terms, asked: str) -> None:
    """Raise `SettingsError` for a sum in words of which nothing is left: every cosine with it would be 0."""
    if len(terms.weights) < 2 or not terms.units.any():
        return
    if float(np.linalg.norm(terms.total)) <= CANCELLED * float(np.abs(terms.weights).sum()):
        raise SettingsError(
            f"nothing is left of {asked:.80}: its terms cancel each other out",
            hint="leave out what is added and subtracted again, or give it another weight: 'king - man:0.5'",
        )


def _in_order(units: F64, weights: F64, rows: frozenset[int]) -> Terms:
    """Terms with those that are subtracted last: king − man + woman and king + woman − man then give the same bits."""
    order = np.argsort(weights < 0, kind="stable")
    return Terms(units[order], weights[order], rows)


def _is_weighted(query: object) -> TypeGuard[tuple[Query, float]]:
    """Whether a query is a pair with a weight, as ('king', 0.5)."""
    if not isinstance(query, tuple) or len(query) != 2:
        return False
    return isinstance(query[1], Real) and not isinstance(query[1], bool)


def _subtracted(query: Query, weights: F64) -> F64:
    """The weights of something that is subtracted; ("man", -1.0) is how gensim's users write ("man", 1.0) there."""
    if _is_weighted(query) and query[1] < 0:
        return weights
    return -weights


def _strings(query: Query) -> Iterator[str]:
    """All strings in a query."""
    if isinstance(query, str):
        yield query
    elif _is_weighted(query):
        yield from _strings(query[0])
    elif isinstance(query, Iterable) and not isinstance(query, (bytes, np.ndarray, Reading)):
        for member in cast(Iterable[Query], query):
            yield from _strings(member)
