"""Programs: launched, reported, limited and ended; nothing of them is left behind, whatever ends."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
import requests

from client import Client
from Harness.server import Server, served
from launching import configuration, descendants, environment, eventually, failure, is_alive


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from served(Server("serve", "--config", str(configuration(tmp_path_factory.mktemp("programs")))))


@pytest.fixture
def http(programs: Server) -> Iterator[Client]:
    """A client. What a test leaves running is ended."""
    with Client(programs) as client:
        yield client
        for program in client.get("/programs").json():
            assert client.delete(f"/programs/{program['key']}").status_code == 200
        assert client.get("/vtkweb").json() == []
    assert eventually(lambda: descendants(programs) == []), descendants(programs)


def launch(http: Client, arguments: str = "", path: str = "/vtkweb/stand_in.py", **fields: object) -> Dict[str, Any]:
    answer = http.post(path, json={"args": arguments, **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_life(http: Client, programs: Server) -> None:
    told = launch(http, "--print one --complain two")
    key = told["key"]
    assert list(told) == ["status", "url", "sessionURL", "key", "id", "secret"]
    assert told["status"] == "complete" and told["url"] == told["sessionURL"] == f"ws://127.0.0.1:{programs.port}/{key}/ws"
    assert len(key) == 32 and len(told["secret"]) >= 32 and told["id"] == key
    assert http.get("/vtkweb").json() == [key]
    report = http.get(f"/vtkweb/{key}").json()
    assert list(report) == ["status", "process", "port", "stdout", "stderr"]
    assert report["status"] == "complete" and report["process"] == "running" and 0 < report["port"] < 65536
    assert report["stdout"] == ["one\n", "wslink: Starting factory\n"] and report["stderr"] == ["two\n"]
    assert http.get(f"/vtkweb/{key}").json()["stdout"] == [], "each line is told once"
    assert http.delete(f"/vtkweb/{key}").json() == {"status": "complete", "key": key}
    assert http.get("/vtkweb").json() == []
    assert "No program has the key" in failure(http.get(f"/vtkweb/{key}"), 404)
    assert "No program has the key" in failure(http.delete(f"/vtkweb/{key}"), 404)


def test_arguments_come_in_every_form(http: Client) -> None:
    script = "/vtkweb/stand_in.py"
    for answer in (
        http.post(script + "?args=--print+a+--print+b&timeout=20"),
        http.post(script, data={"args": "--print a --print b", "timeout": "20"}),
        http.post(script, json={"args": ["--print", "a", "--print", "b"], "timeout": 20}),
        http.post("/vtkweb", data={"program": "/stand_in.py", "args": "--print a --print b"}),
        http.post("/vtkweb", data=json.dumps({"application": "stand_in.py", "args": "--print a --print b", "useUrl": False}),
                  headers={"Content-Type": "text/plain"}),
    ):
        assert answer.status_code == 200, answer.text
        key = answer.json()["key"]
        assert http.get(f"/vtkweb/{key}").json()["stdout"][:2] == ["a\n", "b\n"]
        http.delete(f"/vtkweb/{key}")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/vtkweb/none.py", 404, "Could not find a script at 'none.py'"),
        ("/vtkweb/deep", 404, "Could not find a script"),
        ("/vtkweb", 400, "The path of the script is missing"),
        ("/vtkweb/%2e%2e/outside.py", 403, "does not lie in a folder"),
        ("/vtkweb/deep/..%2f..%2foutside.py", 403, "does not lie in a folder"),
        ("/vtkweb//etc/passwd", 404, "Could not find a script"),
        ("/vtkweb/stand_in.py%00", 404, "Could not find a script"),
        ("/vtkweb/stand_in.py?args=--port+80", 400, "You may not specify --port"),
        ("/vtkweb/stand_in.py?args=--po=80", 400, "You may not specify --po "),
        ("/vtkweb/stand_in.py?args=-p80", 400, "You may not specify -p80"),
        ("/vtkweb/stand_in.py?args=--authKey+x", 400, "You may not specify --authKey"),
        ("/vtkweb/stand_in.py?timeout=soon", 400, "'timeout' is a number of seconds"),
        ("/vtkweb/stand_in.py?timeout=-1", 400, "'timeout' is a number of seconds"),
        ("/vtkweb/stand_in.py?speed=1", 400, "'speed' is not understood"),
        ("/vtkweb/deep/broken.py", 502, "RuntimeError: this script is broken"),
        ("/vtkweb/stand_in.py?args=--exit+start+--status+7", 502, "The program ended with status 7 before it was ready"),
        ("/vtkweb/stand_in.py?args=--crash+start", 502, "The program was ended by signal 11 before it was ready"),
        ("/vtkweb/stand_in.py?args=--ready-after+60&timeout=0.3", 504, "The program was not ready within 300ms"),
        ("/vtkweb/stand_in.py?args=--no-such-option", 502, "unrecognized arguments: --no-such-option"),
    ],
)
def test_failures(http: Client, programs: Server, path: str, status: int, words: str) -> None:
    url = requests.Request("POST", programs.url).prepare()
    url.url = programs.url + path  # as it is written
    reason = failure(requests.Session().send(url, timeout=30), status)
    assert words in reason
    assert str(Path(__file__).parent) not in reason, "no path of the machine, but what the program itself printed"


def test_a_failed_start_is_told_with_its_output(http: Client) -> None:
    body = http.post("/vtkweb/stand_in.py", json={"args": "--print first --complain second --exit start --status 9"}).json()
    assert (body["returncode"], body["stdout"], body["stderr"]) == (9, ["first\n"], ["second\n"])


def test_bodies_that_cannot_be_read(http: Client) -> None:
    assert "not JSON" in failure(http.post("/vtkweb/stand_in.py", data="{", headers={"Content-Type": "application/json"}), 400)
    assert "list of texts" in failure(http.post("/vtkweb/stand_in.py", json={"args": [1]}), 400)
    assert "larger" in failure(http.post("/vtkweb/stand_in.py", data=b"x" * 100_000), 413)
    assert "JSON or with a form" in failure(http.post("/vtkweb/stand_in.py", data="x", headers={"Content-Type": "text/csv"}), 415)


def test_a_foreign_page_starts_nothing(http: Client) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    key = launch(http)["key"]
    assert "elsewhere.example" in failure(http.post("/vtkweb/stand_in.py", headers=foreign), 403)
    assert "elsewhere.example" in failure(http.delete(f"/vtkweb/{key}", headers=foreign), 403)
    assert http.get("/vtkweb").json() == [key]


def test_one_that_ends_is_told_once_more(http: Client) -> None:
    key = launch(http, "--exit ready --end-after 0.3 --status 4")["key"]
    assert eventually(lambda: http.get("/vtkweb").json() == [])
    report = http.get(f"/vtkweb/{key}").json()
    assert report["process"] == "terminated" and report["returncode"] == 4
    failure(http.get(f"/vtkweb/{key}"), 404)
    key = launch(http, "--crash ready --end-after 0.3")["key"]
    assert eventually(lambda: http.get("/vtkweb").json() == [])
    assert http.get(f"/vtkweb/{key}").json()["returncode"] == -11


def test_one_that_ignores_sigterm_is_killed_with_its_children(http: Client, programs: Server) -> None:
    key = launch(http, "--ignore-term --grandchildren 3")["key"]
    pids = descendants(programs)
    assert len(pids) >= 4, pids
    begin = time.monotonic()
    assert http.delete(f"/vtkweb/{key}").json()["key"] == key
    assert time.monotonic() - begin > 0.9, "it had its time"
    assert not [pid for pid in pids if is_alive(pid)]


def test_what_a_program_leaves_behind_is_killed(http: Client, programs: Server) -> None:
    key = launch(http, "--grandchildren 2 --exit ready --end-after 0.2")["key"]
    pids = descendants(programs)
    assert eventually(lambda: http.get(f"/programs/{key}").json()["process"] == "terminated")
    assert not [pid for pid in pids if is_alive(pid)]


def test_a_program_that_prints_without_end_costs_little(http: Client, programs: Server) -> None:
    def resident() -> int:
        assert programs.process is not None
        return int(Path(f"/proc/{programs.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    before = resident()
    answer = http.post("/vtkweb/stand_in.py?args=--print-without-end&timeout=3")
    assert "not ready within 3s" in failure(answer, 504)
    assert len(answer.json()["stdout"]) <= 1000
    assert resident() - before < 40 << 20


def test_a_client_that_leaves_ends_what_it_started(http: Client, programs: Server) -> None:
    with pytest.raises(requests.exceptions.ReadTimeout):
        http.post("/vtkweb/stand_in.py?args=--ready-after+60", timeout=1)
    assert eventually(lambda: descendants(programs) == []), descendants(programs)


def test_the_environment_is_the_servers_and_what_the_configuration_adds(http: Client, programs: Server) -> None:
    key = launch(http)["key"]
    assert programs.process is not None
    program = next(pid for pid in descendants(programs) if "stand_in" in Path(f"/proc/{pid}/cmdline").read_text())
    variables = dict(
        pair.split("=", 1) for pair in Path(f"/proc/{program}/environ").read_text().split("\0") if "=" in pair)
    assert variables["FROM_CONFIGURATION"] == "yes" and variables["PATH"] == os.environ["PATH"]
    assert variables["TANGOR_PROGRAM_KEY"] == key
    line = Path(f"/proc/{program}/cmdline").read_text()
    assert variables["TANGOR_PROGRAM_SECRET"] not in line, "a command line is for every account to read"
    # The guard's pipe may be there for its own process; of the server's descriptors none is.
    targets = {os.readlink(f"/proc/{program}/fd/{name}") for name in os.listdir(f"/proc/{program}/fd")}
    inherited = {os.readlink(f"/proc/{programs.process.pid}/fd/{name}") for name in os.listdir(f"/proc/{programs.process.pid}/fd")}
    shared = {target for target in targets & inherited if target.startswith("socket:") or "anon_inode" in target and "eventpoll" not in target}
    assert not {target for target in shared if target.startswith("socket:")}, shared


def test_other_kinds(http: Client) -> None:
    told = launch(http, "--print plain", "/programs/plain/stand_in.py")
    key = told["key"]
    assert told["kind"] == "plain" and told["script"] == "stand_in.py" and told["process"] == "running"
    assert told["socket"] == f"/{key}/ws" and told["page"] == f"/program/{key}/"
    assert [program["key"] for program in http.get("/programs").json()] == [key]
    assert http.get("/vtkweb").json() == [], "these are VTK's alone"
    failure(http.get(f"/vtkweb/{key}"), 404)
    page = http.get(f"/programs/{key}/logs").json()
    assert page["lines"][0] == {"index": 1, "stream": "stdout", "text": "plain"} and page["finished"] is False
    assert http.get(f"/programs/{key}/logs?after={page['next']}").json()["lines"] == []
    fixed = launch(http, "", "/programs/fixed")
    assert fixed["script"] is None and fixed["page"] is None
    for path, status, words in (
        ("/programs/fixed/stand_in.py", 400, "take no script"), ("/programs/plain", 400, "The path of the script to start is missing"),
        ("/programs/unknown", 501, "No kind of programs is called 'unknown'"), ("/programs/absent", 502, "is not there"),
    ):
        answer = http.post(path)
        assert answer.status_code == status and words in answer.json()["detail"], answer.text
    assert http.get(f"/programs/{'0' * 32}").json()["code"] == "program_not_found"
    for query in ("after=x", "after=-1", "max=0", "max=1001", "speed=1", "after=%ff", "after=%2"):
        assert http.get(f"/programs/{key}/logs?{query}").status_code == 400, query


def test_live_methods(http: Client) -> None:
    def call(method: str, **parameters: object) -> Any:
        answer = http.post("/rpc", json={"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).json()
        return answer.get("result", answer.get("error"))

    told = call("program.launch", script="stand_in.py", arguments=["--print", "x y", "--print-later", "tick"], timeout="20s")
    key = told["key"]
    assert told["kind"] == "vtkweb" and told["socket"] == f"/{key}/ws" and "url" not in told
    assert [program["key"] for program in call("program.list")] == [key]
    assert call("program.info", key=key)["process"] == "running"
    lines = call("program.logs", key=key, max=1)
    assert lines["lines"] == [{"index": 1, "stream": "stdout", "text": "x y"}] and lines["next"] == 1
    stream = call("program.logs", key=key, stream=True, after=1)["key"]
    texts = [http.pull(stream)["data"]["text"] for _ in range(4)]  # type: ignore[index]
    assert texts == ["wslink: Starting factory", "tick", "tick", "tick"]
    assert call("program.terminate", key=key) == {"key": key}
    assert eventually(lambda: bool(http.pull(stream)["finished"])), "the stream ends with the program"  # type: ignore[index]
    assert call("program.info", key=key)["data"]["code"] == "program_not_found"
    assert call("program.launch", script="deep/broken.py")["data"]["code"] == "program_failed"
    assert call("program.launch", script="stand_in.py", arguments={})["data"]["code"] == "invalid_request"


def test_two_hundred_launches_and_deaths_leave_nothing(programs: Server, http: Client) -> None:
    """By DELETE, by SIGKILL, and by themselves, in turn."""
    assert programs.process is not None
    pid = programs.process.pid

    def descriptors() -> int:
        return len(os.listdir(f"/proc/{pid}/fd"))

    for _ in range(4):
        http.delete(f"/vtkweb/{launch(http)['key']}")
    before = descriptors()
    failures: List[BaseException] = []

    def work(worker: int) -> None:
        try:
            with Client(programs) as client:
                for turn in range(worker, 200, 4):
                    how = turn % 3
                    key = launch(client, "--exit ready --end-after 0.2" if how == 2 else "")["key"]
                    if how == 0:
                        assert client.delete(f"/vtkweb/{key}").status_code == 200
                        continue
                    if how == 1:
                        port = client.get(f"/programs/{key}").json()["port"]
                        victims = [p for p in descendants(programs) if f"TANGOR_PROGRAM_KEY={key}" in environment(p)]
                        assert victims and port
                        for victim in victims:
                            try:
                                os.kill(victim, signal.SIGKILL)
                            except ProcessLookupError:
                                pass
                    assert eventually(lambda: client.get(f"/programs/{key}").json()["process"] == "terminated")
                    assert client.get(f"/vtkweb/{key}").json()["returncode"] == (0 if how == 2 else -9)
        except BaseException as error:  # told in the main thread
            failures.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures, failures
    assert http.get("/vtkweb").json() == [] and http.get("/programs").json() == []
    assert eventually(lambda: descendants(programs) == []), descendants(programs)
    assert eventually(lambda: descriptors() <= before + 4), (before, descriptors())
