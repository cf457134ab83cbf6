"""Gets what the tests need: Debian packages when run as root, Python environments in `.build/`. Never asks for a password."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"


class Unavailable(Exception):
    """Something that a suite needs is not here and could not be installed; the text says what."""


def run_quietly(command: Sequence[str], seconds: float = 600) -> "subprocess.CompletedProcess[str]":
    """Runs a command without standard input, its output captured; a missing program is status 127, a hanging one 124."""
    try:
        return subprocess.run(
            list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds
        )
    except FileNotFoundError as error:
        return subprocess.CompletedProcess(list(command), 127, str(error), "")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(list(command), 124, f"{command[0]} did not end within {seconds:g} s", "")


def install_debian(*packages: str) -> bool:
    """Installs Debian packages. Only as root, one caller at a time; answers whether it worked."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"installing {' '.join(packages)}", file=sys.stderr, flush=True)
    install = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "--no-install-recommends", *packages]
    with open(Path(tempfile.gettempdir()) / "tangor-apt.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.environ.setdefault("DEBIAN_FRONTEND", "noninteractive")
        # The lists of a fresh machine are empty or old, and an old list names files that are gone: update first.
        run_quietly(["apt-get", "update"])
        result = run_quietly(install)
    if result.returncode != 0:
        print(result.stdout[-2000:], file=sys.stderr, flush=True)
    return result.returncode == 0


def _links(header: str, call: str, library: str) -> bool:
    """Whether a C program that uses a library compiles and links here."""
    compiler = shutil.which("clang") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "program.c"
        source.write_text(f"#include <{header}>\nint main(void) {{ return {call} == 0; }}\n", encoding="ascii")
        return run_quietly([compiler, str(source), f"-l{library}", "-o", str(Path(folder) / "program")], 60).returncode == 0


def links_zlib() -> bool:
    """Whether zlib's header and library are here, without which nothing is built."""
    return _links("zlib.h", "zlibVersion()", "z")


@functools.lru_cache(maxsize=None)
def traits() -> Tuple[str, ...]:
    """The package traits that this machine can build: `ArrowCompression` where LZ4 and Zstandard are here, with their headers."""
    has_both = _links("lz4frame.h", "LZ4F_getVersion()", "lz4") and _links("zstd.h", "ZSTD_versionNumber()", "zstd")
    return ("ArrowCompression",) if has_both else ()


def _stamp(requirements: Path, python: str) -> str:
    return hashlib.sha256(requirements.read_bytes() + python.encode()).hexdigest()


def _current(environment: Path, stamp: str) -> bool:
    file = environment / "stamp"
    return file.is_file() and file.read_text(encoding="ascii") == stamp


def _environment(name: str, requirements: Path) -> Path:
    """The Python of the environment `.build/<name>` with the packages that a file lists; made anew when the list has changed.

    Throws `Unavailable` when it cannot be made.
    """
    environment = BUILD / name
    interpreter = environment / "bin" / "python"
    base = shutil.which("python3") or "python3"
    stamp = _stamp(requirements, base)
    if _current(environment, stamp):
        return interpreter
    # Not on standard output, which `make demo` reads.
    print(f"making .build/{name}", file=sys.stderr, flush=True)
    shutil.rmtree(environment, ignore_errors=True)
    made = run_quietly([base, "-m", "venv", str(environment)])
    if made.returncode != 0 and install_debian("python3-venv"):
        shutil.rmtree(environment, ignore_errors=True)
        made = run_quietly([base, "-m", "venv", str(environment)])
    if made.returncode != 0:
        raise Unavailable("no Python environment could be made: install python3-venv")
    installed = run_quietly([str(interpreter), "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", str(requirements)], 900)
    if installed.returncode != 0:
        print(installed.stdout[-2000:], file=sys.stderr, flush=True)
        raise Unavailable(f"the Python packages in {requirements.relative_to(ROOT)} could not be installed from PyPI")
    (environment / "stamp").write_text(stamp, encoding="ascii")
    return interpreter


def test_python() -> Path:
    """The Python of `.build/test-venv`, with everything in `Tests/requirements.txt`.

    Throws `Unavailable` when it cannot be made.
    """
    return _environment("test-venv", ROOT / "Tests" / "requirements.txt")


PERSPECTIVE_RELEASES = ("3.8", "5.2", "5.6")


def perspective_python(release: str) -> Path:
    """A Python that has the official client of one of the releases above; with 5.6 also what that client's own tests import.

    Throws `Unavailable` when it cannot be made.
    """
    return _environment(f"perspective-{release}-venv", ROOT / "Tests" / f"requirements-perspective-{release}.txt")


# Draws a frame as the gallery's programs do. A driver that is missing ends this process by a signal rather than by an error.
_DRAWS = """
import os
os.environ.setdefault("VTK_DEFAULT_OPENGL_WINDOW", "vtkEGLRenderWindow")
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow
window = vtkRenderWindow()
window.SetOffScreenRendering(True)
window.AddRenderer(vtkRenderer())
window.Render()
"""


def vtk_python() -> Path:
    """A Python that has VTK, wslink and trame, and draws without a display.

    Throws `Unavailable` when it cannot be made.
    """
    interpreter = _environment("vtk-venv", ROOT / "Tests" / "requirements-vtk.txt")
    draws = [str(interpreter), "-c", _DRAWS]
    if run_quietly(draws, 120).returncode != 0:
        install_debian("libegl1", "libgl1-mesa-dri")
        if run_quietly(draws, 120).returncode != 0:
            raise Unavailable("VTK cannot draw without a display: install libegl1 and libgl1-mesa-dri")
    return interpreter


def chromium() -> str:
    """The path of a Chromium, installed from Debian's packages when there is none and we are root."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and install_debian("chromium"):
        found = shutil.which("chromium")
    if found is None:
        raise Unavailable("no Chromium is here: install it with `apt-get install chromium`")
    return found


def viewer() -> Path:
    """The folder `.build/perspective` with Perspective's browser distribution in it, as `@finos/<package>@<version>/dist/…`.

    Throws `Unavailable` when it cannot be had.
    """
    requirements = ROOT / "Tests" / "requirements-viewer.txt"
    folder = BUILD / "perspective"
    stamp = _stamp(requirements, "")
    if _current(folder, stamp):
        return folder
    print("getting .build/perspective", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        base = shutil.which("python3") or "python3"
        if run_quietly([base, "-m", "pip", "--version"]).returncode != 0 and not install_debian("python3-pip"):
            raise Unavailable("Perspective's viewer could not be got: install python3-pip")
        command = [base, "-m", "pip", "download", "--disable-pip-version-check", "-q", "--no-deps", "--only-binary", ":all:"]
        got = run_quietly([*command, "--require-hashes", "-r", str(requirements), "-d", place], 300)
        wheels = list(Path(place).glob("*.whl"))
        if got.returncode != 0 or len(wheels) != 1:
            print(got.stdout[-2000:], file=sys.stderr, flush=True)
            raise Unavailable("Perspective's viewer could not be got: the package in Tests/requirements-viewer.txt did not come from PyPI")
        _unpack_viewer(wheels[0], folder)
    (folder / "stamp").write_text(stamp, encoding="ascii")
    return folder


def _unpack_viewer(wheel: Path, folder: Path) -> None:
    """Unpacks the distribution that a wheel has, without the maps of its sources."""
    prefix = "panel/dist/bundled/perspective/"
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if not name.startswith(prefix + "@finos/") or name.endswith((".map", "/")):
                continue
            # The hash has shown the wheel to be the one that we know, whose names stay in the folder.
            target = folder / name[len(prefix):]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def _python2() -> Optional[str]:
    """A Python 2.7 that runs: on the path, or among pyenv's versions."""
    candidates = [shutil.which("python2.7"), shutil.which("pypy")]
    home = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates += [str(path) for path in sorted(Path(home).glob("versions/2.7*/bin/python2.7"), reverse=True)]
    for candidate in candidates:
        if candidate is None:
            continue
        # A pyenv shim stands on the path even when its version is not selected: ask it.
        answer = run_quietly([candidate, "-c", "import sys; print(sys.version_info[:2])"], 30)
        if answer.returncode == 0 and answer.stdout.strip() == "(2, 7)":
            return candidate
    return None


def wstest() -> Path:
    """The Autobahn suite's program, in an environment of its own. Throws `Unavailable` without a Python 2.7."""
    requirements = ROOT / "Tests" / "requirements-autobahn.txt"
    environment = BUILD / "autobahn-venv"
    program = environment / "bin" / "wstest"
    python = _python2()
    if python is None:
        raise Unavailable("Autobahn's WebSocket suite needs a Python 2.7, and none is here")
    stamp = _stamp(requirements, python)
    if _current(environment, stamp):
        return program
    print("making .build/autobahn-venv", flush=True)
    shutil.rmtree(environment, ignore_errors=True)
    maker = BUILD / "virtualenv-venv"
    base = shutil.which("python3") or "python3"
    steps = [
        [base, "-m", "venv", str(maker)],
        # The last virtualenv that still makes environments of Python 2.7.
        [str(maker / "bin" / "python"), "-m", "pip", "install", "--disable-pip-version-check", "-q", "virtualenv==20.21.1"],
        [str(maker / "bin" / "virtualenv"), "-q", "-p", python, str(environment)],
        [str(environment / "bin" / "pip"), "install", "-q", "-r", str(requirements)],
    ]
    for step in steps:
        result = run_quietly(step, 900)
        if result.returncode != 0:
            print(result.stdout[-2000:], flush=True)
            raise Unavailable("Autobahn's WebSocket suite could not be installed")
    (environment / "stamp").write_text(stamp, encoding="ascii")
    return program
