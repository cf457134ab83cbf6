"""Random tables and queries, and what DuckDB makes of them: a second opinion where both engines mean the same."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

import duckdb
import pyarrow as pa

KINDS: Dict[str, pa.DataType] = {
    "k": pa.string(), "s": pa.string(), "g": pa.int64(), "i": pa.int32(), "j": pa.int64(), "f": pa.float64(), "h": pa.float64(),
    "b": pa.bool_(), "d": pa.date32(), "t": pa.timestamp("ms"),
}
NUMBERS = ["g", "i", "j", "f", "h"]
# Their letters beyond ASCII have no other case, which the engines fold differently.
WORDS = ["alpha", "Beta", "beta", "ALP", "", "x y", "10", "9", "Null", "日本", "😀", "al"]
Row = Dict[str, Any]


def cell(name: str, random: random.Random) -> Any:
    """A value of a column; fractions are quarters, whose sums are exact in any order."""
    if name != "h" and random.random() < 0.15:
        return None
    if name in ("k", "s"):
        return random.choice(WORDS[:6] if name == "k" else WORDS)
    if name == "g":
        return random.randint(-3, 3)
    if name == "i":
        return random.randint(-1000, 1000)
    if name == "j":
        return random.choice([random.randint(-(2**40), 2**40), 0, 2**53 + 1])
    if name in ("f", "h"):
        return random.randint(-4000, 4000) / 4
    if name == "b":
        return random.random() < 0.5
    day = dt.date(2020, 1, 1) + dt.timedelta(days=random.randint(-5, 5))
    return day if name == "d" else dt.datetime(day.year, day.month, day.day, random.randint(0, 23), 0, 0, random.randint(0, 9) * 1000)


def table(rows: List[Row], names: List[str], random: random.Random) -> pa.Table:
    """Rows as Arrow, in one of the forms that Arrow allows: in chunks, texts as dictionaries or not."""
    columns = []
    for name in names:
        column = pa.array([row[name] for row in rows], KINDS[name])
        columns.append(column.dictionary_encode() if name in ("k", "s") and random.random() < 0.5 else column)
    return pa.table(columns, names=names)


def stream(data: pa.Table, random: random.Random) -> bytes:
    """A table as an Arrow stream, sometimes in several batches, sometimes compressed."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=random.choice([None, "lz4", "zstd"]), unify_dictionaries=False)
    data = data.unify_dictionaries()
    with pa.ipc.new_stream(sink, data.schema, options=options) as writer:
        writer.write_table(data, max_chunksize=random.choice([1 << 20, max(1, data.num_rows // 3)]))
    return bytes(sink.getvalue())


# What a cell of Perspective's JSON is.
def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return int(value.replace(tzinfo=dt.timezone.utc).timestamp() * 1000 + 0.5)
    if isinstance(value, dt.date):
        return int(dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc).timestamp() * 1000)
    return value


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


AGGREGATES: Dict[str, Tuple[str, List[str]]] = {
    "sum": ("sum({x})", NUMBERS),
    "sum or zero": ("coalesce(sum({x}), 0)", NUMBERS),
    "sum abs": ("sum(abs({x}))", ["g", "i", "f", "h"]),
    "count": ("count(*)", list(KINDS)),
    "distinct count": ("count(DISTINCT {x}) + (CASE WHEN count(*) > count({x}) THEN 1 ELSE 0 END)", list(KINDS)),
    "avg": ("sum({x}) / count({x})", ["g", "i", "f", "h"]),
    "max": ("max({x})", list(KINDS)),
    # A group with a null has null for its least value: null is the smallest.
    "min": ("CASE WHEN count(*) = count({x}) THEN min({x}) END", list(KINDS)),
    "median": ("list_sort(list({x}), 'ASC', 'NULLS FIRST')[count(*) // 2 + 1]", ["k", "s", "g", "i", "j", "b", "d", "t"]),
    "q1": ("list_sort(list({x}), 'ASC', 'NULLS FIRST')[count(*) // 4 + 1]", ["g", "i", "j", "d", "t"]),
    "q3": ("list_sort(list({x}), 'ASC', 'NULLS FIRST')[3 * count(*) // 4 + 1]", ["g", "i", "j", "d", "t"]),
    "first": ("list({x} ORDER BY rid)[1]", list(KINDS)),
    "last by index": ("list({x} ORDER BY rid DESC)[1]", list(KINDS)),
    "unique": (
        "CASE WHEN count(DISTINCT {x}) + (CASE WHEN count(*) > count({x}) THEN 1 ELSE 0 END) = 1 THEN any_value({x}) END", list(KINDS)),
    "var": ("CASE WHEN count({x}) > 1 THEN var_pop({x}) END", ["g", "i", "f", "h"]),
    "stddev": ("CASE WHEN count({x}) > 1 THEN stddev_pop({x}) END", ["g", "i", "f", "h"]),
    "max by": ("list({x} ORDER BY g DESC NULLS LAST, rid)[1]", list(KINDS)),
    "min by": ("list({x} ORDER BY g ASC NULLS FIRST, rid)[1]", list(KINDS)),
    "weighted mean": ("sum(CAST({x} AS DOUBLE) * g) / nullif(sum(CASE WHEN {x} IS NOT NULL THEN g END), 0)", ["i", "f", "h"]),
}
# The median of numbers with fractions lies between two; where a column has no nulls, both engines mean the same.
FRACTION_MEDIAN = "median({x})"


@dataclass
class Query:
    """A view's configuration, and the conditions of its filters in SQL."""

    columns: List[str]
    filters: List[List[Any]] = field(default_factory=list)
    conditions: List[str] = field(default_factory=list)
    reducer: str = "and"
    group_by: List[str] = field(default_factory=list)
    split_by: List[str] = field(default_factory=list)
    sort: List[List[str]] = field(default_factory=list)
    aggregates: Dict[str, Any] = field(default_factory=dict)
    rollup: str = "rollup"

    @property
    def where(self) -> str:
        return "true" if not self.conditions else "(" + f" {self.reducer} ".join(f"coalesce({each}, false)" for each in self.conditions) + ")"

    @property
    def view(self) -> Dict[str, Any]:
        """The arguments of `Table.view`."""
        view: Dict[str, Any] = {"columns": self.columns, "filter": self.filters, "sort": self.sort}
        if self.filters:
            view["filter_op"] = self.reducer
        if self.group_by:
            view.update(group_by=self.group_by, group_rollup_mode=self.rollup)
        if self.split_by:
            view["split_by"] = self.split_by
        if self.aggregates:
            view["aggregates"] = self.aggregates
        return view

    def expression(self, name: str) -> str:
        given = self.aggregates[name]
        aggregate = given[0] if isinstance(given, tuple) or isinstance(given, list) else given
        template = FRACTION_MEDIAN if (aggregate, name) == ("median", "h") else AGGREGATES[aggregate][0]
        # The total of no rows is null, even where it counts.
        return f"CASE WHEN count(*) > 0 THEN {template.format(x=name)} END"


def random_filter(random: random.Random) -> Tuple[List[Any], str]:
    """A filter for a view, and the same in SQL."""
    name = random.choice(list(KINDS))
    value = cell(name, random)
    while value is None:
        value = cell(name, random)
    if name == "j":
        # Numbers of requests are floating-point.
        value = min(value, 2**53)
    sent = value.isoformat() if isinstance(value, dt.date) else value
    if isinstance(value, dt.datetime):
        sent = value.strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03}"
    operators = ["==", "!=", "is null", "is not null"] + ([] if name == "b" else [">", ">=", "<", "<="])
    if name in ("k", "s"):
        operators += ["begins with", "contains", "ends with", "not begins with", "not contains", "not ends with", "in", "not in"]
    operator = random.choice(operators)
    if operator in ("is null", "is not null"):
        return [name, operator, None], f"{name} {operator}"
    if operator in ("in", "not in"):
        values = random.sample(WORDS, random.randint(1, 3))
        inside = f"{name} IN ({', '.join(map(literal, values))})"
        return [name, operator, values], inside if operator == "in" else f"({name} IS NULL OR NOT {inside})"
    functions = {"begins with": "starts_with", "contains": "contains", "ends with": "suffix"}
    plain_operator = operator[4:] if operator.startswith("not ") else operator
    if plain_operator in functions:
        needle = value[: random.randint(0, len(value))] if random.random() < 0.5 else value
        test = f"{functions[plain_operator]}(lower({name}), lower({literal(needle)}))"
        return [name, operator, needle], test if plain_operator == operator else f"NOT {test}"
    word = {"==": "=", "!=": "IS DISTINCT FROM"}.get(operator, operator)
    return [name, operator, sent], f"{name} {word} {literal(value)}"


def random_query(random: random.Random) -> Query:
    columns = random.sample(list(KINDS), random.randint(1, 5))
    query = Query(columns, reducer=random.choice(["and", "or"]))
    for _ in range(random.choice([0, 0, 1, 2])):
        sent, condition = random_filter(random)
        query.filters.append(sent)
        query.conditions.append(condition)
    if random.random() < 0.35:
        names = random.sample(list(KINDS), random.randint(0, 3))
        query.sort = [[name, random.choice(["asc", "desc"])] for name in names]
        return query
    query.group_by = random.sample(["k", "g", "b", "d", "s", "t"], random.choice([1, 1, 2, 2, 3]))
    query.rollup = random.choice(["rollup", "rollup", "flat"])
    if random.random() < 0.35:
        query.split_by = [random.choice([name for name in ["k", "g", "b", "s"] if name not in query.group_by])]
    if len(query.group_by) == 1 and not query.split_by and random.random() < 0.5:
        query.sort = [[random.choice(columns), random.choice(["asc", "desc"])]]
    for name in columns:
        aggregate = random.choice([each for each, (_, names) in AGGREGATES.items() if name in names] + (["median"] if name == "h" else []))
        query.aggregates[name] = (aggregate, ["g"]) if aggregate in ("max by", "min by", "weighted mean") else aggregate
    return query


def flat_rows(database: duckdb.DuckDBPyConnection, query: Query) -> List[Tuple[Any, ...]]:
    """The rows of a view without groups, in their order."""
    order = "".join(f"{name} {direction} NULLS {'FIRST' if direction == 'asc' else 'LAST'}, " for name, direction in query.sort)
    statement = f"SELECT {', '.join(query.columns)} FROM t WHERE {query.where} ORDER BY {order}rid"
    return [tuple(map(plain, row)) for row in database.execute(statement).fetchall()]


def split_text(value: Any) -> str:
    """A value as it stands in the name of a column."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def rank(value: Any) -> Tuple[bool, Any]:
    """By which values are ordered: null is the smallest, texts are bytes."""
    return (value is not None, value.encode() if isinstance(value, str) else value or 0)


Groups = List[Tuple[List[Any], Dict[str, Any]]]


def groups(database: duckdb.DuckDBPyConnection, query: Query) -> Tuple[List[str], Groups]:
    """The columns of a grouped view, and its rows: the path of each, and its cells."""
    keys = query.group_by
    rows: Groups = []
    places: Dict[Tuple[Any, ...], Dict[str, Any]] = {}

    def run(splits: List[str]) -> List[Tuple[Any, ...]]:
        measures = ", ".join(query.expression(name) for name in query.columns)
        sets = [keys[:count] for count in range(len(keys) + 1)]
        if query.rollup == "flat":
            sets = sets[-1:]
        # An alias for each key: a name alone would mean the aggregate of that column.
        grouping = ", ".join("(" + ", ".join(one + splits) + ")" for one in sets)
        levels = ", ".join(f"grouping({name})" for name in keys)
        order = ", ".join(f"grouping({name}) DESC, {name} NULLS FIRST" for name in keys)
        order += "".join(f", {name} NULLS FIRST" for name in splits)
        head = ", ".join(keys + splits)
        statement = f"SELECT {head}, {levels}, {measures} FROM t WHERE {query.where} GROUP BY GROUPING SETS ({grouping}) ORDER BY {order}"
        return database.execute(statement).fetchall()

    def path(row: Tuple[Any, ...], offset: int) -> List[Any]:
        absent = row[len(keys) + offset: 2 * len(keys) + offset]
        return [plain(value) for value, is_absent in zip(row[: len(keys)], absent) if not is_absent]

    for row in run([]):
        cells = {} if query.split_by else {name: plain(value) for name, value in zip(query.columns, row[2 * len(keys):])}
        where = path(row, 0)
        rows.append((where, cells))
        places[tuple(where)] = cells
    if not query.split_by:
        for name, direction in query.sort:
            # Groups of one level by their aggregates, the total before them; those that are equal stay in the order of their keys.
            where = 1 if query.rollup == "rollup" else 0
            rows[where:] = sorted(rows[where:], key=lambda row: rank(row[1][name]), reverse=direction == "desc")
        return query.columns, rows
    values: List[Any] = []
    for row in run(query.split_by):
        value = row[len(keys)]
        if value not in values:
            values.append(value)
        for name, result in zip(query.columns, row[2 * len(keys) + 1:]):
            places[tuple(path(row, 1))][f"{split_text(value)}|{name}"] = plain(result)
    values.sort(key=rank)
    return [f"{split_text(value)}|{name}" for value in values for name in query.columns], rows
