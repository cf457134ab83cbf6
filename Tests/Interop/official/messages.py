"""Just enough of protobuf's encoding to write a request of Perspective's protocol and to read what a reply is about."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Tuple, Union

Value = Union[int, str, bytes, bool]

# Members of the envelope's `oneof`, by what they ask for; a reply carries the number of its request.
FEATURES, HOSTED_TABLES, MAKE_PORT, MAKE_VIEW, SCHEMA, SIZE = 3, 4, 5, 6, 7, 8
VALIDATE_EXPRESSIONS, COLUMN_PATHS, DELETE_VIEW, DIMENSIONS, EXPRESSION_SCHEMA, VIEW_CONFIG, VIEW_SCHEMA = 9, 10, 11, 12, 13, 14, 15
TO_ARROW, SYSTEM_INFO, MIN_MAX, ON_UPDATE, TO_COLUMNS, TO_CSV, TO_ROWS = 16, 17, 20, 21, 24, 25, 26
MAKE_TABLE, DELETE_TABLE, ON_TABLE_DELETE, REMOVE_ROWS, REPLACE, UPDATE, ON_VIEW_DELETE = 27, 28, 29, 31, 32, 33, 34
TO_NDJSON, ON_REMOVE, DESCRIBE, ERROR = 36, 39, 41, 50


def varint(number: int) -> bytes:
    """A number in seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, value: Value) -> bytes:
    """A field of a message: an integer or a truth value as a varint, text and bytes with their length before them."""
    if isinstance(value, int):
        return varint(number << 3) + varint(int(value))
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def request(msg_id: int, member: int, body: bytes = b"", entity: str = "") -> bytes:
    """A whole request."""
    return field(1, msg_id) + (field(2, entity) if entity else b"") + field(member, body)


def _read_varint(data: memoryview, start: int) -> Tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[start]
        start += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, start
        shift += 7


def fields(data: Union[bytes, memoryview]) -> Iterator[Tuple[int, Union[int, memoryview]]]:
    """The fields of a message in their order; of the kinds that this protocol has no need of, none may stand in it."""
    view, at = memoryview(data), 0
    while at < len(view):
        tag, at = _read_varint(view, at)
        if tag & 7 == 0:
            number, at = _read_varint(view, at)
            yield tag >> 3, number
        elif tag & 7 == 2:
            size, at = _read_varint(view, at)
            yield tag >> 3, view[at:at + size]
            at += size
        elif tag & 7 == 1:
            yield tag >> 3, view[at:at + 8]
            at += 8
        else:
            raise ValueError(f"a field of the kind {tag & 7}")


class Envelope(NamedTuple):
    """What a request or a reply is about."""

    msg_id: int
    entity: str
    member: int
    body: bytes

    @property
    def error(self) -> str:
        """The text of a reply that says what went wrong; empty for any other."""
        return self.text(1) if self.member == ERROR else ""

    def text(self, number: int) -> str:
        """A text field of the body; empty when it is not there."""
        return next((bytes(value).decode() for found, value in fields(self.body) if found == number and not isinstance(value, int)), "")

    def number(self, number: int) -> int:
        """A varint field of the body; 0 when it is not there, as the encoding leaves out zeros."""
        return next((value for found, value in fields(self.body) if found == number and isinstance(value, int)), 0)


def envelope(data: Union[bytes, memoryview]) -> Envelope:
    """Reads a request's or a reply's envelope."""
    msg_id, entity, member, body = 0, "", 0, b""
    for number, value in fields(data):
        if isinstance(value, int):
            msg_id = value if number == 1 else msg_id
        elif number == 2:
            entity = bytes(value).decode()
        else:
            member, body = number, bytes(value)
    return Envelope(msg_id, entity, member, body)
