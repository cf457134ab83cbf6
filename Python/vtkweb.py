"""Runs a visualization script as a program of Tangor's: `python vtkweb.py SCRIPT ARGUMENTS…`, or the same by `python -c`.

The server says by environment variables where the program is to listen. A script with a function `initialize(self, VTKWebApp, args)`
at its top level is a module that builds a scene, as scripts for Tangelo do; this program then serves that scene. Any other script is a
program of its own, which is run with the arguments that wslink's and trame's programs know.
"""

from __future__ import annotations

import ast
import base64
import ctypes
import importlib.util
import os
import runpy
import sys
import traceback
from types import ModuleType
from typing import Any, Dict, List, MutableMapping, NamedTuple, Optional

# What a script may need, by the name of its module, and the package that brings it.
PACKAGES: Dict[str, str] = {
    "aiohttp": "aiohttp", "trame": "trame", "vtk": "vtk", "vtkmodules": "vtk", "wslink": "wslink",
}


class Place(NamedTuple):
    """Where the program is to listen, and what its clients must say first."""

    host: str
    port: int
    secret: str


def failure(message: str) -> SystemExit:
    """The end of the program, with status 1 and a sentence on standard error for the person who launched it."""
    return SystemExit(message)


def place_in(environment: MutableMapping[str, str]) -> Place:
    """Reads where to listen, and takes the secret out of the environment, so that what the script starts does not inherit it."""
    secret = environment.pop("TANGOR_PROGRAM_SECRET", "")
    text = environment.get("TANGOR_PROGRAM_PORT", "")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise failure("TANGOR_PROGRAM_PORT has to be the port to listen on. This program is started by the server; to try a script"
                      " without it, set TANGOR_PROGRAM_PORT and TANGOR_PROGRAM_SECRET.")
    if not secret:
        raise failure("TANGOR_PROGRAM_SECRET is not set: without a secret, everybody on this machine could use the program.")
    return Place(environment.get("TANGOR_PROGRAM_HOST") or "127.0.0.1", int(text), secret)


def builds_scene(source: bytes, path: str) -> bool:
    """Whether a script is a module with `initialize(self, VTKWebApp, args)`. One that cannot be parsed is not: running it tells why."""
    try:
        body = ast.parse(source, path).body
    except (SyntaxError, ValueError):
        return False
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "initialize":
            parameters = statement.args
            count = len(parameters.posonlyargs) + len(parameters.args)
            needed = count - len(parameters.defaults)
            return needed <= 3 <= count or (needed <= 3 and parameters.vararg is not None)
    return False


def without_display(environment: MutableMapping[str, str]) -> None:
    """Chooses off-screen rendering in software, where there is no display and nobody has chosen yet."""
    if not sys.platform.startswith("linux") or environment.get("DISPLAY"):
        return
    # One thread for each program's pictures: hardly slower, and it leaves the other cores to the server.
    environment.setdefault("LP_NUM_THREADS", "1")
    if "VTK_DEFAULT_OPENGL_WINDOW" in environment:
        return
    # By itself VTK tries X first, and warns. A window whose library is missing ends the process without a word.
    for library, window in (("libEGL.so.1", "vtkEGLRenderWindow"), ("libOSMesa.so.8", "vtkOSOpenGLRenderWindow")):
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        environment["VTK_DEFAULT_OPENGL_WINDOW"] = window
        return
    print("Neither EGL nor OSMesa is here, and there is no display: VTK may not be able to draw."
          " On Debian, install libegl1 and libgl1-mesa-dri.", file=sys.stderr, flush=True)


def missing(error: ModuleNotFoundError) -> Optional[str]:
    """What to install, when a module is missing that such programs need."""
    package = PACKAGES.get((error.name or "").split(".")[0])
    if package is None:
        return None
    return (f"The Python package {package} is not installed for {sys.executable}, which runs this program:"
            f" `{sys.executable} -m pip install {package}`, or name another interpreter as vtkpython.")


