"""`make setup`: checks for zlib's header and library, and installs them from Debian's packages when run as root."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Harness.provisioning import install_debian, links_zlib  # noqa: E402


def main() -> int:
    if links_zlib():
        return 0
    if install_debian("zlib1g-dev") and links_zlib():
        return 0
    print("Tangor needs zlib's header and library to build: install them with `apt-get install zlib1g-dev` and run this again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
