"""Writes arrow.ndjson and arrow-refused.ndjson: Arrow data made by pyarrow, and what Tangor makes of it.

    python make_arrow.py        (with pyarrow; made with 26.0.1)
"""

import base64
import datetime as dt
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

import pyarrow as pa
import pyarrow.ipc as ipc

Tables = Union[pa.Table, List[pa.Table]]
Fixtures = Dict[str, Tuple[bytes, str, str]]


def write(make: Any, tables: Tables, options: Optional[ipc.IpcWriteOptions]) -> bytes:
    parts = tables if isinstance(tables, list) else [tables]
    sink = io.BytesIO()
    with make(sink, parts[0].schema, options=options) as writer:
        for part in parts:
            writer.write(part)
    return sink.getvalue()


def stream(tables: Tables, options: Optional[ipc.IpcWriteOptions] = None) -> bytes:
    return write(ipc.new_stream, tables, options)


def file(tables: Tables) -> bytes:
    return write(ipc.new_file, tables, None)


def coded(indices: Any, values: Any) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(indices, values)


def readable() -> Fixtures:
    fixtures: Fixtures = {}
    days = [dt.date(2020, 1, 2), None, dt.date(1969, 12, 31)]
    every = pa.table({
        "i8": pa.array([1, None, -128], pa.int8()),
        "i16": pa.array([1, None, -32768], pa.int16()),
        "i32": pa.array([1, 2, 3], pa.int32()),
        "i64": pa.array([1, None, 2**62], pa.int64()),
        "u8": pa.array([1, None, 255], pa.uint8()),
        "u16": pa.array([1, 2, 65535], pa.uint16()),
        "u32": pa.array([1, 2, 2**32 - 1], pa.uint32()),
        "u64": pa.array([1, 2, 2**64 - 1], pa.uint64()),
        "f32": pa.array([0.5, None, -1.25], pa.float32()),
        "f64": pa.array([0.1, float("nan"), None], pa.float64()),
        "b": pa.array([True, None, False]),
        "s": pa.array(["é", "", None]),
        "ls": pa.array(["x", None, "yz"], pa.large_utf8()),
        "bin": pa.array([b"q", b"", None], pa.binary()),
        "d32": pa.array(days, pa.date32()),
        "d64": pa.array(days, pa.date64()),
        "ts": pa.array([1, None, -1], pa.timestamp("s")),
        "tms": pa.array([1, None, -1], pa.timestamp("ms", "America/New_York")),
        "tus": pa.array([1500, None, -1], pa.timestamp("us")),
        "tns": pa.array([1500000, None, -1], pa.timestamp("ns")),
        "t32": pa.array([5, None, 7], pa.time32("ms")),
        "dec": pa.array([Decimal("1.25"), None, Decimal("-12345678901234567890.12")], pa.decimal128(30, 2)),
        "n": pa.nulls(3),
    })
    expected = "; ".join([
        "i8 int8 1,null,-128", "i16 int16 1,null,-32768", "i32 int32 1,2,3", "i64 int64 1,null,4611686018427387904",
        "u8 uint8 1,null,255", "u16 uint16 1,2,65535", "u32 uint32 1,2,4294967295", "u64 uint64 1,2,18446744073709551615",
        "f32 float32 0.5,null,-1.25", "f64 float64 0.1,nan,null", "b boolean true,null,false", "s string é,,null",
        "ls string x,null,yz", "bin string q,,null", "d32 date 2020-01-02,null,1969-12-31",
        "d64 date 2020-01-02,null,1969-12-31", "ts datetime 1000,null,-1000", "tms datetime 1,null,-1",
        "tus datetime 1,null,-1", "tns datetime 1,null,-1", "t32 uint32 5,null,7",
        "dec float64 1.25,null,-1.2345678901234567e+19", "n null null,null,null",
    ])
    fixtures["every type"] = (stream(every), "zip", expected)
    fixtures["every type, file"] = (file(every), "zip", expected)

    two = pa.table({"a": pa.chunked_array([[1, 2], [None]], pa.int64()), "s": pa.chunked_array([["x", None], ["y"]])})
    fixtures["two batches"] = (stream(two), "zip", "a int64 1,2,null; s string x,null,y")
    fixtures["two batches, file"] = (file(two), "zip", "a int64 1,2,null; s string x,null,y")
    old = ipc.IpcWriteOptions(use_legacy_format=True)
    fixtures["old framing"] = (stream(two, old), "zip", "a int64 1,2,null; s string x,null,y")
    fixtures["sliced"] = (
        stream(every.slice(1, 1).select(["i8", "i32", "s", "b", "u16"])), "zip",
        "i8 int8 null; i32 int32 2; s string ; b boolean null; u16 uint16 2")
    schema = pa.schema([
        ("a", pa.int64()), ("s", pa.utf8()), ("l", pa.list_(pa.int8())), ("t", pa.struct([("x", pa.bool_())])),
        ("d", pa.dictionary(pa.int32(), pa.utf8())),
    ])
    fixtures["no rows"] = (stream(schema.empty_table()), "zip", "a int64 ; s string ; l int8 ; t.x boolean ; d string ")
    fixtures["no columns"] = (stream(pa.table({})), "zip", "")

    encoded = pa.table({
        "d": pa.array(["x", "y", None, "x"]).dictionary_encode(),
        "e": coded(pa.array([1, 0, None, 2], pa.uint8()), pa.array(["p", None, "q"])),
        "f": coded(pa.array([1, 0, None, 1], pa.int64()), pa.array([10, 20])),
        "g": coded(pa.array([0, 0, 0, 0], pa.int16()), pa.array(["L"], pa.large_utf8())),
    })
    expected = "d string x,y,null,x; e string null,p,null,q; f int64 20,10,null,20; g string L,L,L,L"
    fixtures["dictionaries"] = (stream(encoded), "zip", expected)
    fixtures["dictionaries, file"] = (file(encoded), "zip", expected)
    first, second, third = (
        pa.table({"d": coded(indices, values)})
        for indices, values in [([0, 1], ["a", "b"]), ([2, 0], ["a", "b", "c"]), ([0, 1], ["z", "b"])])
    deltas = ipc.IpcWriteOptions(emit_dictionary_deltas=True)
    fixtures["delta dictionary"] = (stream([first, second], deltas), "zip", "d string a,b,c,a")
    fixtures["replaced dictionary"] = (stream([first, second, third]), "zip", "d string a,b,c,a,z,b")

    inner = pa.struct([("y", pa.utf8())])
    structures = pa.table({
        "p": pa.array([{"x": 1, "q": {"y": "a"}}, None, {"x": None, "q": None}], pa.struct([("x", pa.int32()), ("q", inner)])),
    })
    fixtures["structures"] = (stream(structures), "zip", "p.x int32 1,null,null; p.q.y string a,null,null")
    lists = pa.table({
        "k": pa.array([1, 2, 3, 4], pa.int32()), "l": pa.array([[10, 20], [], None, [30]], pa.list_(pa.int64())),
    })
    fixtures["lists, zip"] = (stream(lists), "zip", "k int32 1,1,2,3,4; l int64 10,20,null,null,30")
    fixtures["lists, stringify"] = (stream(lists), "stringify", "k int32 1,2,3,4; l string [10,20],[],null,[30]")
    pair = pa.table({
        "a": pa.array([[1, 2]], pa.list_(pa.int32())), "b": pa.array([[3, 4, 5]], pa.large_list(pa.int32())), "c": ["x"],
    })
    fixtures["lists, cartesian"] = (
        stream(pair), "cartesian", "a int32 1,1,1,2,2,2; b int32 3,4,5,3,4,5; c string x,x,x,x,x,x")
    element = pa.struct([("b", pa.int32()), ("c", pa.list_(pa.utf8()))])
    composed = pa.table({
        "a": pa.array([[{"b": 1, "c": ["u", "v"]}, {"b": 2, "c": ["w"]}], None], pa.list_(element)),
    })
    fixtures["lists of structures"] = (stream(composed), "zip", "a.b int32 1,1,2,null; a.c string u,v,w,null")
    fixtures["lists of structures, stringify"] = (
        stream(composed), "stringify", 'a string [{"b":1,"c":["u","v"]},{"b":2,"c":["w"]}],null')
    nested = pa.table({
        "a": pa.array([[["x\n", None]], [[]]], pa.list_(pa.list_(pa.utf8()))),
        "f": pa.array([[1.0, 0.5], [None]], pa.list_(pa.float64())),
        "d": pa.array([[dt.date(2020, 1, 2)], []], pa.list_(pa.date32())),
    })
    fixtures["nested lists, stringify"] = (
        stream(nested), "stringify", 'a string [["x\\n",null]],[[]]; f string [1.0,0.5],[null]; d string ["2020-01-02"],[]')
    fixtures["nested lists, zip"] = (stream(nested.select(["a"])), "zip", "a string x\n,null,null")
    return fixtures


