"""`make setup`: checks for the libraries that the build needs, and installs them from Debian's packages when run as root.

zlib must be here. LZ4 and Zstandard may be: without them the build leaves compressed Arrow data out.
`setup.py --traits` prints the options that switch on what this machine can build.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from Harness.provisioning import install_debian, links_zlib, traits  # noqa: E402


def main() -> int:
    if "--traits" in sys.argv[1:]:
        print(" ".join(["--traits", ",".join(traits())] if traits() else []))
        return 0
    if not traits():
        install_debian("liblz4-dev", "libzstd-dev")
        traits.cache_clear()
        if not traits():
            print("Without liblz4-dev and libzstd-dev, Tangor is built without compressed Arrow data.", file=sys.stderr)
    if links_zlib() or (install_debian("zlib1g-dev") and links_zlib()):
        return 0
    print("Tangor needs zlib's header and library to build: install them with `apt-get install zlib1g-dev` and run this again.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
