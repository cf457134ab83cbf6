"""Writes compressed.ndjson: Arrow data that pyarrow has compressed, and what Tangor makes of it.

    python make_compressed.py        (with pyarrow; made with 26.0.1)
"""

import base64
import io
import json
from pathlib import Path
from typing import Any, Optional

import pyarrow as pa
import pyarrow.ipc as ipc


def data(table: pa.Table, codec: str, as_file: bool) -> bytes:
    sink = io.BytesIO()
    make = ipc.new_file if as_file else ipc.new_stream
    with make(sink, table.schema, options=ipc.IpcWriteOptions(compression=codec)) as writer:
        for batch in table.to_batches():
            writer.write(batch)
    return sink.getvalue()


def text(cell: Any) -> Optional[str]:
    """A cell as Tangor's tests write it."""
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    return format(cell, "g") if isinstance(cell, float) else str(cell)


def main() -> None:
    count = 700
    whole = pa.table({
        "i": pa.array([None if row % 7 == 3 else row % 50 for row in range(count)], pa.int64()),
        "f": pa.array([row % 13 / 4 for row in range(count)], pa.float64()),
        "s": pa.array([f"text {row % 9}" for row in range(count)]),
        "d": pa.array([["x", "y", None][row % 3] for row in range(count)]).dictionary_encode(),
        "b": pa.array([row % 3 == 0 for row in range(count)]),
        "l": pa.array([str(row % 4) for row in range(count)], pa.large_utf8()),
    })
    two = pa.table({"a": pa.chunked_array([list(range(400)), [1] * 400], pa.int32())})
    # Too short to be worth it: pyarrow leaves such buffers as they are, behind a length of -1.
    small = pa.table({"a": pa.array([1, None, 3], pa.int16()), "s": ["", "é", None]})
    empty = whole.schema.empty_table()
    lines = []
    for name, table in {"every kind": whole, "two batches": two, "small": small, "no rows": empty}.items():
        for codec in ["lz4", "zstd"]:
            for as_file in [False, True]:
                columns = {key: [text(cell) for cell in cells] for key, cells in table.to_pydict().items()}
                lines.append(json.dumps({
                    "name": f"{name}, {codec}, {'file' if as_file else 'stream'}",
                    "data": base64.b64encode(data(table, codec, as_file)).decode(),
                    "rows": table.num_rows,
                    # Rows from all over are enough to compare.
                    "sample": {key: cells[:: max(1, len(cells) // 20)] for key, cells in columns.items()},
                }, ensure_ascii=False))
    Path(__file__).with_name("compressed.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
