"""Getting what the benchmark needs: the load generator, a Python environment, packages of the system."""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from .errors import BenchmarkError

# A program or library, and the Debian package that has it.
SYSTEM_PACKAGES: Dict[str, str] = {
    "nginx": "nginx-light", "go": "golang-go", "mosquitto": "mosquitto", "nats-server": "nats-server", "libuv.so.1": "libuv1", "cc": "gcc",
}


def _run(command: Sequence[str], what: str, environment: Optional[Dict[str, str]] = None, folder: Optional[Path] = None) -> None:
    """Runs a command silently; on failure its last line tells why."""
    try:
        done = subprocess.run(list(command), env={**os.environ, **(environment or {})}, cwd=folder, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    except OSError as error:
        raise BenchmarkError(f"{what}: {command[0]}: {error.strerror}") from None
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        raise BenchmarkError(f"{what}: {lines[-1] if lines else f'status {done.returncode}'}")


def first_line(command: Sequence[str], statuses: Sequence[int] = (0,)) -> str:
    """The first line that a program prints about itself; empty when it cannot be run or ends with another status."""
    try:
        done = subprocess.run(list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().splitlines()[0] if done.returncode in statuses and done.stdout.strip() else ""


def find_program(name: str) -> Optional[str]:
    """A program in PATH or where Debian keeps servers."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _is_missing(need: str) -> bool:
    if not need.endswith(".so.1"):
        return find_program(need) is None
    import ctypes
    try:
        ctypes.CDLL(need)
        return False
    except OSError:
        return True


def install_system_packages() -> None:
    """Installs what is missing from the system's packages. A failure is told; what then lacks is skipped later."""
    missing = [package for need, package in SYSTEM_PACKAGES.items() if _is_missing(need)]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"not installed (needs root and apt-get): {' '.join(missing)}", file=sys.stderr)
        return
    print(f"installing {' '.join(missing)}", flush=True)
    # RUNLEVEL=1 keeps the packages' scripts from starting servers of their own.
    environment = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        _run(["apt-get", "update", "-q"], "apt-get update", environment)
        _run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], "apt-get install", environment)
    except BenchmarkError as error:
        print(f"not installed: {error}", file=sys.stderr)


def build_generator(sources: Path, build: Path) -> Path:
    """Compiles the load generator where it is out of date."""
    compiler = next((name for name in ("cc", "gcc", "clang") if shutil.which(name)), None)
    if compiler is None:
        raise BenchmarkError("no C compiler: install gcc or clang, or give --install as root")
    program = build / "load"
    files: List[Path] = sorted(sources.glob("*.c"))
    newest = max(path.stat().st_mtime for path in [*files, *sources.glob("*.h")])
    if not program.exists() or program.stat().st_mtime < newest:
        _run([compiler, "-O2", "-std=gnu11", "-Wall", "-Wextra", "-o", str(program), *map(str, files)], "compiling the load generator")
    return program


def python_environment(requirements: Path, build: Path) -> Path:
    """The interpreter of an environment that has exactly the pinned packages."""
    folder = build / "venv"
    python, stamp = folder / "bin" / "python", folder / "requirements.txt"
    wanted = requirements.read_text()
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    print("preparing the peers' Python environment", flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "making a Python environment")
    _run([str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(requirements)], "installing the peers")
    stamp.write_text(wanted)
    return python


def build_go_peer(sources: Path, build: Path) -> Path:
    """Compiles the Go peer; Go itself knows what is up to date."""
    program = build / "go-peer"
    _run(["go", "build", "-o", str(program), "."], "compiling the Go peer",
         {"GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOCACHE": str(build / "go-cache")}, sources)
    return program
