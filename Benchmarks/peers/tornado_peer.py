"""Tornado, with one process and the handlers of its user's guide."""
from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Callable, Dict, Set, Union

import tornado.web
import tornado.websocket

from contract import BACKLOG, HELLO, MESSAGE_LIMIT, FIRST_PART, Counters, Signal, place_from_arguments

counters = Counters()
signal = Signal()


class Hello(tornado.web.RequestHandler):
    def get(self) -> None:
        self.write(HELLO)


class Pull(tornado.web.RequestHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "application/json")
        self.write(counters.pull(self.get_argument("key")))


class Echo(tornado.websocket.WebSocketHandler):
    def on_message(self, message: Union[str, bytes]) -> None:
        self.write_message(message, binary=isinstance(message, bytes))


class Subscriber(tornado.websocket.WebSocketHandler):
    everyone: Set["Subscriber"] = set()

    def open(self) -> None:
        self.everyone.add(self)
        self.write_message("subscribed")

    def on_close(self) -> None:
        self.everyone.discard(self)


class Publisher(tornado.websocket.WebSocketHandler):
    def on_message(self, message: Union[str, bytes]) -> None:
        for subscriber in Subscriber.everyone:
            subscriber.write_message(message)


class SignalDoor(tornado.web.RequestHandler):
    async def get(self) -> None:
        self.write({"name": "abc", "value": await signal.wait()})

    def post(self) -> None:
        self.write({"woken": signal.send(json.loads(self.request.body))})


class Waiting(tornado.web.RequestHandler):
    def get(self) -> None:
        self.write({"waiting": signal.waiting})


class Wait(tornado.web.RequestHandler):
    async def get(self) -> None:
        self.write(FIRST_PART)
        await self.flush()
        self.write(f"Someone signaled me with this message: {await signal.wait()}")


class Call(tornado.websocket.WebSocketHandler):
    methods: Dict[str, Callable[..., Any]] = {"test_sum": lambda a, b: a + b}

    def on_message(self, message: Union[str, bytes]) -> None:
        request = json.loads(message)
        result = self.methods[request["method"]](*request["arguments"])
        self.write_message(json.dumps({"id": request["id"], "result": result}))


async def main() -> None:
    place = place_from_arguments()
    logging.getLogger("tornado.access").disabled = True
    application = tornado.web.Application([
        (r"/hello", Hello),
        (r"/pull", Pull),
        (r"/echo", Echo),
        (r"/fan", Subscriber),
        (r"/fan/publish", Publisher),
        (r"/signal/abc", SignalDoor),
        (r"/waiting", Waiting),
        (r"/wait", Wait),
        (r"/call", Call),
        (r"/static/(.*)", tornado.web.StaticFileHandler, {"path": place.folder}),
    ], websocket_max_message_size=MESSAGE_LIMIT)
    application.listen(place.port, "127.0.0.1", backlog=BACKLOG)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