def refused() -> Fixtures:
    fixtures: Fixtures = {}
    unequal = pa.table({"a": pa.array([[1, 2]]), "b": pa.array([[1]])})
    fixtures["cannot zip"] = (
        stream(unequal), "zip",
        "Cannot zip list columns `a` (2) and `b` (1) of differing length in row 0; use the `cartesian` list flatten mode.")
    types = {
        "halffloat": pa.float16(), "duration": pa.duration("s"), "large_binary": pa.large_binary(),
        "fixed_size_binary": pa.binary(3), "decimal256": pa.decimal256(40, 2), "fixed_size_list": pa.list_(pa.int8(), 2),
        "map": pa.map_(pa.utf8(), pa.int8()), "utf8_view": pa.string_view(),
        "month_day_nano_interval": pa.month_day_nano_interval(),
    }
    for name, kind in types.items():
        data = stream(pa.table({"a": pa.array([None], kind)}))
        fixtures[name] = (data, "zip", f"Could not load arrow column of type `{name}`\n")
    times = stream(pa.table({"a": pa.array([None], pa.time64("us"))}))
    fixtures["time64"] = (times, "zip", "Could not load Arrow column of type `time64[us]`.\n")
    damaged = stream(pa.table({"a": pa.array([b"\xff"], pa.binary())}))
    fixtures["not UTF-8"] = (damaged, "zip", "The text of Arrow column `a` is not valid UTF-8.")
    for codec, name in [("lz4", "LZ4"), ("zstd", "Zstandard")]:
        data = stream(pa.table({"a": list(range(1000))}), ipc.IpcWriteOptions(compression=codec))
        fixtures[f"compressed with {name}"] = (
            data, "zip", f"The Arrow data is compressed with {name}, which this build cannot read; write it without compression.")
    return fixtures


def save(name: str, fixtures: Fixtures) -> None:
    lines = [
        json.dumps(
            {"name": key, "data": base64.b64encode(data).decode(), "lists": lists, "expected": expected}, ensure_ascii=False)
        for key, (data, lists, expected) in fixtures.items()
    ]
    Path(__file__).with_name(name).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    save("arrow.ndjson", readable())
    save("arrow-refused.ndjson", refused())
