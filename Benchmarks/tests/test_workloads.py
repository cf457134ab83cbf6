"""What the workloads ask of the generator and the peers."""
from __future__ import annotations

import asyncio
import re
import unittest
from types import SimpleNamespace
from typing import Any, List

from contract import Counters, Signal
from harness import catalog, dialects, parked
from harness.cases import LoadCase, Settings
from harness.errors import MeasurementError
from harness.fanout import FanoutCase, IdleSubscribersCase
from harness.server import Route


def unspelled(text: str) -> bytes:
    """What the generator makes of its notation."""
    return re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found.group(1), 16)]), text.encode())


class Dialects(unittest.TestCase):
    def test_any_bytes_can_be_spelled(self) -> None:
        content = bytes(range(256))
        self.assertEqual(unspelled(dialects.spelled(content)), content)
        self.assertEqual(dialects.spelled(b'{"a":1}\\\n'), '{"a":1}\\x5c\\x0a')

    def test_a_publication_has_its_size_and_one_marker(self) -> None:
        self.assertEqual(len(dialects.payload()), 200)
        for dialect in (dialects.TANGOR_FAN, dialects.ROOM, dialects.BARE_FAN, dialects.MQTT_FAN, dialects.NATS_FAN):
            sent = unspelled(dialect.publication)
            self.assertEqual(sent.count(b"@"), 2)
            self.assertIn(dialects.MARKER, sent)
            self.assertGreaterEqual(len(sent), 200)

    def test_requests_and_notifications(self) -> None:
        self.assertEqual(dialects.json_rpc("m", {"a": [1]}, 3), '{"jsonrpc":"2.0","id":3,"method":"m","params":{"a":[1]}}')
        self.assertNotIn('"id"', dialects.json_rpc("m", {}))

    def test_an_mqtt_packet_tells_its_length_in_groups_of_seven_bits(self) -> None:
        self.assertEqual(dialects.mqtt_packet(0x30, b"ab"), b"\x30\x02ab")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(127))[:2], b"\x30\x7f")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(128))[:3], b"\x30\x80\x01")
        self.assertEqual(dialects.mqtt_packet(0x30, bytes(321))[:3], b"\x30\xc1\x02")
        self.assertEqual(dialects.MQTT_CONNECT, bytes.fromhex("100c00044d5154540402") + bytes(4))

    def test_small_values_in_message_pack(self) -> None:
        self.assertEqual(dialects.message_pack({"a": [1, "bc"], "d": {}}), b"\x82\xa1a\x92\x01\xa2bc\xa1d\x80")
        for value in (-1, 128, 1.5, "x" * 32, [0] * 16):
            with self.assertRaises(ValueError):
                dialects.message_pack(value)

    def test_a_wslink_message_is_one_chunk(self) -> None:
        message = dialects.wslink_message("rpc:c1:7", "m", [])
        self.assertEqual(int.from_bytes(message[4:8], "little"), 0)
        self.assertEqual(int.from_bytes(message[8:12], "little"), len(message) - 12)

    def test_the_echo_beside_the_calls_is_as_long(self) -> None:
        self.assertEqual(len(dialects.SAME_SIZE_ECHO.message), len(unspelled(dialects.TANGOR_CALL.message)))


