"""`Python/vtkweb.py` by itself, as the server runs it: without VTK where a stand-in for its packages shows more, and with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

import pytest

from Harness import provisioning
from Harness.server import ROOT, free_port
from Harness.wslink import Wslink, WslinkError

LAUNCHER = ROOT / "Python" / "vtkweb.py"
CONE = ROOT / "Python" / "gallery" / "cone.py"
READY = "wslink: Starting factory\n"

# Stand-ins for VTK's and wslink's modules: they say on standard output what they were given.
STANDINS = {
    "vtkmodules/__init__.py": "",
    "vtkmodules/vtkWebCore.py": """
class Ids:
    active = None
    def SetActiveObject(self, name, value): self.active = value
    def GetActiveObject(self, name): return self.active
class vtkWebApplication:
    ENCODING_NONE = 0
    def __init__(self): self.ids = Ids()
    def SetImageEncoding(self, value): self.encoding = value
    def GetObjectIdMap(self): return self.ids
""",
    "vtkmodules/web/__init__.py": "",
    "vtkmodules/web/protocols.py": """
class _Any:
    def __init__(self, *values, **names): self.names = names
class vtkWebMouseHandler(_Any): pass
class vtkWebViewPort(_Any): pass
class vtkWebLocalRendering(_Any): pass
class vtkWebPublishImageDelivery(_Any):
    viewsInAnimations = []
    def stillRender(self, options): return {"image": None if options["mtime"] else bytes([0, 255]), "format": "jpeg"}
""",
    "vtkmodules/web/wslink.py": """
class ServerProtocol:
    def __init__(self):
        self.application, self.protocols, self.secret = self.initApplication(), [], None
        self.initialize()
    def getApplication(self): return self.application
    def registerVtkWebProtocol(self, protocol): self.protocols.append(protocol)
    def updateSecret(self, secret): self.secret = secret
""",
    "wslink/__init__.py": "def register(name):\n    return lambda function: function\n",
    "wslink/server.py": """
import json
def add_arguments(parser):
    for name in ("--host", "--content", "--authKey", "--ssl", "--reverse-url"): parser.add_argument(name, default="")
    parser.add_argument("--port", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=300)
def start_webserver(options, protocol):
    made = protocol()
    pictures = made.protocols[2]
    print(json.dumps({"options": [options.host, options.port, options.timeout, options.ws, options.ssl], "secret": made.secret,
                      "application": made.Application is made.application, "encoding": made.application.encoding,
                      "view": protocol.view, "protocols": [type(each).__mro__[-3].__name__ for each in made.protocols],
                      "decode": pictures.names["decode"],
                      "pictures": [pictures.render({"mtime": mtime}) for mtime in (0, 1)]}))
""",
}


def run(script: Path, *arguments: str, packages: Optional[Path] = None, python: str = sys.executable,
        **variables: str) -> "subprocess.CompletedProcess[str]":
    """Runs the launcher to its end, without any package but those of a folder."""
    environment = {"PATH": os.environ["PATH"], "TANGOR_PROGRAM_PORT": "4711", "TANGOR_PROGRAM_SECRET": "s3cret",
                   "PYTHONDONTWRITEBYTECODE": "1", **variables}
    if packages is not None:
        environment["PYTHONPATH"] = str(packages)
    # -S: the packages of this test's own environment are not there.
    command = [python, "-S", "-c", LAUNCHER.read_text(encoding="utf-8"), str(script), *arguments]
    return subprocess.run(command, env={name: value for name, value in environment.items() if value != "absent"}, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    folder = tmp_path / "packages"
    for name, text in STANDINS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def write(folder: Path, text: str, name: str = "script.py") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_program_of_its_own_gets_the_arguments_of_such_programs(tmp_path: Path) -> None:
    write(tmp_path, "here = 'beside'\n", "neighbour.py")
    script = write(tmp_path, """
import json, os, sys, neighbour
def initialize(one): pass
print(json.dumps([__name__, sys.argv[1:], neighbour.here, os.environ.get("TANGOR_PROGRAM_SECRET"), os.environ["TANGOR_PROGRAM_PORT"],
                  sys.argv[0] == __file__, "s3cret" in open("/proc/self/cmdline").read()]))