def load(path: str) -> ModuleType:
    """Runs a script as a module that is not the main one."""
    # A name that no other module has: a script may well be called `vtk.py`.
    specification = importlib.util.spec_from_file_location("tangor_vtkweb_script", path)
    if specification is None or specification.loader is None:
        raise failure(f"{path} cannot be loaded as a Python module: its name has to end with .py.")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


def run_program(path: str, arguments: List[str], place: Place) -> None:
    """Runs a script that serves by itself."""
    # Not on the command line of the process, where everybody could read the secret.
    sys.argv = [path, *arguments, "--host", place.host, "--port", str(place.port), "--authKey", place.secret, "--timeout", "0"]
    runpy.run_path(path, run_name="__main__")


def run_scene(path: str, arguments: List[str], place: Place) -> None:
    """Serves the scene that a script builds."""
    import argparse

    from vtkmodules.vtkWebCore import vtkWebApplication
    from vtkmodules.web import protocols
    from vtkmodules.web import wslink as vtkweb
    from wslink import register, server

    sys.argv = [path, *arguments]
    script = load(path)
    parser = argparse.ArgumentParser(prog=os.path.basename(path))
    server.add_arguments(parser)
    if callable(getattr(script, "add_arguments", None)):
        script.add_arguments(parser)
    options = parser.parse_args(arguments)
    options.host, options.port, options.timeout, options.authKey = place.host, place.port, 0, place.secret
    # The relay finds the program at its usual path on a plain socket, and nowhere else.
    options.ws, options.nows, options.ssl, options.reverse_url = "ws", False, "", None

    class Pictures(protocols.vtkWebPublishImageDelivery):  # type: ignore[misc]
        """Pictures that are pushed, and the same ones for clients that ask for each."""

        def __init__(self) -> None:
            # VTK's own two protocols exclude one another: they want pictures in different forms of one application.
            super().__init__(decode=False)

        @register("viewport.image.render")
        def render(self, options: Dict[str, Any]) -> Dict[str, Any]:
            reply: Dict[str, Any] = self.stillRender(options)
            reply["image"] = base64.b64encode(reply["image"] or b"").decode("ascii")
            reply["format"] = "jpeg;base64"
            return reply

        def onClose(self, client_id: Any) -> None:
            """A page that goes in the middle of a drag never ends it; nothing is to be drawn for it for ever."""
            del client_id
            self.viewsInAnimations.clear()

    class VTKWebApp(vtkweb.ServerProtocol):  # type: ignore[misc]
        """What scripts are given: twice, as the object that serves and as the class whose attributes they set."""

        view: Any = None
        authKey = place.secret

        @property
        def Application(self) -> Any:
            return self.getApplication()

        def initApplication(self) -> Any:
            application = vtkWebApplication()
            application.SetImageEncoding(vtkWebApplication.ENCODING_NONE)
            return application

        def initialize(self) -> None:
            for protocol in (protocols.vtkWebMouseHandler(), protocols.vtkWebViewPort(), Pictures(), protocols.vtkWebLocalRendering()):
                self.registerVtkWebProtocol(protocol)
            self.updateSecret(place.secret)
            script.initialize(self, VTKWebApp, options)
            if self.getApplication().GetObjectIdMap().GetActiveObject("VIEW") is None:
                raise failure(f"{path} shows nothing: its initialize() has to call"
                              ' self.Application.GetObjectIdMap().SetActiveObject("VIEW", renderWindow).')

    server.start_webserver(options=options, protocol=VTKWebApp)


def main(arguments: List[str]) -> None:
    if not arguments:
        raise failure("No script is named: vtkweb.py SCRIPT ARGUMENTS…")
    place = place_in(os.environ)
    path, rest = os.path.abspath(arguments[0]), arguments[1:]
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        raise failure(f"{path} cannot be read: {error.strerror}.") from None
    without_display(os.environ)
    # As if Python had been given the script itself: modules beside it are found.
    sys.path[0] = os.path.dirname(path)
    try:
        (run_scene if builds_scene(source, path) else run_program)(path, rest, place)
    except ModuleNotFoundError as error:
        advice = missing(error)
        if advice is None:
            raise
        traceback.print_exc()
        raise failure(advice) from None


if __name__ == "__main__":
    main(sys.argv[1:])
