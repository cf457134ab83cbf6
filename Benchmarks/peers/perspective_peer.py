"""The official engine behind its own Tornado handler, as its documentation sets it up: `perspective_peer.py PORT`."""
from __future__ import annotations

import asyncio
import sys

import perspective
import tornado.web
from perspective.handlers.tornado import PerspectiveTornadoHandler

LIMIT = 2 << 30  # bytes of a message; Tornado's own limit is below what the tables take


class Handler(PerspectiveTornadoHandler):
    def open(self) -> None:
        self.set_nodelay(True)
        super().open()


async def serve(port: int) -> None:
    server = perspective.Server()
    application = tornado.web.Application(
        [(r"/websocket", Handler, {"perspective_server": server, "max_buffer_size": LIMIT})], websocket_max_message_size=LIMIT)
    application.listen(port, "127.0.0.1", max_buffer_size=LIMIT)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
