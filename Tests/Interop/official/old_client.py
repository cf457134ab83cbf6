"""What a user of an older official client does, as a program for that client's own Python: `old_client.py URL`.

It prints what it saw as one object of JSON. Replies come in on a thread of their own, as in an ordinary application.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Dict, List, Tuple

import perspective
import websocket

ROWS = {"id": [1, 2, 3, 4], "shop": ["north", "south", "north", None], "sales": [1.5, 2.5, 4.0, 8.0]}


def connect(url: str) -> Tuple[perspective.Client, websocket.WebSocket]:
    """A client and the connection that it is over."""
    socket = websocket.create_connection(url, timeout=20, skip_utf8_validation=True, http_no_proxy=["*"])
    client = perspective.Client(socket.send_binary, socket.close)

    def read() -> None:
        try:
            while message := socket.recv():
                client.handle_response(message)
        except (OSError, websocket.WebSocketException):
            pass

    threading.Thread(target=read, daemon=True).start()
    return client, socket


def look(url: str) -> Dict[str, object]:
    """Makes a table, opens it over a second connection, and reads it in every way that differs between releases."""
    seen: Dict[str, object] = {}
    writer, _ = connect(url)
    reader, _ = connect(url)
    made = writer.table(ROWS, index="id", name="sales")
    seen["names"] = reader.get_hosted_table_names()
    table = reader.open_table("sales")
    seen["schema"], seen["size"], seen["columns"], seen["index"] = table.schema(), table.size(), table.columns(), table.get_index()
    try:
        reader.open_table("nothing")
    except perspective.PerspectiveError as error:
        seen["unknown table"] = str(error)
    flat = table.view()
    seen["flat"] = flat.to_columns()
    seen["rows"] = flat.to_json(start_row=1, end_row=3)
    seen["csv"] = flat.to_csv()
    grouped = table.view(group_by=["shop"], columns=["sales"], aggregates={"sales": "sum"})
    seen["grouped"] = grouped.to_columns()
    seen["grouped csv"] = grouped.to_csv()
    seen["dimensions"] = grouped.dimensions()
    seen["arrow"] = len(grouped.to_arrow()) > 0
    split = table.view(split_by=["shop"], columns=["sales"], filter=[["sales", "<", 5]])
    seen["split paths"] = split.column_paths()
    seen["config"] = grouped.get_config()["group_by"]
    def extremes() -> None:
        seen["min max"] = [flat.get_min_max(column) for column in ("sales", "shop")]

    # 3.8 is known by what it asks about expressions; 5.2 asks the same, but not before it asks this.
    if not perspective.__version__.startswith("3.8."):
        extremes()
    seen["valid"] = table.validate_expressions({"twice": '"sales" * 2'})["expression_schema"]
    if "min max" not in seen:
        extremes()

    told = threading.Event()
    deltas: List[int] = []

    def updated(port: int, delta: bytes) -> None:
        deltas.append(len(delta))
        told.set()

    flat.on_update(updated, mode="row")
    flat.to_columns()  # the subscription has no answer of its own: what is answered after it proves that it stands
    made.update({"id": [1, 9], "sales": [100.0, 200.0]})
    seen["told"] = told.wait(20) and len(deltas) == 1 and deltas[0] > 0
    seen["after"] = flat.to_columns()["sales"]
    made.remove([9])
    seen["removed"] = flat.to_columns()["id"]
    for view in (flat, grouped, split):
        view.delete()
    made.delete()
    seen["left"] = reader.get_hosted_table_names()
    return seen


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1])))
