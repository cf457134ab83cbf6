"""What a server of Perspective's protocol takes for its work, through the official Python client over a WebSocket.

`perspective_client.py URL ROWS TIMES` prints a line of JSON for each operation: its name and the milliseconds of the fastest of so many
tries, or what went wrong. What concerns a view is the whole of making it, asking for its size, reading its first 100 rows and deleting
it, so that nobody gains by putting work off.
"""
from __future__ import annotations

import io
import json
import sys
import threading
import time
from typing import Callable, Dict, List, Optional, Tuple

import numpy
import perspective
import pyarrow

import frames

SEED = 11
CHANGES = 100  # updates of the stream
CHANGED_ROWS = 1000  # in each


def connect(url: str) -> perspective.Client:
    """The official client over a WebSocket, its replies taken by a thread, as its users do."""
    link = frames.opened(url)
    client = perspective.Client(lambda message: link.sendall(frames.framed(bytes(message))), lambda: None)

    def read() -> None:
        try:
            while True:
                client.handle_response(frames.read_message(link))
        except OSError as error:
            # Nobody would ever be answered: end, so that the reason is seen.
            print(json.dumps({"failure": str(error)}), flush=True)
            sys.stdout.flush()
            _exit()

    threading.Thread(target=read, daemon=True).start()
    return client


def _exit() -> None:
    import os

    os._exit(1)


def arrow(table: pyarrow.Table) -> bytes:
    sink = io.BytesIO()
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def sales(rows: int) -> bytes:
    """The table: two columns of text with few and with many values, two of numbers, one of times."""
    chance = numpy.random.default_rng(SEED)

    def names(count: int, prefix: str) -> pyarrow.Array:
        return pyarrow.DictionaryArray.from_arrays(chance.integers(0, count, rows).astype("int32"), [f"{prefix}{i}" for i in range(count)])

    return arrow(pyarrow.table({
        "id": numpy.arange(rows, dtype="int64"), "region": names(50, "region "), "city": names(5000, "city "),
        "amount": chance.random(rows) * 1000, "count": chance.integers(0, 100, rows).astype("int32"),
        "time": (1_600_000_000_000 + chance.integers(0, 10**9, rows)).astype("datetime64[ms]")}))


def ticks() -> List[bytes]:
    """The updates of the stream."""
    chance = numpy.random.default_rng(SEED)
    batches = []
    for _ in range(CHANGES):
        keys = chance.integers(0, 100_000, CHANGED_ROWS)
        names = pyarrow.array([f"region {key % 50}" for key in keys]).dictionary_encode()
        batches.append(arrow(pyarrow.table({"id": keys, "region": names, "amount": chance.random(CHANGED_ROWS) * 1000})))
    return batches


def grouped(by: List[str], aggregate: str, column: str = "amount", **more: object) -> Dict[str, object]:
    return {"group_by": by, "columns": [column], "aggregates": {column: aggregate}, **more}


ONE, TWO = ["region"], ["region", "city"]
VIEWS: List[Tuple[str, Dict[str, object]]] = [
    ("flat view", {}),
    ("sorted by a number", {"sort": [["amount", "desc"]]}),
    ("sorted by text, then a number", {"sort": [["city", "asc"], ["amount", "desc"]]}),
    ("filtered by a number", {"filter": [["amount", ">", 500]]}),
    ("filtered by text ==", {"filter": [["region", "==", "region 3"]]}),
    ("filtered by text contains", {"filter": [["city", "contains", "99"]]}),
    ("filtered and sorted", {"filter": [["amount", ">", 900]], "sort": [["count", "asc"]]}),
    *((f"group_by {len(by)} {aggregate}", grouped(by, aggregate, "city" if by == ONE and aggregate == "distinct count" else "amount"))
      for by in (ONE, TWO) for aggregate in ("sum", "mean", "median", "distinct count")),
    ("group_by 5,000 sum", grouped(["city"], "sum")),
    ("group_by with split_by", grouped(["city"], "sum", split_by=["region"])),
]


def fastest(times: int, act: Callable[[int], object]) -> float:
    """Milliseconds. What is done gets the number of the try, to ask for other rows in each: a server may keep what it was asked for."""
    best = float("inf")
    for number in range(times):
        begin = time.perf_counter()
        act(number)
        best = min(best, time.perf_counter() - begin)
    return best * 1000


def tell(name: str, milliseconds: Optional[float], failure: str = "") -> None:
    print(json.dumps({"name": name, "failure": failure} if failure else {"name": name, "ms": milliseconds}), flush=True)


def attempt(name: str, times: int, act: Callable[[int], object]) -> None:
    """Measures an operation. One that is refused is told so, and the others go on."""
    try:
        tell(name, fastest(times, act))
    except perspective.PerspectiveError as error:
        tell(name, None, str(error)[:200])


def stream(client: perspective.Client, batches: List[bytes]) -> None:
    """Updates of an indexed table that three live views follow, up to the last notification."""
    table = client.table({"id": "integer", "region": "string", "amount": "float"}, index="id")
    views = [table.view(**settings) for settings in
             ({"group_by": ["region"]}, {"sort": [["amount", "desc"]]}, {"filter": [["amount", ">", 500]]})]
    for view in views:
        view.on_update(lambda *_: None, mode="row")
    for batch in batches:
        table.update(batch)
    for view in views:
        view.dimensions()  # after its notifications
        view.delete()
    table.delete()


def measure(url: str, rows: int, times: int) -> None:
    client = connect(url)
    data = sales(rows)
    attempt("load from Arrow", times, lambda _: client.table(data).delete())
    table = client.table(data)

    def look(settings: Dict[str, object], number: int) -> None:
        view = table.view(**settings)
        view.dimensions()
        view.to_columns_string(start_row=0, end_row=100 + number, start_col=0, end_col=50)
        view.delete()

    for name, settings in VIEWS:
        attempt(name, times, lambda number: look(settings, number))

    flat, by_city = table.view(), table.view(**grouped(TWO, "sum"))
    by_amount = table.view(sort=[["amount", "desc"]])
    part = min(100_000, rows)
    attempt("to_arrow, all rows", times, lambda _: flat.to_arrow())
    attempt("to_arrow, two levels", times, lambda _: by_city.to_arrow())
    attempt("to_json, 100,000 rows", times, lambda number: flat.to_columns_string(end_row=part - number))
    attempt("to_json, two levels", times, lambda _: by_city.to_columns_string())
    attempt("to_csv, 100,000 rows", times, lambda number: flat.to_csv(end_row=part - number))

    def scroll(view: perspective.View, number: int) -> None:
        for step in range(50):
            start = (step * 1_037_389 + number) % max(rows - 200, 1)
            view.to_columns_string(start_row=start, end_row=start + 200)

    attempt("50 windows of 200 rows, flat", times, lambda number: scroll(flat, number))
    attempt("50 windows of 200 rows, sorted", times, lambda number: scroll(by_amount, number))
    for view in (flat, by_city, by_amount):
        view.delete()
    table.delete()
    batches = ticks()
    attempt(f"{CHANGES} updates of {CHANGED_ROWS:,} rows, three views", times, lambda _: stream(client, batches))


if __name__ == "__main__":
    measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
