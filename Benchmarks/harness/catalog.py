"""The servers that are compared: Tangor, its peers, and a bare one that shows the machine's limit."""
from __future__ import annotations

import getpass
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, List, Mapping, Optional, Tuple

from . import dialects, perspective, provision
from .errors import BenchmarkError
from .parked import MESSAGE
from .server import Route, ServerKind, Skipped

HELLO = (Route("/hello", expect="Hello, World!"),)
PULL = (Route("/pull?key=bench-{i}", expect='"ready"'),)
ECHO = (Route("/echo", expect="abcdefgh"),)
FILE = (Route("/static/tangor.js"),)
DIGEST = (Route("/digest"),)
WAIT = (Route("/signal/abc", expect=f'"{MESSAGE}"', release="POST:/signal/abc", count="/waiting#/waiting"),
        Route("/wait", expect=MESSAGE, release="POST:/signal/abc", count="/waiting#/waiting", label="body"))
ROOM = (Route("/fan", dialect=dialects.ROOM),)
TABLES = (Route("/websocket"),)

Routes = Mapping[str, Tuple[Route, ...]]

# Each Python peer: its distribution on PyPI, and what it offers.
PYTHON_PEERS: Dict[str, Tuple[str, Routes]] = {
    "tornado": ("tornado", {"hello": HELLO, "pull": PULL, "echo": ECHO, "file": FILE, "fan": ROOM, "wait": WAIT,
                            "call": (Route("/call", expect='"result": 9', dialect=dialects.JSON_CALL),)}),
    "aiohttp": ("aiohttp", {"hello": HELLO, "pull": PULL, "echo": ECHO, "file": FILE, "digest": DIGEST, "wait": WAIT}),
    "cherrypy": ("CherryPy", {"hello": HELLO, "pull": PULL, "file": FILE}),
    "socketify": ("socketify", {"hello": HELLO, "pull": PULL, "echo": ECHO, "fan": ROOM}),
    "wslink": ("wslink", {"call": (Route("/ws", expect=dialects.WSLINK_NINE, dialect=dialects.WSLINK_CALL),)}),
}

TANGOR_ROUTES: Routes = {
    "hello": HELLO,
    "pull": (Route("/stream/{key}", expect='"data"', create="GET:/primes"),
             Route("/prime?key=bench-{i}", expect='"ready"', label="polling")),
    "echo": ECHO,
    "streams": (Route("/stream/{key}", create="GET:/primes"),),
    "file": (Route("/tangor/tangor.js"),),
    "digest": DIGEST,
    "wait": tuple(Route(path, expect=expect, release="POST:/signal/abc", count="/healthz?verbose#/signals/waiting", label=label)
                  for path, expect, label in (("/signal/abc?timeout=2m", f'"{MESSAGE}"', ""),
                                              ("/wait/message?timeout=2m", f'"{MESSAGE}"', "service"),
                                              ("/wait?timeout=2m", MESSAGE, "body"))),
    "fan": (Route("/live", dialect=dialects.TANGOR_FAN),),
    "call": (Route("/live", expect='"result":9', dialect=dialects.TANGOR_CALL),
             Route("/live", expect='"result":9', label="synchronous", dialect=dialects.TANGOR_SYNCHRONOUS_CALL),
             Route("/live", expect='"result":9', label="printing", dialect=dialects.TANGOR_PRINTING_CALL),
             Route("/live", expect='"result":', label="get", dialect=dialects.TANGOR_GET),
             Route("/echo", expect="xxxx", label="echo", dialect=dialects.SAME_SIZE_ECHO)),
}

# What it offers without the gallery.
TANGOR_TABLES: Routes = {"tables": TABLES, "ticks": TABLES}

# What relays offer, Tangor's own too.
RELAY: Routes = {"relay": ECHO}

# Servers of Debian's packages that fan messages out: program, configuration, what it speaks, how it tells its version.
BROKERS: Dict[str, Tuple[str, str, dialects.Dialect, str]] = {
    "mosquitto": ("mosquitto", "mosquitto.conf.in", dialects.MQTT_FAN, "-h"),
    "nats": ("nats-server", "nats.conf.in", dialects.NATS_FAN, "--version"),
}

NAMES = ("tangor", *PYTHON_PEERS, "perspective", *BROKERS, "nginx", "go", "bare C")


