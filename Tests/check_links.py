#!/usr/bin/env python3
"""Checks the relative links and the #anchors of the README, the CHANGELOG and everything below docs/.

    python3 Tests/check_links.py [ROOT]

Prints one line, `file:line: what is wrong`, for each broken link. Links to other hosts are left alone.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple
from urllib.parse import unquote

LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*(?:<([^>]*)>|([^()\s]*(?:\([^()\s]*\))?[^()\s]*))(?:\s+[\"'(][^)]*)?\s*\)")
DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?")
HTML = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']", re.IGNORECASE)
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")


def prose(text: str) -> Iterator[Tuple[int, str]]:
    """The lines that are not code, numbered from 1, with inline code blanked out."""
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark.group(1).startswith(fence):
                fence = ""
            continue
        if mark:
            fence = mark.group(1)
            continue
        yield number, line


def anchors(text: str) -> Set[str]:
    """The anchors of a page: its headings as the usual renderers name them, and explicit ids."""
    found: Set[str] = set()
    seen: Dict[str, int] = {}
    for _, line in prose(text):
        heading = re.match(r"^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$", line)
        if heading:
            title = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading.group(1))
            slug = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower()).replace(" ", "-")
            count = seen.get(slug, 0)
            seen[slug] = count + 1
            found.add(slug if count == 0 else f"{slug}-{count}")
        found.update(re.findall(r"\b(?:id|name)=[\"']([^\"']+)[\"']", line))
    return found


def links(text: str) -> Iterator[Tuple[int, str]]:
    """The links of a page with their line numbers."""
    for number, line in prose(text):
        plain = re.sub(r"(`+)(?:(?!\1).)*\1", lambda match: "x" * len(match.group(0)), line)
        for match in LINK.finditer(plain):
            yield number, match.group(1) if match.group(1) is not None else match.group(2)
        for match in HTML.finditer(plain):
            yield number, match.group(1)
        definition = DEFINITION.match(plain)
        if definition:
            yield number, definition.group(1)


def pages(root: Path) -> List[Path]:
    """The pages that are checked."""
    top = [root / name for name in ("README.md", "CHANGELOG.md") if (root / name).is_file()]
    return top + sorted((root / "docs").rglob("*.md"))


def broken(root: Path) -> List[str]:
    """A line for each broken link."""
    root = root.resolve()
    problems: List[str] = []
    known: Dict[Path, Set[str]] = {}
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for number, link in links(text):
            where = f"{page.relative_to(root)}:{number}"
            if re.match(r"^(?:[a-zA-Z][a-zA-Z0-9+.\-]*:|//)", link):
                continue
            path, _, anchor = link.partition("#")
            if not path and not anchor:
                problems.append(f"{where}: an empty link")
                continue
            if path.startswith("/"):
                problems.append(f"{where}: '{link}' is absolute; link relative to the page")
                continue
            target = (page.parent / unquote(path.partition("?")[0])).resolve() if path else page
            if target != root and root not in target.parents:
                problems.append(f"{where}: '{link}' leaves the repository")
            elif not target.exists():
                problems.append(f"{where}: '{link}' does not exist")
            elif anchor and target.suffix == ".md":
                if target not in known:
                    known[target] = anchors(target.read_text(encoding="utf-8"))
                if unquote(anchor) not in known[target]:
                    problems.append(f"{where}: '{link}' names an anchor that {target.relative_to(root)} does not have")
    return problems


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    checked = pages(root)
    if not checked:
        print(f"{root}: no README.md, CHANGELOG.md or docs/ to check", file=sys.stderr)
        return 1
    problems = broken(root)
    for problem in problems:
        print(problem)
    print(f"{len(checked)} pages, {len(problems)} broken links")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
