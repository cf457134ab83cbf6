import assert from "node:assert/strict";
import { test } from "node:test";
import { MessagePackError, decode, encode } from "../../../Browser/msgpack.js";

const hex = (text) => Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const bytes = (...parts) => Uint8Array.from(parts.flat());

test("what other writers write is read", () => {
  for (const [text, value] of [
    ["00", 0], ["7f", 127], ["ff", -1], ["e0", -32], ["c0", null], ["c2", false], ["c3", true],
    ["ccff", 255], ["cd0100", 256], ["ce00010000", 65_536], ["ceffffffff", 4_294_967_295], ["cf0000000100000000", 4_294_967_296],
    ["cf001fffffffffffff", Number.MAX_SAFE_INTEGER], ["cf0020000000000000", 9_007_199_254_740_992n], ["cfffffffffffffffff", 2n ** 64n - 1n],
    ["d080", -128], ["d18000", -32_768], ["d280000000", -2_147_483_648], ["d3ffffffff00000000", -4_294_967_296], ["d38000000000000000", -(2n ** 63n)],
    ["ca3fc00000", 1.5], ["cb3ff8000000000000", 1.5], ["cb7ff0000000000000", Infinity],
    ["a0", ""], ["a161", "a"], ["a4f09f9880", "😀"], ["d903c3bc61", "üa"], ["da0001" + "62", "b"], ["db00000001" + "63", "c"],
    ["90", []], ["920102", [1, 2]], ["dc0001c0", [null]], ["dd00000001c3", [true]],
    ["80", {}], ["81a161a162", { a: "b" }], ["de0001a16101", { a: 1 }], ["df00000001a16102", { a: 2 }], ["810102", { 1: 2 }],
    ["c403010203", hex("010203")], ["c5000101", hex("01")], ["c60000000101", hex("01")], ["c400", hex("")],
    ["d40501", { type: 5, data: hex("01") }], ["d6ff00000001", { type: -1, data: hex("00000001") }], ["c7020501ff", { type: 5, data: hex("01ff") }],
    ["d8ff" + "00".repeat(16), { type: -1, data: hex("00".repeat(16)) }],
  ]) {
    assert.deepEqual(decode(hex(text)), value, text);
  }
  assert.ok(Number.isNaN(decode(hex("cb7ff8000000000000"))));
  assert.ok(Object.is(decode(hex("cb8000000000000000")), -0));
});

test("binary values are views of what came", () => {
  const whole = hex("c403010203");
  assert.equal(decode(whole).buffer, whole.buffer);
});

test("a name of JavaScript's own changes no prototype", () => {
  const value = decode(encode(JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')));
  assert.deepEqual([Object.keys(value), value.polluted, {}.polluted], [["__proto__", "constructor"], undefined, undefined]);
});

test("every value comes back, at each length where its form changes", () => {
  for (const length of [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536, 70_000]) {
    for (const value of ["x".repeat(length), new Uint8Array(length).fill(7), Array.from({ length }, (_, index) => index % 5),
      Object.fromEntries(Array.from({ length: Math.min(length, 70_000) }, (_, index) => [`n${index}`, index]))]) {
      assert.deepEqual(decode(encode(value)), value);
    }
  }
  for (let exponent = 0; exponent < 64; exponent += 1) {
    for (const value of [2 ** exponent, -(2 ** exponent), 2 ** exponent - 1, 1 - 2 ** exponent].filter(Number.isSafeInteger)) {
      assert.deepEqual(decode(encode(value)), value === 0 ? 0 : value, String(value));
    }
  }
  for (const value of [0.1, -1e300, Infinity, 2 ** 60, 2n ** 64n - 1n, -(2n ** 63n), null, [[{ a: [] }]], "grüße 😀"]) assert.deepEqual(decode(encode(value)), value);
  assert.deepEqual(decode(encode({ a: undefined, b: [undefined] })), { b: [null] });
  assert.deepEqual(decode(encode(new Float32Array([1]).buffer)), hex("0000803f"));
});

test("what cannot be written is refused", () => {
  const round = [];
  round.push(round);
  for (const value of [round, () => 1, Symbol("a"), 2n ** 64n, -(2n ** 63n) - 1n]) assert.throws(() => encode(value), MessagePackError);
});

test("bytes that are cut off or go on, in any place", () => {
  const whole = encode({ a: [1, "text", new Uint8Array(300), { b: 1.5, c: -70_000 }], d: "é".repeat(40) });
  for (let length = 0; length < whole.length; length += 1) assert.throws(() => decode(whole.subarray(0, length)), MessagePackError, String(length));
  assert.throws(() => decode(bytes([...whole], 0)), MessagePackError);
});

test("lengths that are not true, and depths that nobody needs, cost nothing", () => {
  for (const text of ["ddffffffff", "dfffffffff01", "c6ffffffff00", "dbffffffff00", "c9ffffffff00", "c1", "81c001", ""]) {
    assert.throws(() => decode(hex(text)), MessagePackError, text);
  }
  assert.throws(() => decode(new Uint8Array(100_000).fill(0x91)), MessagePackError);
});

test("arbitrary bytes give a value or the error", () => {
  let seed = 5;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647);
  for (let round = 0; round < 20_000; round += 1) {
    const data = Uint8Array.from({ length: random() % 40 }, () => random() & 255);
    try {
      decode(data);
    } catch (error) {
      assert.ok(error instanceof MessagePackError, String(error));
    }
  }
});