class Catalog:
    """Finds out which servers can be measured here; the others are named with the reason."""

    def __init__(self, here: Path, build: Path, tangor: Path, wanted: Optional[List[str]] = None) -> None:
        self.here, self.build, self.tangor, self.wanted = here, build, tangor, wanted
        self.site = build / "site"
        self.servers: List[ServerKind] = []
        self.skipped: Skipped = {}

    def fill(self, generator: Path) -> None:
        """Prepares each server. What fails is skipped."""
        self._prepare_site()
        self._add("tangor", self._tangor)
        self._add("tangor", self._tangor_tables)
        self._add("tangor", lambda: self._tangor_relay(generator))
        for name in PYTHON_PEERS:
            self._add(name, lambda name=name: self._python_peer(name))
        self._add("perspective", self._perspective)
        for name in BROKERS:
            self._add(name, lambda name=name: self._broker(name))
        self._add("nginx", self._nginx)
        self._add("nginx", lambda: self._nginx_relay(generator))
        self._add("go", self._go)
        self._add("bare C", lambda: ServerKind(
            "bare C", lambda port: [str(generator), "serve", "-p", str(port)],
            {"hello": HELLO, "echo": ECHO, "relay": ECHO, "fan": (Route("/fan", dialect=dialects.BARE_FAN),)}, version="`Benchmarks/load`"))

    def _add(self, name: str, make: Callable[[], ServerKind]) -> None:
        if self.wanted and name not in self.wanted:
            self.skipped[name] = "not asked for"
            return
        try:
            self.servers.append(make())
        except BenchmarkError as error:
            self.skipped[name] = str(error)

    def _prepare_site(self) -> None:
        """The peers serve a copy of the file that Tangor serves."""
        self.site.mkdir(parents=True, exist_ok=True)
        ours = self.here.parent / "Browser" / "tangor.js"
        filling = "// A line of filling, for a file of a small module's size.\n" * 140
        (self.site / "tangor.js").write_text(ours.read_text() if ours.exists() else filling)

    def _tangor(self) -> ServerKind:
        if not self.tangor.is_file():
            raise BenchmarkError("no binary: build it with `swift build -c release`, or give --tangor PATH")
        program = str(self.tangor.resolve())
        return ServerKind(
            "tangor", lambda port: [program, "demo", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
            TANGOR_ROUTES, ready_path="/readyz", version=provision.first_line([program, "version"]) or "unknown")

    def _tangor_tables(self) -> ServerKind:
        """Without the gallery, whose own tables would be weighed too."""
        program = str(self.tangor.resolve())
        return ServerKind(
            "tangor", lambda port: [program, "serve", str(self.site), "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"],
            TANGOR_TABLES, ready_path="/readyz", version=provision.first_line([program, "version"]) or "unknown")

    def _tangor_relay(self, generator: Path) -> ServerKind:
        program = self.tangor.parent / "Relay"
        if not program.is_file():
            raise BenchmarkError("no relay: build it with `swift build -c release --product Relay`")
        return ServerKind("tangor", lambda port, behind: [str(program.resolve()), str(port), str(behind)], RELAY, ready_path="",
                          behind=lambda port: [str(generator), "serve", "-p", str(port)])

    def _perspective(self) -> ServerKind:
        python, script = perspective.interpreter(), str(self.here / "peers" / "perspective_peer.py")
        version = provision.first_line([str(python), "-c", "import perspective; print(perspective.__version__)"])
        if not version:
            raise BenchmarkError("perspective-python cannot be imported")
        return ServerKind("perspective", lambda port: [str(python), script, str(port)], {"tables": TABLES}, ready_path="",
                          version=f"perspective-python {version}, {provision.first_line([str(python), '--version'])}")

    def _python_peer(self, name: str) -> ServerKind:
        distribution, routes = PYTHON_PEERS[name]
        python = provision.python_environment(self.here / "requirements.txt", self.build)
        version = provision.first_line([str(python), "-c", f"import {name}, importlib.metadata as m; print(m.version({distribution!r}))"])
        if not version:
            raise BenchmarkError(f"{distribution} cannot be imported (a system library may be missing: give --install as root)")
        script = str(self.here / "peers" / f"{name}_peer.py")
        label = f"{distribution} {version}, {provision.first_line([str(python), '--version'])}"
        return ServerKind(name, lambda port: [str(python), script, str(port), str(self.site)], routes,
                          ready_path="/hello" if "hello" in routes else "", version=label)

    def _broker(self, name: str) -> ServerKind:
        command, template, dialect, version = BROKERS[name]
        program = provision.find_program(command)
        if program is None:
            raise BenchmarkError("not installed (give --install as root)")
        text, configuration = (self.here / "peers" / template).read_text(), (self.build / template).with_suffix("").resolve()

        def start(port: int) -> List[str]:
            configuration.write_text(filled(text, port, state=self.build.resolve()))
            return [program, "-c", str(configuration)]

        return ServerKind(name, start, {"fan": (Route("/", dialect=dialect),)}, ready_path="",
                          # mosquitto ends with 3 after its help.
                          version=provision.first_line([program, version], (0, 3)) or "unknown")

    def _nginx(self) -> ServerKind:
        return self._nginx_with("nginx.conf.in", {"hello": HELLO, "file": FILE})

    def _nginx_relay(self, generator: Path) -> ServerKind:
        return replace(self._nginx_with("nginx-relay.conf.in", RELAY), ready_path="",
                       behind=lambda port: [str(generator), "serve", "-p", str(port)])

    def _nginx_with(self, name: str, routes: Routes) -> ServerKind:
        program = provision.find_program("nginx")
        if program is None:
            raise BenchmarkError("not installed (give --install as root)")
        state, template = self.build / "nginx", (self.here / "peers" / name).read_text()
        state.mkdir(parents=True, exist_ok=True)

        def command(port: int, behind: int = 0) -> List[str]:
            configuration = state / name.removesuffix(".in")
            configuration.write_text(filled(template, port, self.site.resolve(), state.resolve(), behind))
            return [program, "-p", str(state.resolve()), "-e", "stderr", "-c", str(configuration.resolve())]

        return ServerKind("nginx", command, routes, version=provision.first_line([program, "-v"]).rpartition(": ")[2])

    def _go(self) -> ServerKind:
        if provision.find_program("go") is None:
            raise BenchmarkError("not installed (give --install as root)")
        program = provision.build_go_peer(self.here / "peers" / "go", self.build)
        return ServerKind("go", lambda port: [str(program), str(port), str(self.site)], {"hello": HELLO, "pull": PULL, "file": FILE},
                          version=provision.first_line(["go", "version"]))


def filled(template: str, port: int, folder: Path = Path(), state: Path = Path(), behind: int = 0) -> str:
    """The template without its first line, which explains it, and with its places filled in."""
    text = template.partition("\n")[2]
    for place, value in (("PORT", str(port)), ("FOLDER", str(folder)), ("STATE", str(state)), ("USER", getpass.getuser()),
                         ("BEHIND", str(behind))):
        text = text.replace(f"@{place}@", value)
    return text
