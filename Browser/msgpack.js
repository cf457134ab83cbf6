// MessagePack, as programs with wslink speak it. Bytes are taken as they are, not copied.

/** How deep arrays and maps may stand in one another. */
const maxDepth = 64;
const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
const utf8 = new TextEncoder();

/** The bytes are not MessagePack, or more deeply nested than anybody needs. */
export class MessagePackError extends Error {}

/**
 * Reads one value.
 *
 * @param {Uint8Array} bytes
 * @returns {any} maps as objects, binary values as views of `bytes`, whole numbers beyond JavaScript's as `bigint`,
 *   extensions as `{type, data}`
 */
export function decode(bytes) {
  const reader = new Reader(bytes);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new MessagePackError(`${bytes.length - reader.at} bytes are left behind the value.`);
  return value;
}

class Reader {
  at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * Takes bytes.
   *
   * @param {number} count
   * @returns {number} where they begin
   */
  take(count) {
    const start = this.at;
    if (count > this.bytes.length - start) throw new MessagePackError("The bytes end within a value.");
    this.at = start + count;
    return start;
  }

  /** @param {number} size of a length: 1, 2 or 4 bytes */
  length(size) {
    const start = this.take(size);
    return size === 1 ? this.view.getUint8(start) : size === 2 ? this.view.getUint16(start) : this.view.getUint32(start);
  }

  /**
   * @param {number} depth
   * @returns {any}
   */
  value(depth) {
    if (depth > maxDepth) throw new MessagePackError(`The value is nested more than ${maxDepth} deep.`);
    const kind = this.bytes[this.take(1)];
    if (kind < 0x80) return kind;
    if (kind < 0x90) return this.map(kind & 0x0f, depth);
    if (kind < 0xa0) return this.array(kind & 0x0f, depth);
    if (kind < 0xc0) return this.text(kind & 0x1f);
    if (kind >= 0xe0) return kind - 0x100;
    switch (kind) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.binary(this.length(1 << (kind - 0xc4)));
      case 0xc7: case 0xc8: case 0xc9: return this.extension(this.length(1 << (kind - 0xc7)));
      case 0xca: return this.view.getFloat32(this.take(4));
      case 0xcb: return this.view.getFloat64(this.take(8));
      case 0xcc: case 0xcd: case 0xce: return this.length(1 << (kind - 0xcc));
      case 0xcf: return whole(this.view.getBigUint64(this.take(8)));
      case 0xd0: return this.view.getInt8(this.take(1));
      case 0xd1: return this.view.getInt16(this.take(2));
      case 0xd2: return this.view.getInt32(this.take(4));
      case 0xd3: return whole(this.view.getBigInt64(this.take(8)));
      case 0xd4: case 0xd5: case 0xd6: case 0xd7: case 0xd8: return this.extension(1 << (kind - 0xd4));
      case 0xd9: case 0xda: case 0xdb: return this.text(this.length(1 << (kind - 0xd9)));
      case 0xdc: case 0xdd: return this.array(this.length(kind === 0xdc ? 2 : 4), depth);
      case 0xde: case 0xdf: return this.map(this.length(kind === 0xde ? 2 : 4), depth);
      default: throw new MessagePackError("The byte 0xc1 begins no value.");
    }
  }

  /** @param {number} size */
  binary(size) {
    const start = this.take(size);
    return this.bytes.subarray(start, start + size);
  }

  /** @param {number} size */
  text(size) {
    return text.decode(this.binary(size));
  }

  /** @param {number} size */
  extension(size) {
    const type = this.view.getInt8(this.take(1));
    return { type, data: this.binary(size) };
  }

  /**
   * @param {number} count
   * @param {number} depth
   */
  array(count, depth) {
    // Each element takes a byte at least: a count that cannot be true costs nothing.
    if (count > this.bytes.length - this.at) throw new MessagePackError("The bytes end within an array.");
    const values = [];
    for (let index = 0; index < count; index += 1) values.push(this.value(depth + 1));
    return values;
  }

  /**
   * @param {number} count
   * @param {number} depth
   */
  map(count, depth) {
    if (2 * count > this.bytes.length - this.at) throw new MessagePackError("The bytes end within a map.");
    /** @type {Record<string, any>} */ const entries = {};
    for (let index = 0; index < count; index += 1) {
      const name = this.value(depth + 1);
      if (typeof name !== "string" && typeof name !== "number") throw new MessagePackError("A map has a name that is no text.");
      const value = this.value(depth + 1);
      if (name === "__proto__") Object.defineProperty(entries, name, { value, enumerable: true, configurable: true, writable: true });
      else entries[name] = value;
    }
    return entries;
  }
}

