"""The tests inside the official Python client's wheel, run against Tangor: all that is not listed in `perspective.md` must pass."""

from __future__ import annotations

import os
from typing import Dict

import pytest

from Harness import provisioning
from Harness.server import Server
from official import upstream
from official.expected import PAGE, Expected
from official.upstream import Outcome

EXPECTED = Expected.load()
SECONDS = 240

# The first of these tests waits for all: the whole run, and, on a new machine, the client's installation.
pytestmark = pytest.mark.timeout(SECONDS + 900)


@pytest.fixture(scope="module")
def outcomes(tables: Server) -> Dict[str, Outcome]:
    """What each upstream test did."""
    try:
        python = provisioning.perspective_python("5.6")
    except provisioning.Unavailable as error:
        pytest.skip(str(error))
    found = upstream.run(python, tables.websocket_url + "/websocket/{}", list(EXPECTED.left_out), SECONDS)
    if os.environ.get("TANGOR_RECORD"):
        EXPECTED.recounted(found).save()
    return found


@pytest.mark.parametrize("file", list(EXPECTED.files))
def test_upstream(outcomes: Dict[str, Outcome], file: str) -> None:
    differences = EXPECTED.differences(file, outcomes)
    assert not differences, "\n".join(differences[:30])


def test_every_file_is_listed(outcomes: Dict[str, Outcome]) -> None:
    assert {name.partition("::")[0] for name in outcomes} == set(EXPECTED.files)


def test_the_list_is_whole_and_its_page_is_made_from_it() -> None:
    failing = EXPECTED.failing()
    assert len(failing) == len(set(failing)), "a test is listed under two causes"
    assert PAGE.read_text(encoding="utf-8") == EXPECTED.page()
