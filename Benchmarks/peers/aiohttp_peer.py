"""aiohttp, with one process on asyncio's own event loop."""
from __future__ import annotations

import hashlib

from aiohttp import WSMsgType, web

from contract import BACKLOG, HELLO, MESSAGE_LIMIT, FIRST_PART, Counters, Signal, place_from_arguments

counters = Counters()
signal = Signal()


async def hello(request: web.Request) -> web.Response:
    return web.json_response(HELLO)


async def pull(request: web.Request) -> web.Response:
    return web.Response(text=counters.pull(request.query["key"]), content_type="application/json")


async def echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False, max_msg_size=MESSAGE_LIMIT)
    await socket.prepare(request)
    async for message in socket:
        if message.type == WSMsgType.TEXT:
            await socket.send_str(message.data)
        elif message.type == WSMsgType.BINARY:
            await socket.send_bytes(message.data)
    return socket


async def digest(request: web.Request) -> web.Response:
    found, length = hashlib.sha256(), 0
    async for chunk in request.content.iter_any():
        found.update(chunk)
        length += len(chunk)
    return web.json_response({"sha256": found.hexdigest(), "length": length})


async def wait_for_signal(request: web.Request) -> web.Response:
    return web.json_response({"name": "abc", "value": await signal.wait()})


async def send_signal(request: web.Request) -> web.Response:
    return web.json_response({"woken": signal.send(await request.json())})


async def waiting(request: web.Request) -> web.Response:
    return web.json_response({"waiting": signal.waiting})


async def wait(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    await response.prepare(request)
    await response.write(FIRST_PART.encode())
    message = await signal.wait()
    await response.write(f"Someone signaled me with this message: {message}".encode())
    return response


def main() -> None:
    place = place_from_arguments()
    application = web.Application()
    application.add_routes([
        web.get("/hello", hello),
        web.get("/pull", pull),
        web.get("/echo", echo),
        web.put("/digest", digest),
        web.get("/signal/abc", wait_for_signal),
        web.post("/signal/abc", send_signal),
        web.get("/waiting", waiting),
        web.get("/wait", wait),
        web.static("/static", place.folder),
    ])
    web.run_app(application, host="127.0.0.1", port=place.port, access_log=None, print=None, backlog=BACKLOG)


if __name__ == "__main__":
    main()