/** @param {bigint} value */
function whole(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Writes a value: null, truth values, numbers, `bigint`, text, bytes, arrays, and objects' own properties. `undefined` is written as
 * null; an object's property that is undefined is left out.
 *
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function encode(value) {
  const writer = new Writer();
  writer.value(value, 0);
  return writer.bytes.slice(0, writer.at);
}

class Writer {
  bytes = new Uint8Array(256);
  view = new DataView(this.bytes.buffer);
  at = 0;

  /**
   * Makes room.
   *
   * @param {number} count bytes
   * @returns {number} where they begin
   */
  grow(count) {
    const start = this.at;
    const end = start + count;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.bytes.length));
      larger.set(this.bytes.subarray(0, start));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.at = end;
    return start;
  }

  /** @param {number} byte */
  byte(byte) {
    // Room first: it may replace the bytes.
    const start = this.grow(1);
    this.bytes[start] = byte;
  }

  /**
   * A kind with a length.
   *
   * @param {number} length
   * @param {{fixed?: [number, number], small?: number, medium: number, large: number}} kinds `fixed`: the kind and what it holds at most
   */
  head(length, { fixed, small, medium, large }) {
    if (fixed !== undefined && length <= fixed[1]) return this.byte(fixed[0] | length);
    if (small !== undefined && length < 0x100) {
      this.byte(small);
      return this.byte(length);
    }
    if (length < 0x10000) {
      this.byte(medium);
      const start = this.grow(2);
      return this.view.setUint16(start, length);
    }
    if (length > 0xffffffff) throw new MessagePackError("A value of more than 4 GiB cannot be written.");
    this.byte(large);
    const start = this.grow(4);
    this.view.setUint32(start, length);
  }

  /** @param {Uint8Array} bytes */
  raw(bytes) {
    const start = this.grow(bytes.length);
    this.bytes.set(bytes, start);
  }

  /**
   * @param {any} value
   * @param {number} depth
   */
  value(value, depth) {
    if (depth > maxDepth) throw new MessagePackError(`The value is nested more than ${maxDepth} deep.`);
    if (value === null || value === undefined) return this.byte(0xc0);
    if (typeof value === "boolean") return this.byte(value ? 0xc3 : 0xc2);
    if (typeof value === "number") return this.number(value);
    if (typeof value === "bigint") return this.bigint(value);
    if (typeof value === "string") {
      const bytes = utf8.encode(value);
      this.head(bytes.length, { fixed: [0xa0, 31], small: 0xd9, medium: 0xda, large: 0xdb });
      return this.raw(bytes);
    }
    if (value instanceof ArrayBuffer) return this.binary(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) return this.binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (Array.isArray(value)) {
      this.head(value.length, { fixed: [0x90, 15], medium: 0xdc, large: 0xdd });
      for (const element of value) this.value(element, depth + 1);
      return;
    }
    if (typeof value !== "object") throw new MessagePackError(`A ${typeof value} cannot be written.`);
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    this.head(entries.length, { fixed: [0x80, 15], medium: 0xde, large: 0xdf });
    for (const [name, entry] of entries) {
      this.value(name, depth + 1);
      this.value(entry, depth + 1);
    }
  }

  /** @param {Uint8Array} bytes */
  binary(bytes) {
    this.head(bytes.length, { small: 0xc4, medium: 0xc5, large: 0xc6 });
    this.raw(bytes);
  }

  /** @param {number} value */
  number(value) {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
      this.byte(0xcb);
      const start = this.grow(8);
      this.view.setFloat64(start, value);
    } else if (value >= -32 && value < 0x80) {
      this.byte(value & 0xff);
    } else if (value >= -0x80000000 && value < 0x80000000) {
      this.byte(0xd2);
      const start = this.grow(4);
      this.view.setInt32(start, value);
    } else {
      this.bigint(BigInt(value));
    }
  }

  /** @param {bigint} value */
  bigint(value) {
    if (value >= 1n << 64n || value < -(1n << 63n)) throw new MessagePackError(`${value} has more than 64 bits.`);
    this.byte(value < 0n ? 0xd3 : 0xcf);
    const start = this.grow(8);
    this.view.setBigUint64(start, BigInt.asUintN(64, value));
  }
}
