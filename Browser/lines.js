/** Cuts a body that comes in pieces into lines; a character or a line may be spread over any number of pieces. */
export class LineDecoder {
  /** @param {number} [limit] characters in one line */
  constructor(limit = 64 * 1024 * 1024) {
    this.limit = limit;
    this.decoder = new TextDecoder();
    /** @type {string[]} */
    this.parts = [];
    this.length = 0;
  }

  /**
   * @param {Uint8Array} piece
   * @returns {string[]} the lines that it completed, without their ends; empty ones left out
   */
  push(piece) {
    return this.#cut(this.decoder.decode(piece, { stream: true }));
  }

  /**
   * The line that was not ended when the body was.
   *
   * @returns {string[]}
   */
  finish() {
    const rest = this.decoder.decode();
    return this.#cut(`${rest}\n`);
  }

  /**
   * @param {string} text
   * @returns {string[]}
   */
  #cut(text) {
    const lines = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      this.parts.push(text.slice(start, end));
      const line = this.parts.join("").trim();
      if (line !== "") lines.push(line);
      this.parts = [];
      this.length = 0;
      start = end + 1;
    }
    if (start < text.length) {
      // Parts are joined once per line: adding to one string would copy a long line again with every piece.
      this.parts.push(text.slice(start));
      this.length += text.length - start;
      if (this.length > this.limit) throw new RangeError(`A line is longer than ${this.limit} characters.`);
    }
    return lines;
  }
}
