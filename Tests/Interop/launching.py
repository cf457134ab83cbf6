"""What tests of programs share: a configuration with the stand-in, and looks at the machine's processes."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import requests

from Harness.server import Server

STAND_IN = Path(__file__).parent / "programs" / "stand_in.py"


def failure(answer: requests.Response, status: int) -> str:
    """The reason of a failure of `/vtkweb`, after a look at its form."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["status"] == "failed" and body["error"] == body["reason"] and body["code"] and body["requestId"], body
    return str(body["reason"])


def configuration(folder: Path, **changes: Any) -> Path:
    """A configuration whose scripts are the stand-in, and one that cannot run."""
    scripts = folder / "scripts"
    (scripts / "deep").mkdir(parents=True, exist_ok=True)
    (scripts / "stand_in.py").write_bytes(STAND_IN.read_bytes())
    (scripts / "deep" / "broken.py").write_text("raise RuntimeError('this script is broken')\n", encoding="utf-8")
    (folder / "outside.py").write_text("print('never')\n", encoding="utf-8")
    settings: Dict[str, Any] = {
        "root": str(scripts),
        "vtkweb": {"vtkpython": sys.executable, "folders": [str(scripts)], "environment": {"FROM_CONFIGURATION": "yes"}},
        "programs": {
            "plain": {"command": [sys.executable, "{script}", "--ready", "", "{arguments}"], "folders": [str(scripts)], "http": True,
                      "websockets": ["/ws", "/other"]},
            "fixed": {"command": [sys.executable, str(scripts / "stand_in.py")], "ready": "wslink"},
            "absent": {"command": ["there-is-no-such-program"]},
        },
        "program_limits": {"max_programs": 12, "max_programs_per_client": 12, "grace": "1s"},
    }
    for name, value in changes.items():
        settings.setdefault(name, {}).update(value) if isinstance(value, dict) else settings.update({name: value})
    path = folder / "tangor.yaml"
    path.write_text(json.dumps(settings), encoding="utf-8")  # JSON is YAML
    return path


def descendants(server: Server) -> List[int]:
    """The processes below a server's, zombies included."""
    assert server.process is not None
    parents: Dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found: List[int] = []
    queue = [server.process.pid]
    while queue:
        parent = queue.pop()
        below = [pid for pid, other in parents.items() if other == parent]
        found += below
        queue += below
    return found


def is_alive(pid: int) -> bool:
    """Whether a process runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def quietly(perform: Callable[[], object]) -> None:
    try:
        perform()
    except requests.exceptions.RequestException:
        pass
