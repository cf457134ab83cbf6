"""The results as a page of Markdown. Every number on it was measured in the run that it tells about."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Mapping, Optional, Sequence

from . import engine
from .cases import Case, Settings
from .expectations import US, Expectation, judged
from .inside import Outcome
from .perspective import PREFIX
from .runner import GENERATOR_LIMIT, Results
from .workloads import Workload

DAGGER = "†"


@dataclass(frozen=True)
class Run:
    """What a run was, besides its figures."""

    date: str
    machine: Mapping[str, str]
    versions: Mapping[str, str]
    skipped: Mapping[str, str]
    settings: Settings
    quick: bool = False


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> List[str]:
    """A Markdown table; its first `words` columns are text, the others numbers."""
    marks = ["---" if i < words else "---:" for i in range(len(headings))]
    return [f"| {' | '.join(cells)} |" for cells in (headings, marks, *rows)]


def number(value: Optional[float], digits: int = 0) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def ratio(value: Optional[float]) -> str:
    if value is None:
        return "–"
    return f"{value:.2f} ×" if value < 10 else f"{value:.1f} ×"


def against_tangor(results: Results, case: Case, row: str) -> Optional[float]:
    """How many times better Tangor's yardstick is than this row's; None where one is missing or not positive."""
    ours, theirs = results.summary(case.name, US).get(case.yardstick), results.summary(case.name, row).get(case.yardstick)
    if ours is None or theirs is None or ours <= 0 or theirs <= 0:
        return None
    return ours / theirs if case.more_is_better else theirs / ours


def case_section(results: Results, case: Case, settings: Settings) -> List[str]:
    size = case.size(settings)
    lines = [f"### `{case.name}`: {case.title}{f' ({size:,})' if size else ''}", ""]
    better = sorted(results.rows(case.name), key=lambda row: results.summary(case.name, row)[case.yardstick], reverse=case.more_is_better)
    rows = []
    for row in better:
        figures = results.summary(case.name, row)
        mark = f" {DAGGER}" if results.generator_was_limit(case.name, row) else ""
        rows.append([f"**{row}**{mark}" if row.split()[0] == US else f"{row}{mark}",
                     *(number(figures.get(column.key), column.digits) for column in case.columns),
                     spread(results, case, row), ratio(against_tangor(results, case, row))])
    if rows:
        lines += table(["server", *(column.heading for column in case.columns), "spread", "Tangor against it"], rows)
    else:
        lines.append("Nothing was measured.")
    lines += operations(results, case)
    failures = [f"- {row}: {'failed in a repetition' if results.summary(case.name, row) else 'failed'}: {why}"
                for (name, row), why in results.failures.items() if name == case.name]
    return [*lines, "", *failures, ""] if failures else [*lines, ""]


def operations(results: Results, case: Case) -> List[str]:
    """The single times of a case that has them: what, and the milliseconds of each row."""
    rows = sorted(results.rows(case.name), key=lambda row: row.split()[0] != US)
    names = [name for name in (results.summary(case.name, rows[0]) if rows else ()) if name.startswith(PREFIX)]
    if not names:
        return []
    lines = []
    for name in names:
        times = [results.summary(case.name, row).get(name) for row in rows]
        ratios = [time / times[0] if time and times[0] else None for time in times[1:]]
        lines.append([name[len(PREFIX):], *(number(time, 2) for time in times), *map(ratio, ratios)])
    return ["", *table(["milliseconds", *rows, *(f"Tangor against {row}" for row in rows[1:])], lines)]


def spread(results: Results, case: Case, row: str) -> str:
    """How far the repetitions lay apart; one alone tells nothing of that."""
    if len(results.samples.get((case.name, row), [])) < 2:
        return "–"
    return f"±{100 * results.spread(case.name, row, case.yardstick):.0f} %"


def expected_section(judgements: Sequence[tuple]) -> List[str]:
    rows = []
    for expectation, value, verdict in judgements:
        rows.append([expectation.words, measured_words(expectation, value), f"**{verdict}**" if verdict == "missed" else verdict])
    heading = ["## Expected and measured", "", "Ratios are per processor second, unless they are of deliveries a second or of memory.", ""]
    return [*heading, *table(["expected", "measured", "verdict"], rows, words=3), ""] if rows else []


def measured_words(expectation: Expectation, value: Optional[float]) -> str:
    if value is None or expectation.peer:
        return ratio(value)
    if expectation.figure == "bytes":
        return f"{value / 1000:.1f} kB"
    if expectation.figure.endswith("_mb"):
        return f"{value:.1f} MB"
    if expectation.figure.endswith("_ms"):
        return f"{value:.0f} ms"
    return f"{value:.0f}" if expectation.figure == "behind" else f"{value:.0f} %"


def explanation(run: Run) -> List[str]:
    settings = run.settings
    times = "once" if settings.repetitions == 1 else f"{settings.repetitions} times"
    return [
        f"Each case was measured {times}, for {settings.seconds:g} s after {settings.warm:g} s to get warm, on servers started anew "
        "and taken in turn; the tables give medians, and `spread` the widest distance of a repetition from its median. All load comes over "
        "127.0.0.1 from one program of one thread (`Benchmarks/load`) on the same machine.",
        "",
        "Generator and server share the cores, so rates depend on both. Processor time is the server's alone, its whole process tree, "
        "as the kernel counts it: **compare `per processor second`**. `Tangor against it` is the ratio in that column (in memory "
        "tables: of the bytes; in paced ones: of the p99); above 1 Tangor is better. `bare C` is a server that does next to nothing, and "
        f"shows what machine and generator allow. {DAGGER}: the generator itself was busy for more than {GENERATOR_LIMIT:.0%} of the time "
        "and may have been the limit of the rate.",
        "",
    ]


def inside_section(outcomes: Sequence[Outcome]) -> List[str]:
    """What programs measured without a network."""
    if not outcomes:
        return []
    lines = ["## Inside the process", "", "Without a network, in programs of their own.", ""]
    for outcome in outcomes:
        lines += [f"### `{outcome.program.name}`: {outcome.program.title}", "", outcome.program.about, ""]
        lines += table(["what", "figures"], outcome.figures, words=2) if outcome.figures else [f"- failed: {outcome.failure}"]
        lines.append("")
    return lines


def page(run: Run, workloads: Sequence[Workload], results: Results, outcomes: Sequence[Outcome] = (),
         table_engine: Optional[engine.Outcome] = None) -> str:
    """The whole page."""
    cases = [case.name for workload in workloads for case in workload.cases]
    lines = ["# Benchmark results", "", f"Written by `make bench` on {run.date}."]
    if run.quick:
        lines += ["", "**A quick run**: short, unrepeated and with fewer connections. Its figures are no basis for a comparison."]
    lines += ["", *explanation(run), "## Machine", "", *pairs(run.machine), "", "## Versions", "", *pairs(run.versions), ""]
    if run.skipped:
        lines += ["## Skipped", "", *(f"- skipped: {name}: {why}" for name, why in run.skipped.items()), ""]
    lines += expected_section(judged(results, cases))
    for workload in workloads:
        lines += [f"## {workload.title}", "", workload.about, ""]
        for case in workload.cases:
            lines += case_section(results, case, run.settings)
    lines += inside_section(outcomes)
    lines += engine.section(table_engine)
    return "\n".join(lines).rstrip() + "\n"


def pairs(values: Mapping[str, str]) -> List[str]:
    return [f"- {name}: {value}" for name, value in values.items()]


def as_data(run: Run, results: Results, outcomes: Sequence[Outcome] = ()) -> Dict[str, object]:
    """All samples, for other programs."""
    return {
        "date": run.date, "machine": dict(run.machine), "versions": dict(run.versions), "skipped": dict(run.skipped), "quick": run.quick,
        "samples": [{"case": case, "row": row, "samples": samples} for (case, row), samples in results.samples.items()],
        "failures": [{"case": case, "row": row, "reason": why} for (case, row), why in results.failures.items()],
        "inside": [{"program": each.program.name, "figures": dict(each.figures), "failure": each.failure} for each in outcomes],
    }
