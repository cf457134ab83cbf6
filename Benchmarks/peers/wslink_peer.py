"""wslink, with one exported method on the web server that it comes with."""
from __future__ import annotations

from wslink import register, server
from wslink.websocket import LinkProtocol, ServerProtocol

from contract import place_from_arguments


class Sample(LinkProtocol):
    @register("bench.test_sum")
    def test_sum(self, a: int, b: int) -> int:
        return a + b


class Protocol(ServerProtocol):
    def initialize(self) -> None:
        self.registerLinkProtocol(Sample())
        self.updateSecret("wslink-secret")


def main() -> None:
    place = place_from_arguments()
    server.start(["--host", "127.0.0.1", "--port", str(place.port), "--timeout", "0"], protocol=Protocol)


if __name__ == "__main__":
    main()