""")
    result = run(script, "--shape", "a b")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == [
        "__main__", ["--shape", "a b", "--host", "127.0.0.1", "--port", "4711", "--authKey", "s3cret", "--timeout", "0"],
        "beside", None, "4711", True, False]


def test_a_module_builds_the_scene_that_is_served(tmp_path: Path, packages: Path) -> None:
    script = write(tmp_path, """
import sys
def add_arguments(parser):
    parser.add_argument("--sides", type=int, default=3)
def initialize(self, VTKWebApp, args):
    assert sys.argv == [__file__, "--sides", "8", "--port", "9"], sys.argv
    assert not VTKWebApp.view and __name__ != "__main__"
    VTKWebApp.view = f"{args.sides} sides"
    self.Application.GetObjectIdMap().SetActiveObject("VIEW", VTKWebApp.view)
""", "vtk.py")
    result = run(script, "--sides", "8", "--port", "9", packages=packages)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {
        "options": ["127.0.0.1", 4711, 0, "ws", ""], "secret": "s3cret", "application": True, "encoding": 0, "view": "8 sides",
        "protocols": ["vtkWebMouseHandler", "vtkWebViewPort", "vtkWebPublishImageDelivery", "vtkWebLocalRendering"], "decode": False,
        "pictures": [{"image": "AP8=", "format": "jpeg;base64"}, {"image": "", "format": "jpeg;base64"}]}


@pytest.mark.parametrize("text, status, told", [
    ("def initialize(self, app, args): pass\n", 1, "shows nothing"),
    ("def initialize(self, app, args): raise ValueError('no such file')\n", 1, "ValueError: no such file"),
    ("def initialize(self, app, args):\n", 1, "IndentationError"),
    ("import sys\nsys.exit(7)\n", 7, ""),
    ("import trame.app\n", 1, "The Python package trame is not installed"),
    ("import something_else\n", 1, "No module named 'something_else'"),
])
def test_what_goes_wrong_is_said(tmp_path: Path, packages: Path, text: str, status: int, told: str) -> None:
    result = run(write(tmp_path, text), packages=packages)
    assert (result.returncode, told in result.stderr) == (status, True), result.stderr
    assert "s3cret" not in result.stderr


def test_a_module_without_vtk_says_what_to_install(tmp_path: Path) -> None:
    result = run(write(tmp_path, "def initialize(self, app, args): pass\n"))
    assert result.returncode == 1 and f"{sys.executable} -m pip install vtk`" in result.stderr, result.stderr


@pytest.mark.parametrize("variables, told", [
    ({"TANGOR_PROGRAM_PORT": "absent"}, "TANGOR_PROGRAM_PORT"), ({"TANGOR_PROGRAM_PORT": "0"}, "TANGOR_PROGRAM_PORT"),
    ({"TANGOR_PROGRAM_PORT": "65536"}, "TANGOR_PROGRAM_PORT"), ({"TANGOR_PROGRAM_SECRET": ""}, "TANGOR_PROGRAM_SECRET is not set"),
])
def test_without_its_place_it_does_not_start(tmp_path: Path, variables: Dict[str, str], told: str) -> None:
    result = run(write(tmp_path, "print('ran')\n"), **variables)
    assert result.returncode == 1 and told in result.stderr and result.stdout == ""


def test_a_script_that_is_not_there(tmp_path: Path) -> None:
    result = run(tmp_path / "absent.py")
    assert result.returncode == 1 and "absent.py cannot be read: No such file" in result.stderr


def test_drawing_without_a_display_is_chosen_unless_somebody_chose(tmp_path: Path) -> None:
    names = ["VTK_DEFAULT_OPENGL_WINDOW", "LP_NUM_THREADS"]
    script = write(tmp_path, f"import json, os\nprint(json.dumps([os.environ.get(name) for name in {names}]))\n")
    assert json.loads(run(script, DISPLAY=":0").stdout) == [None, None]
    assert json.loads(run(script, VTK_DEFAULT_OPENGL_WINDOW="mine", LP_NUM_THREADS="4").stdout) == ["mine", "4"]
    window, threads = json.loads(run(script).stdout)
    assert threads == "1" and window in (None, "vtkEGLRenderWindow", "vtkOSOpenGLRenderWindow")


class Program:
    """The launcher with a real VTK, on a free port."""

    def __init__(self, python: Path, *arguments: str) -> None:
        self.port = free_port()
        environment = {**os.environ, "TANGOR_PROGRAM_PORT": str(self.port), "TANGOR_PROGRAM_SECRET": "s3cret", "PYTHONUNBUFFERED": "1",
                       "WSLINK_READY_MSG": READY}
        self.process = subprocess.Popen(
            [str(python), "-c", LAUNCHER.read_text(encoding="utf-8"), *arguments], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: List[str] = []
        # A program that hangs ends the wait, not the tests.
        watch = threading.Timer(60, self.process.kill)
        watch.start()
        assert self.process.stdout is not None and self.process.stderr is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line == READY:
                break
        else:
            raise AssertionError(self.process.stderr.read())
        watch.cancel()

    def connect(self, secret: str = "s3cret") -> Wslink:
        return Wslink(f"ws://127.0.0.1:{self.port}/ws", secret)


@pytest.fixture(scope="module")
def cone() -> Iterator[Program]:
    try:
        python = provisioning.vtk_python()
    except provisioning.Unavailable as error:
        pytest.skip(str(error))
    program = Program(python, str(CONE), "--resolution", "6")
    try:
        yield program
        program.process.terminate()
        _, errors = program.process.communicate(timeout=15)
        # Nothing on standard error: neither a warning about displays nor one of ours.
        assert (program.process.returncode, errors) == (0, "")
    finally:
        program.process.kill()


def drag(client: Wslink, steps: List[Tuple[float, float]]) -> None:
    for index, (x, y) in enumerate(steps):
        action = "down" if index == 0 else "up" if index == len(steps) - 1 else "move"
        client.call("viewport.mouse.interaction", {
            "view": -1, "action": action, "buttonLeft": action != "up", "buttonMiddle": False, "buttonRight": False,
            "shiftKey": False, "ctrlKey": False, "altKey": False, "metaKey": False, "x": x, "y": y})


def render(client: Wslink, mtime: int = 0) -> Dict[str, object]:
    reply: Dict[str, object] = client.call("viewport.image.render", {"view": -1, "size": [300, 200], "quality": 90, "mtime": mtime})
    return reply


def test_the_cone_answers_pulls(cone: Program) -> None:
    assert cone.lines[0] == "a cone of 6 sides is ready\n"
    with cone.connect() as client:
        first = render(client)
        assert str(first["image"]).startswith("/9j/") and first["size"] == [300, 200]
        again = render(client, int(str(first["mtime"])))
        assert again["image"] == ""
        drag(client, [(0.4, 0.5), (0.6, 0.6), (0.7, 0.6)])
        # Pictures are encoded beside the program's work: "stale" says that one is on its way.
        for _ in range(1000):
            turned = render(client, int(str(first["mtime"])))
            if turned["image"]:
                break
            assert turned["stale"] is True
        assert str(turned["image"]).startswith("/9j/") and turned["image"] != first["image"]


def test_the_cone_pushes_pictures(cone: Program) -> None:
    with cone.connect() as client:
        assert client.call("viewport.image.push.observer.add", -1)["success"] is True
        client.call("viewport.image.push.original.size", -1, 320, 240)
        client.call("viewport.image.push", {"view": -1})
        before = client.next_published("viewport.image.push.subscription")
        while before["size"] != [320, 240]:
            before = client.next_published("viewport.image.push.subscription")
        assert before["format"] == "jpeg" and before["image"].startswith(b"\xff\xd8\xff")
        drag(client, [(0.4, 0.5), (0.6, 0.6), (0.8, 0.6)])
        while client.next_published("viewport.image.push.subscription")["image"] == before["image"]:
            pass


def test_the_cone_gives_its_geometry(cone: Program) -> None:
    with cone.connect() as client:
        assert client.call("viewport.geometry.view.get.state", -1)["type"].endswith("RenderWindow")


def test_the_secret_is_asked_for(cone: Program) -> None:
    for secret in ("", "wslink-secret"):
        with pytest.raises(WslinkError, match="Authentication failed"):
            cone.connect(secret)
