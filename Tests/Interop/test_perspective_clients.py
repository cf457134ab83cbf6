"""Official clients of three releases, each in a process of its own: what its user sees, where the releases differ and where not."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path

import pytest

from Harness import provisioning
from Harness.server import Server

PROGRAM = Path(__file__).resolve().parent / "official" / "old_client.py"

EVERYWHERE = {
    "names": ["sales"],
    "schema": {"id": "integer", "shop": "string", "sales": "float"},
    "size": 4,
    "columns": ["id", "shop", "sales"],
    "index": "id",
    "flat": {"id": [1, 2, 3, 4], "shop": ["north", "south", "north", None], "sales": [1.5, 2.5, 4.0, 8.0]},
    "rows": [{"id": 2, "shop": "south", "sales": 2.5}, {"id": 3, "shop": "north", "sales": 4.0}],
    "csv": '"id","shop","sales"\n1,"north",1.5\n2,"south",2.5\n3,"north",4\n4,,8\n',
    "grouped": {"__ROW_PATH__": [[], [None], ["north"], ["south"]], "sales": [16.0, 8.0, 5.5, 2.5]},
    "grouped csv": '"shop","sales"\n,16\n,8\n"north",5.5\n"south",2.5\n',
    "dimensions": {"num_table_rows": 4, "num_table_columns": 3, "num_view_rows": 4, "num_view_columns": 1},
    "arrow": True,
    "config": ["shop"],
    "told": True,
    "after": [100.0, 2.5, 4.0, 8.0, 200.0],
    "removed": [1, 2, 3, 4],
    "left": [],
}
# As the client hands on what it got: text up to 3.8, values since.
EXTREMES = {"3.8": [["1.5", "8.0"], ['"north"', '"south"']], "5.2": [[1.5, 8.0], ["north", "south"]], "5.6": [[1.5, 8.0], ["north", "south"]]}
PATHS = {"3.8": ["north|sales", "south|sales"], "5.2": ["north|sales", "south|sales"], "5.6": [["north", "south"], ["sales", "sales"]]}


# The first time, the client is installed.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("release", provisioning.PERSPECTIVE_RELEASES)
def test_client(tables: Server, release: str) -> None:
    try:
        python = provisioning.perspective_python(release)
    except provisioning.Unavailable as error:
        pytest.skip(str(error))
    url = f"{tables.websocket_url}/websocket/{uuid.uuid4().hex}"
    ran = subprocess.run(
        [str(python), str(PROGRAM), url], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
        env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONPATH=str(PROGRAM.parent.parent)), check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    # 3.8 writes to its standard output of its own accord.
    seen = json.loads(ran.stdout.splitlines()[-1])
    assert "Unknown table" in seen.pop("unknown table")
    assert seen.pop("min max") == EXTREMES[release]
    assert seen.pop("split paths") == PATHS[release]
    seen.pop("valid")  # what is valid is for tests of expressions to say
    assert seen == EVERYWHERE
