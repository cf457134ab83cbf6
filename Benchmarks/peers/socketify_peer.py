"""uWebSockets through its Python binding, socketify."""
from __future__ import annotations

import json
from typing import Any

from socketify import App, AppListenOptions, CompressOptions, OpCode

from contract import HELLO, MESSAGE_LIMIT, Counters, place_from_arguments

counters = Counters()


def hello(response: Any, request: Any) -> None:
    response.write_header("Content-Type", "application/json")
    response.end(json.dumps(HELLO))


def pull(response: Any, request: Any) -> None:
    response.write_header("Content-Type", "application/json")
    response.end(counters.pull(request.get_query("key")))


def echo(socket: Any, message: Any, opcode: Any) -> None:
    socket.send(message, opcode)


def subscribe(socket: Any) -> None:
    socket.subscribe("fan")
    socket.send("subscribed", OpCode.TEXT)


def publish(socket: Any, message: Any, opcode: Any) -> None:
    socket.publish("fan", message, opcode)


def main() -> None:
    place = place_from_arguments()
    app = App()
    app.get("/hello", hello)
    app.get("/pull", pull)
    settings = {
        "compression": CompressOptions.DISABLED,
        "max_payload_length": MESSAGE_LIMIT,
        "max_backpressure": MESSAGE_LIMIT,
        "idle_timeout": 0,
    }
    app.ws("/echo", {**settings, "message": echo})
    app.ws("/fan", {**settings, "open": subscribe})
    app.ws("/fan/publish", {**settings, "message": publish})
    app.listen(AppListenOptions(port=place.port, host="127.0.0.1"), lambda configuration: None)
    app.run()


if __name__ == "__main__":
    main()
