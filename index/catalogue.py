"""Which documents may answer: a scope of places, years and kinds resolved without walking over all documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.records import Document
from index.rows import TARGET, RowTable
from index.stores import Rows


@dataclass(frozen=True)
class Scope:
    """Which documents may answer. An empty tuple means no restriction; a value that matches nothing finds nothing."""

    cities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


class Catalogue:
    """The documents of a library by place, by year covered and by kind."""

    def __init__(self, documents: Sequence[Document], rows: RowTable) -> None:
        self._documents = documents
        self._rows = rows

    @cached_property
    def covered(self) -> tuple[frozenset[int], ...]:
        """The years each document speaks of: its own, and those of its review and its plan."""
        years: list[set[int]] = [{d.meta.year} if d.meta.year else set() for d in self._documents]
        dated = np.flatnonzero(self._rows.years)
        for document, year in np.unique(np.stack([self._rows.document_of(dated), self._rows.years[dated]], 1), axis=0).tolist():
            years[document].add(year)
        return tuple(frozenset(y) for y in years)

    @cached_property
    def present_years(self) -> tuple[int | None, ...]:
        """The year that 今年 means in each document: the year its plan is for, else the year of its title."""
        planned = np.zeros(len(self._documents), np.int16)
        plans = np.flatnonzero(self._rows.periods == TARGET)
        np.maximum.at(planned, self._rows.document_of(plans), self._rows.years[plans])
        return tuple(year or d.meta.year for year, d in zip(planned.tolist(), self._documents, strict=True))

    def documents_in(self, scope: Scope) -> Sequence[int]:
        """Numbers of the documents a scope allows, ascending."""
        count = len(self._documents)
        if scope == Scope():
            return range(count)
        allowed = np.ones(count, bool)
        for wanted, index in ((scope.cities, self._by_city), (scope.years, self._by_year), (scope.kinds, self._by_kind)):
            if wanted:
                part = np.zeros(count, bool)
                for value in wanted:
                    part[index.get(value, [])] = True
                allowed &= part
        return tuple(np.flatnonzero(allowed).tolist())

    @cached_property
    def _by_city(self) -> dict[Hashable, Rows]:
        return _groups((d.meta.city,) for d in self._documents)

    @cached_property
    def _by_year(self) -> dict[Hashable, Rows]:
        return _groups(self.covered)

    @cached_property
    def _by_kind(self) -> dict[Hashable, Rows]:
        return _groups((d.meta.kind,) for d in self._documents)


def _groups(values: Iterable[Iterable[Hashable]]) -> dict[Hashable, Rows]:
    """Value -> numbers of those that have it."""
    found: defaultdict[Hashable, list[int]] = defaultdict(list)
    for number, own in enumerate(values):
        for value in own:
            found[value].append(number)
    return {value: np.asarray(numbers, np.int64) for value, numbers in found.items()}
