"""CherryPy with the classic decorator that answers each request with a generator's next value."""
from __future__ import annotations

import functools
import itertools
import json
import os
import threading
from typing import Any, Callable, Dict, Iterator, Tuple

import cherrypy

from contract import BACKLOG, HELLO, place_from_arguments


def json_yield(function: Callable[..., Iterator[Any]]) -> Callable[..., bytes]:
    """Turns a generator method into a page handler: each call with one key takes one value.

    The first call makes the generator; the one that finds it ended says so and forgets it. CherryPy calls from
    several threads, so each generator has a lock: a generator that is running must not be entered again.
    """
    kept: Dict[str, Tuple[Iterator[Any], threading.Lock]] = {}

    @functools.wraps(function)
    def handler(self: Any, key: str, **arguments: Any) -> bytes:
        if key not in kept:
            kept.setdefault(key, (function(self, **arguments), threading.Lock()))
        generator, lock = kept[key]
        cherrypy.response.headers["Content-Type"] = "application/json"
        with lock:
            try:
                answer = {"state": "ready", "content": next(generator)}
            except StopIteration:
                kept.pop(key, None)
                answer = {"state": "done", "content": None}
        return json.dumps(answer).encode()

    return handler


class Site:
    @cherrypy.expose
    @cherrypy.tools.json_out()
    def hello(self) -> Dict[str, Any]:
        return HELLO

    @cherrypy.expose
    @json_yield
    def pull(self) -> Iterator[int]:
        yield from itertools.count(1)


def main() -> None:
    place = place_from_arguments()
    cherrypy.config.update({
        "server.socket_host": "127.0.0.1",
        "server.socket_port": place.port,
        "server.socket_queue_size": BACKLOG,
        "log.screen": False,
        "engine.autoreload.on": False,
        "checker.on": False,
    })
    cherrypy.log.access_log.disabled = True
    cherrypy.quickstart(Site(), "/", {
        "/static": {"tools.staticdir.on": True, "tools.staticdir.dir": os.path.abspath(place.folder)},
    })


if __name__ == "__main__":
    main()
