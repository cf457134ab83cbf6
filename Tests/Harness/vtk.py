"""`make demo VTK=1`: makes a Python with VTK in `.build/vtk-venv`, and prints the option that has the gallery use it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Harness.provisioning import ROOT, Unavailable, vtk_python  # noqa: E402


def main() -> int:
    try:
        print(f"--vtkpython {vtk_python().relative_to(ROOT)}")
    except Unavailable as error:
        # Asked for by name: a gallery without it would not be what was wanted.
        print(f"VTK=1: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
