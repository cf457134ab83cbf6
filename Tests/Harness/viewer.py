"""`make demo`: gets Perspective's browser distribution for the gallery into `.build/perspective`, and prints the option that serves it."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Harness.provisioning import ROOT, Unavailable, viewer  # noqa: E402


def main() -> int:
    try:
        print(f"--viewer {viewer().relative_to(ROOT)}")
    except Unavailable as error:
        # The gallery works without it; pages then load the viewer from its network, where there is one.
        print(f"{error}; the page of tables will load the viewer from cdn.jsdelivr.net", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
