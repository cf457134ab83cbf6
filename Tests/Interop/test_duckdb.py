"""DuckDB as a second opinion: the same random tables and queries in both engines, through Perspective's own client.

`TANGOR_DUCKDB_SEEDS=1000` tries more of them.
"""

from __future__ import annotations

import math
import os
import random
from typing import Any, Iterator, List, Optional, Tuple

import duckdb
import pytest

import oracle
from Harness.server import Server
from oracle import KINDS, Query, Row
from perspective_client import PerspectiveConnection

SEEDS = int(os.environ.get("TANGOR_DUCKDB_SEEDS", "30"))


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[PerspectiveConnection]:
    with PerspectiveConnection(f"{server.websocket_url}/websocket") as connection:
        yield connection


class Twins:
    """A table in both engines."""

    def __init__(self, connection: PerspectiveConnection, seed: int) -> None:
        self.random = random.Random(seed)
        self.is_indexed = self.random.random() < 0.5
        self.rows: List[Row] = []
        self._next = 0
        names = list(KINDS)
        first = self.make(self.random.choice([1, 7, 300, 2000]))
        self.rows = first
        options = {"index": "j"} if self.is_indexed else {}
        self.table = connection.client.table(oracle.stream(oracle.table(first, names, self.random), self.random), **options)
        self.views: List[Tuple[Query, Any]] = []

    def make(self, count: int) -> List[Row]:
        rows = []
        for _ in range(count):
            row = {name: oracle.cell(name, self.random) for name in KINDS}
            if self.is_indexed:
                row["j"] = self._next * 3
            rows.append(row)
            self._next += 1
        return rows

    def change(self) -> None:
        """New rows, and with an index also changed and removed ones."""
        fresh = self.make(self.random.randint(0, 50))
        names = list(KINDS)
        if self.is_indexed:
            known = {row["j"]: row for row in self.rows}
            gone = self.random.sample(sorted(known), min(len(known), self.random.randint(0, 20)))
            if gone:
                self.table.remove(gone)
            for key in gone:
                del known[key]
            touched = self.random.sample(sorted(known), min(len(known), self.random.randint(0, 30)))
            # Some columns alone: the others keep what they have. New rows have null there, which `h` must not.
            others = [name for name in names if name not in ("j", "h")]
            names = ["j", "h"] + self.random.sample(others, self.random.randint(0, len(others)))
            changed = [dict({name: oracle.cell(name, self.random) for name in KINDS}, j=key) for key in touched]
            for row in changed + fresh:
                place = known.setdefault(row["j"], {name: None for name in KINDS})
                place.update({name: row[name] for name in names})
            self.rows = [known[key] for key in sorted(known)]
            fresh = changed + fresh
        else:
            self.rows = self.rows + fresh
        if fresh:
            self.table.update(oracle.stream(oracle.table(fresh, names, self.random), self.random))

    def check(self) -> None:
        """Compares every view with what DuckDB says of the rows as they are now."""
        import pyarrow as pa

        data = oracle.table(self.rows, list(KINDS), random.Random(0))
        data = data.append_column("rid", pa.array(range(len(self.rows)), pa.int64()))
        database = duckdb.connect(":memory:")
        database.register("given", data)
        database.execute("CREATE TABLE t AS SELECT * FROM given")
        for query, view in self.views:
            compare(database, query, view, self.random)
        database.close()


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, (int, float)) and not isinstance(right, bool):
        # Sums taken in another order, and squares of differences, differ by their last digits.
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-6)
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def compare(database: duckdb.DuckDBPyConnection, query: Query, view: Any, random: random.Random) -> None:
    found = view.to_columns()
    if not query.group_by:
        expected = oracle.flat_rows(database, query)
        rows = list(zip(*(found[name] for name in query.columns)))
        assert len(rows) == len(expected), query
        for number, (row, other) in enumerate(zip(rows, expected)):
            assert all(map(same, row, other)), f"{query}: row {number} is {row}, DuckDB says {other}"
        start = random.randint(0, len(rows) + 2)
        window = view.to_columns(start_row=start, end_row=start + 5)
        assert all(window.get(name, []) == found[name][start:start + 5] for name in query.columns), query
        return
    names, expected = oracle.groups(database, query)
    paths: Optional[List[Any]] = found.pop("__ROW_PATH__", None)
    if not names:
        return
    assert paths == [path for path, _ in expected], query
    assert list(found) == names, query
    for name in names:
        for path, value, (_, cells) in zip(paths, found[name], expected):
            assert same(value, cells.get(name)), f"{query}: {name} of {path} is {value}, DuckDB says {cells.get(name)}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_agrees_with_duckdb(connection: PerspectiveConnection, seed: int) -> None:
    twins = Twins(connection, seed)
    try:
        for _ in range(10):
            query = oracle.random_query(twins.random)
            twins.views.append((query, twins.table.view(**query.view)))
        twins.check()
        for _ in range(3):
            twins.change()
            twins.check()
    finally:
        for _, view in twins.views:
            view.delete()
        twins.table.delete()
