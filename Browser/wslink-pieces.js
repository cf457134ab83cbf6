/** Bytes before each piece: the message's number, where the piece belongs, how long the whole is; little-endian. */
const headLength = 12;
/** Messages that may be under way at once. */
const maxOpen = 64;

/** Puts messages together that a program sends in pieces. Pieces of several messages may alternate; those of one come in order. */
export class Pieces {
  /** @type {Map<number, {whole: Uint8Array, filled: number}>} */ #open = new Map();
  #held = 0;

  /** @param {number} limit bytes of all messages under way together */
  constructor(limit) {
    this.limit = limit;
  }

  /**
   * @param {Uint8Array} piece
   * @returns {Uint8Array | undefined} the whole message, when this was its last piece
   */
  add(piece) {
    if (piece.length < headLength) throw new RangeError("A piece is shorter than its head.");
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    const [number, offset, total] = [view.getUint32(0, true), view.getUint32(4, true), view.getUint32(8, true)];
    const body = piece.subarray(headLength);
    let message = this.#open.get(number);
    if (message === undefined) {
      if (offset === 0 && body.length === total) return body;
      if (total > this.limit - this.#held || this.#open.size >= maxOpen) {
        throw new RangeError(`A message of ${total} bytes is beyond what this page takes.`);
      }
      message = { whole: new Uint8Array(total), filled: 0 };
      this.#open.set(number, message);
      this.#held += total;
    }
    const { whole, filled } = message;
    if (total !== whole.length || offset !== filled || body.length === 0 || body.length > total - filled) {
      throw new RangeError("A piece does not fit behind the one before.");
    }
    whole.set(body, offset);
    message.filled += body.length;
    if (message.filled < total) return undefined;
    this.#open.delete(number);
    this.#held -= total;
    return whole;
  }
}

let count = 0;

/**
 * Cuts a message into pieces.
 *
 * @param {Uint8Array} whole
 * @param {number} limit bytes of a piece with its head
 * @returns {Generator<Uint8Array, void, void>}
 */
export function* cut(whole, limit) {
  count = (count + 1) >>> 0;
  const step = Math.max(limit - headLength, 1);
  for (let offset = 0; offset < whole.length; offset += step) {
    const body = whole.subarray(offset, offset + step);
    const piece = new Uint8Array(headLength + body.length);
    const view = new DataView(piece.buffer);
    view.setUint32(0, count, true);
    view.setUint32(4, offset, true);
    view.setUint32(8, whole.length, true);
    piece.set(body, headLength);
    yield piece;
  }
}
