"""The suites of `Tests/run.py`. Each answers a `Tally`; none passes over what it could not run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

from Harness import provisioning
from Harness.provisioning import BUILD, ROOT, Unavailable
from Harness.tally import Tally, own_warnings, read_junit, read_node_test, read_swift_testing


def _run(command: Sequence[str], seconds: float) -> Tuple[int, str]:
    """Runs a command, passing its output through as it comes; answers its status and the output. Ended after `seconds`."""
    print("$ " + " ".join(command), flush=True)
    lines: List[str] = []
    environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", PYTHONUNBUFFERED="1")
    # `timeout` ends the whole process group, so that nothing started by a hanging runner is left behind.
    process = subprocess.Popen(
        ["timeout", "-k", "10", str(int(seconds)), *command], cwd=ROOT, env=environment, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        print(line, end="", flush=True)
    status = process.wait()
    if status == 124:
        print(f"ended after {seconds:g} s: {command[0]}", flush=True)
    return status, "".join(lines)


def _traits() -> List[str]:
    """The options that switch on what this machine can build."""
    traits = provisioning.traits()
    return ["--traits", ",".join(traits)] if traits else []


def _build(arguments: Sequence[str], name: str) -> Tally:
    status, output = _run(["swift", "build", *arguments], 1500)
    if status != 0:
        return Tally.failure(f"{name} (status {status})")
    warnings = own_warnings(output, ROOT)
    if warnings:
        return Tally(failed=1, notes=[f"failed: {name}: {len(warnings)} warnings in our targets"] + [f"  {line}" for line in warnings])
    return Tally.success()


def harness(fast: bool) -> Tally:
    """The tests of the harness and of the benchmark: a runner that cannot see a failure, and figures read wrongly, prove nothing."""
    del fast
    return _unittest("Tests/Harness/unit", "Tests") + _unittest("Benchmarks/tests", "Benchmarks")


def _unittest(folder: str, top: str) -> Tally:
    status, output = _run([sys.executable, "-m", "unittest", "discover", "-s", folder, "-t", top], 300)
    ran = [line for line in output.splitlines() if line.startswith("Ran ")]
    count = int(ran[-1].split()[1]) if ran else 0
    return Tally.failure(f"the tests in {folder}") if status != 0 or count == 0 else Tally(passed=count)


def swift(fast: bool) -> Tally:
    """The debug build, whose warnings in our targets are failures, and the Swift tests."""
    del fast
    build = _build(["--build-tests", *_traits()], "swift build --build-tests")
    if build.failed and not any("warnings" in note for note in build.notes):
        return build
    status, output = _run(["swift", "test", "--skip-build", *_traits()], 900)
    left_out = Tally() if _traits() else Tally.skip("the trait ArrowCompression: liblz4-dev and libzstd-dev are not here")
    return build + left_out + read_swift_testing(output, status)


def macros(fast: bool) -> Tally:
    """The macros, in a package of their own, because they need swift-syntax and nothing else does."""
    if fast:
        return Tally.skip("Tests/Macros (builds swift-syntax)")
    place = ["--package-path", "Tests/Macros", "--scratch-path", ".build/macros"]
    status, output = _run(["swift", "package", *place, "resolve"], 300)
    if status != 0:
        missing = re.search(r"(?i)failed to clone[^\n]*swift-syntax|unable to access[^\n]*swift-syntax", output)
        return Tally.skip("Tests/Macros: swift-syntax cannot be fetched") if missing else Tally.failure("Tests/Macros cannot be resolved")
    build = _build(["--build-tests", *place], "swift build of Tests/Macros")
    if build.failed and not any("warnings" in note for note in build.notes):
        return build
    status, output = _run(["swift", "test", "--skip-build", *place], 300)
    return build + read_swift_testing(output, status)


def units(fast: bool) -> Tally:
    """The browser client's units under `node --test`."""
    del fast
    folder = ROOT / "Tests" / "Browser" / "unit"
    files = sorted(str(path.relative_to(ROOT)) for pattern in ("*.test.js", "*.test.mjs") for path in folder.rglob(pattern))
    if not files:
        return Tally.failure("Tests/Browser/unit has no *.test.js or *.test.mjs")
    node = shutil.which("node")
    if node is None:
        return Tally.skip(f"{len(files)} files of the browser client's units: node is not here")
    status, output = _run([node, "--test", "--test-reporter=tap", *files], 300)
    return read_node_test(output, status)


def release(fast: bool) -> Tally:
    """The release build of the product that the suites below run."""
    del fast
    return _build(["-c", "release", "--product", "tangor", *_traits()], "swift build -c release --product tangor")


def _binary() -> Path:
    """The server under test. `TANGOR_BINARY` names another one, to try the tests on a stand-in."""
    return Path(os.environ.get("TANGOR_BINARY") or ROOT / ".build" / "release" / "tangor")


def _pytest(folder: str, fast: bool, seconds: float) -> Tally:
    if not _binary().is_file():
        return Tally.failure(f"{folder}: {_binary().name} is not built")
    try:
        python = provisioning.test_python()
    except Unavailable as error:
        return Tally.skip(f"{folder}: {error}")
    report = BUILD / f"{Path(folder).name.lower()}-report.xml"
    report.unlink(missing_ok=True)
    command = [str(python), "-m", "pytest", folder, "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    if fast:
        command += ["-m", "not slow"]
    status, _ = _run(command, seconds)
    return read_junit(report, Path(folder).name, status)


def _prepare(get: Callable[[], object]) -> None:
    """Gets something now rather than within the tests' time; without it, the tests that need it say so."""
    try:
        get()
    except Unavailable as error:
        print(error, flush=True)


def interop(fast: bool) -> Tally:
    """Real HTTP and WebSocket clients against the server."""
    for release in provisioning.PERSPECTIVE_RELEASES:
        _prepare(lambda release=release: provisioning.perspective_python(release))
    _prepare(provisioning.vtk_python)
    return _pytest("Tests/Interop", fast, 900)


def browser(fast: bool) -> Tally:
    """The gallery and the client library in a real Chromium."""
    try:
        os.environ["TANGOR_CHROMIUM"] = provisioning.chromium()
    except Unavailable as error:
        return Tally.skip(f"Tests/Browser: {error}")
    _prepare(provisioning.vtk_python)
    return _pytest("Tests/Browser", fast, 600)


def autobahn(fast: bool) -> Tally:
    """The WebSocket conformance suite."""
    from Autobahn import conformance

    if not _binary().is_file():
        return Tally.failure(f"Autobahn: {_binary().name} is not built")
    try:
        program = provisioning.wstest()
    except Unavailable as error:
        return Tally.skip(str(error))
    if fast:
        groups = conformance.SHORT
    elif os.environ.get("AUTOBAHN") == "full":
        groups = conformance.FULL
    else:
        groups = conformance.USUAL
    tally = conformance.run(program, groups, BUILD / "autobahn")
    left = [name for name in conformance.FULL if name not in groups]
    if left:
        tally += Tally.skip(f"Autobahn groups {', '.join(left)} (AUTOBAHN=full runs them)")
    return tally


ALL: Dict[str, Callable[[bool], Tally]] = {
    "harness": harness,
    "swift": swift,
    "macros": macros,
    "units": units,
    "release": release,
    "interop": interop,
    "browser": browser,
    "autobahn": autobahn,
}
