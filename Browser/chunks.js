const kibibyte = 1_024;

/**
 * How large the next piece of an upload is: as much as takes about `seconds`, so that progress moves and a broken
 * connection costs little, on slow ways and on fast ones.
 */
export class ChunkSize {
  /** @param {{least?: number, most?: number, seconds?: number}} [options] bytes, bytes, and the time that a piece should take */
  constructor(options = {}) {
    this.least = options.least ?? 64 * kibibyte;
    this.most = Math.max(options.most ?? 8 * kibibyte * kibibyte, this.least);
    this.seconds = options.seconds ?? 0.5;
    /** Bytes of the next piece. */
    this.bytes = Math.min(256 * kibibyte, this.most);
  }

  /**
   * A piece arrived: the next is sized by what it took, at most twice as large.
   *
   * @param {number} bytes
   * @param {number} seconds
   */
  took(bytes, seconds) {
    const wanted = (bytes / Math.max(seconds, 0.001)) * this.seconds;
    this.bytes = Math.round(Math.min(Math.max(wanted, this.least), this.most, this.bytes * 2));
  }

  /** A piece was lost: the next is half as large. */
  failed() {
    this.bytes = Math.max(Math.floor(this.bytes / 2), this.least);
  }
}
