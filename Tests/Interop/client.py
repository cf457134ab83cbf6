"""A client whose URLs are paths of the server under test."""

from __future__ import annotations

import requests

from Harness.server import Server


class Client(requests.Session):
    """A `requests` session whose URLs are paths of the server."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.trust_env = False

    def request(self, method, url, **options):  # type: ignore[no-untyped-def, override]
        options.setdefault("timeout", 30)
        return super().request(method, self.server.url + url, **options)

    def open(self, path: str) -> str:
        """Opens a stream and answers its key."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert list(body) == ["key"], body
        return str(body["key"])

    def pull(self, key: str, query: str = "") -> object:
        answer = self.get(f"/stream/{key}{query}")
        assert answer.status_code == 200, answer.text
        return answer.json()
