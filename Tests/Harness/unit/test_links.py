from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

import check_links


def broken(files: Dict[str, str]) -> List[str]:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        return check_links.broken(root)


class LinkTests(unittest.TestCase):
    def test_good_links_pass(self) -> None:
        page = "# Top\n[a](docs/a.md) [b](docs/a.md#second-part-2) [c](#top) [d](https://example.org/x) [docs](docs/)\n"
        self.assertEqual(broken({"README.md": page, "docs/a.md": "# First\n## Second part 2\n[up](../README.md#top)\n"}), [])

    def test_missing_file_names_file_and_line(self) -> None:
        self.assertEqual(broken({"README.md": "\n\nsee [a](docs/none.md)\n"}), ["README.md:3: 'docs/none.md' does not exist"])

    def test_missing_anchor(self) -> None:
        found = broken({"README.md": "[a](docs/a.md#gone) [b](#gone)\n", "docs/a.md": "# Here\n"})
        self.assertEqual(len(found), 2)

    def test_reference_definitions_and_html(self) -> None:
        found = broken({"docs/a.md": "[x]: gone.md\n<img src=\"gone.png\">\n"})
        self.assertEqual(found, ["docs/a.md:1: 'gone.md' does not exist", "docs/a.md:2: 'gone.png' does not exist"])

    def test_code_is_not_read(self) -> None:
        self.assertEqual(broken({"CHANGELOG.md": "```\n[a](gone.md)\n```\n`[b](gone.md)`\n"}), [])

    def test_links_may_not_leave_the_repository(self) -> None:
        self.assertEqual(len(broken({"docs/a.md": "[x](../../../etc/passwd) [y](/etc/passwd)\n"})), 2)

    def test_headings_with_code_and_repeats(self) -> None:
        text = "# `a_b` and c\n# Again\n# Again\n```\n# not a heading\n```\n"
        self.assertEqual(check_links.anchors(text), {"a_b-and-c", "again", "again-1"})


if __name__ == "__main__":
    unittest.main()
