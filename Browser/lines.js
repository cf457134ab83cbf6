/** Cuts a body that comes in pieces into lines; a character or a line may be spread over any number of pieces. */
export class LineDecoder {
  /**
   * @param {number} [limit] characters in one line
   * @param {boolean} [exact] gives lines as they are and empty ones too; otherwise without blanks around them
   */
  constructor(limit = 64 * 1024 * 1024, exact = false) {
    this.limit = limit;
    this.exact = exact;
    this.decoder = new TextDecoder();
    /** @type {string[]} */
    this.parts = [];
    this.length = 0;
  }

  /**
   * @param {Uint8Array} piece
   * @returns {string[]} the lines that it completed, without their ends
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
   * @param {string} piece
   * @returns {string[]}
   */
  #cut(piece) {
    const lines = [];
    let start = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", start)) {
      this.parts.push(piece.slice(start, end));
      const line = this.parts.join("");
      const text = this.exact ? line.replace(/\r$/, "") : line.trim();
      if (this.exact || text !== "") lines.push(text);
      this.parts = [];
      this.length = 0;
      start = end + 1;
    }
    if (start < piece.length) {
      // Parts are joined once per line: adding to one string would copy a long line again with every piece.
      this.parts.push(piece.slice(start));
      this.length += piece.length - start;
      if (this.length > this.limit) throw new RangeError(`A line is longer than ${this.limit} characters.`);
    }
    return lines;
  }
}