class Fanout(unittest.TestCase):
    server: Any = SimpleNamespace(url=lambda route, scheme: f"{scheme}://h{route.path}")
    settings = Settings(seconds=2, warm=1)

    def words(self, case: FanoutCase, dialect: dialects.Dialect) -> str:
        return " ".join(case.arguments(self.server, Route("/fan", dialect=dialect), self.settings))

    def test_the_generator_is_asked_for_the_case(self) -> None:
        room = dialects.Dialect(ready_on="in", publication="P", publish_path="/in")
        self.assertEqual(
            self.words(FanoutCase("x", "", subscribers=5, window=16), room),
            "fanout ws://h/fan -c 5 --sources 20 --timeout 30 -d 2 --warm 1 --ready-on in --pub ws://h/in --pub-msg P --window 16")
        self.assertTrue(self.words(FanoutCase("x", "", pace=200), room).endswith(" --rate 200"))

    def test_both_sides_introduce_themselves(self) -> None:
        dialect = dialects.Dialect(("hi",), "ok", publication="P", publisher_greetings=("me",), publisher_ready_on="go",
                                   subprotocol="p", binary=True)
        words = self.words(FanoutCase("x", ""), dialect)
        self.assertIn(" --binary --init-binary --proto p --init hi --ready-on ok --pub ws://h/fan ", words)
        self.assertIn(" --pub-msg P --pub-binary --pub-init me --pub-ready-on go ", words)

    def test_idle_subscribers_are_weighed_after_a_first_fan_out(self) -> None:
        words = IdleSubscribersCase("x", "").first_words(self.server, Route("/fan", dialect=dialects.ROOM))
        self.assertEqual((words[0], words[3]), ("fanout", "16"))

    def test_a_call_is_sent_as_its_dialect_says(self) -> None:
        route = Route("/call", expect="9", dialect=dialects.Dialect(("hi",), "ok", message="call me"))
        words = LoadCase("x", "", mode="echo").arguments(self.server, route, self.settings)
        self.assertEqual(words[-8:], ["--init", "hi", "--ready-on", "ok", "--msg", "call me", "--expect", "9"])


class Parked(unittest.TestCase):
    route = Route("/signal/abc", expect='"released"', release="POST:/signal/abc", count="/healthz?verbose#/signals/waiting")

    def test_the_generator_is_asked_for_the_case(self) -> None:
        server: Any = SimpleNamespace(url=lambda route, scheme="http": f"{scheme}://h{route.path}")
        words = parked.ParkedCase("x", "").arguments(server, self.route, 7)
        self.assertEqual(" ".join(words), 'park http://h/signal/abc -c 7 --sources 20 --settle 0 --timeout 60.0 --expect "released" '
                         '--release http://h/signal/abc --release-method POST --release-body "released"')

    def test_a_pointer_leads_to_a_number(self) -> None:
        self.assertEqual(parked.member({"signals": {"waiting": 3}}, "/signals/waiting"), 3)
        for document in ({"signals": {}}, {"signals": 3}, [], {"signals": {"waiting": True}}, {"signals": {"waiting": "3"}}):
            with self.assertRaises(MeasurementError):
                parked.member(document, "/signals/waiting")

    def test_figures_of_a_release(self) -> None:
        told = {"max_us": 250_000.0, "p50_us": 125_000.0, "cpu": 0.5, "parked_s": 1.5}
        sample = parked.parked_sample(told, count=1000, before=10_000_000, during=15_000_000, used=0.02)
        self.assertEqual((sample["bytes"], sample["last_ms"], sample["middle_ms"], sample["cpu_us"], sample["connect"]),
                         (5000.0, 250.0, 125.0, 20.0, 1.5))
        self.assertLessEqual({column.key for column in parked.ParkedCase("x", "").columns}, set(sample))

    def test_who_offers_a_wait_tells_how_to_count_and_to_release(self) -> None:
        peers = [route for _, offered in catalog.PYTHON_PEERS.values() for route in offered.get("wait", ())]
        routes = [*catalog.TANGOR_ROUTES["wait"], *peers]
        self.assertEqual(len(routes), 7)
        for route in routes:
            self.assertRegex(route.count, "^/[^#]+#/")
            self.assertRegex(route.release, "^POST:/")
            self.assertIn(parked.MESSAGE, route.expect)


class Peers(unittest.TestCase):
    def test_a_signal_wakes_all_in_their_order(self) -> None:
        async def scene() -> List[Any]:
            signal, woken = Signal(), []

            async def waiter(name: str) -> None:
                woken.append((name, await signal.wait()))

            tasks = [asyncio.ensure_future(waiter(name)) for name in "abc"]
            while signal.waiting < 3:
                await asyncio.sleep(0)
            tasks[1].cancel()
            while signal.waiting > 2:
                await asyncio.sleep(0)
            count = signal.send("now")
            await asyncio.gather(*tasks, return_exceptions=True)
            return [count, signal.waiting, *woken]

        self.assertEqual(asyncio.run(scene()), [2, 0, ("a", "now"), ("c", "now")])

    def test_each_key_has_its_own_generator(self) -> None:
        counters = Counters()
        self.assertEqual([counters.pull(key) for key in "aab"], [f'{{"state": "ready", "content": {n}}}' for n in (1, 2, 1)])
