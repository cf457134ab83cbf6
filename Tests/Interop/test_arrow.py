"""Arrow data between Tangor and its reference implementation, compressed and not."""

from __future__ import annotations

from typing import Iterator, Optional

import pyarrow as pa
import pytest

from Harness.provisioning import traits
from Harness.server import Server
from perspective_client import PerspectiveConnection

COUNT = 5000


@pytest.fixture
def connection(server: Server) -> Iterator[PerspectiveConnection]:
    with PerspectiveConnection(f"{server.websocket_url}/websocket") as connection:
        yield connection


def sample() -> pa.Table:
    return pa.table({
        "i": pa.array([None if row % 7 == 3 else row % 50 for row in range(COUNT)], pa.int64()),
        "f": pa.array([row % 13 / 4 for row in range(COUNT)], pa.float64()),
        "s": pa.array([f"text {row % 9}" for row in range(COUNT)]).dictionary_encode(),
        "b": pa.array([row % 3 == 0 for row in range(COUNT)]),
    })


def stream(table: pa.Table, codec: Optional[str]) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression=codec)) as writer:
        writer.write_table(table, max_chunksize=2000)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("codec", [None, "lz4", "zstd"])
def test_there_and_back(connection: PerspectiveConnection, codec: Optional[str]) -> None:
    if codec is not None and not traits():
        pytest.skip("this build has no trait ArrowCompression: liblz4-dev and libzstd-dev are not here")
    table = connection.client.table(stream(sample(), codec))
    view = table.view()
    try:
        data = view.to_arrow(compression=codec) if codec else view.to_arrow()
        with pa.ipc.open_stream(data) as reader:
            found = reader.read_all()
        found.validate(full=True)
        assert found.to_pydict() == sample().to_pydict()
        if codec:
            assert len(data) < len(view.to_arrow()) / 2
        grouped = table.view(group_by=["s"], columns=["f"])
        with pa.ipc.open_stream(grouped.to_arrow(compression=codec) if codec else grouped.to_arrow()) as reader:
            assert reader.read_all().num_rows == 10
        grouped.delete()
    finally:
        view.delete()
        table.delete()


def test_an_unknown_codec_is_refused(connection: PerspectiveConnection) -> None:
    table = connection.client.table({"a": [1, 2]})
    view = table.view()
    with pytest.raises(Exception, match="Unknown `compression`"):
        view.to_arrow(compression="brotli")
    assert view.to_columns() == {"a": [1, 2]}
    view.delete()
    table.delete()
