"""What Tangor's parts cost inside a process, without a network: measured by programs that are built beside its binary."""
from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import List, Tuple

from .errors import MeasurementError

NAME = "inside"  # what `--only` takes
LIMIT = 300.0  # seconds for each program


@dataclass(frozen=True)
class Program:
    """A program that measures by itself and prints lines of the form `what: figures`. `name` is its product's."""

    name: str
    title: str
    about: str


@dataclass(frozen=True)
class Outcome:
    """What a program printed, or why it did not."""

    program: Program
    figures: Tuple[Tuple[str, str], ...] = ()
    failure: str = ""


PROGRAMS = (
    Program("ObjectDispatch", "Calls of exposed objects",
            "JSON arguments in, JSON result out; the best of five rounds of a million."),
    Program("Signals", "Waiting for signals",
            "100,000 wait at once; the memory is the growth of the process, the time to wake one is that until the last has gone on, "
            "divided by them all. Event-loop waits are what the HTTP door keeps for each request."),
)


def figures_of(text: str) -> Tuple[Tuple[str, str], ...]:
    """The lines of a program's output, each split at its last colon with a blank behind it."""
    found: List[Tuple[str, str]] = []
    for line in text.splitlines():
        what, colon, figures = line.strip().rpartition(": ")
        if not colon or not any(character.isdigit() for character in figures):
            raise MeasurementError(f"it said something else than figures: {line.strip()[:100]}")
        found.append((what, figures))
    if not found:
        raise MeasurementError("it said nothing")
    return tuple(found)


def run(program: Program, path: Path) -> Outcome:
    """Runs a program to its end."""
    try:
        done = subprocess.run([str(path)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors="replace", timeout=LIMIT)
        if done.returncode:
            words = done.stderr.strip().splitlines()
            raise MeasurementError(f"it ended with status {done.returncode}: {words[-1][:200] if words else 'it said nothing'}")
        return Outcome(program, figures_of(done.stdout))
    except subprocess.TimeoutExpired:
        return Outcome(program, failure=f"it did not end within {LIMIT:.0f} s")
    except (MeasurementError, OSError) as error:
        return Outcome(program, failure=str(error))


def is_built(program: Program, folder: Path) -> bool:
    return (folder / program.name).is_file()
