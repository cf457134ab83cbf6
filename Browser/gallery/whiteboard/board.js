/**
 * @typedef {object} Stroke
 * @property {string} id
 * @property {string} client
 * @property {string} colour
 * @property {number} width
 * @property {number[]} points x and y in turn
 *
 * @typedef {{boardWidth: number, boardHeight: number, strokePoints: number}} Limits
 * @typedef {{epoch: string, offset: number, limits: Limits, strokes: Stroke[]}} Snapshot
 * @typedef {{added?: Stroke, dropped?: number, removed?: string, cleared?: boolean}} Change
 * @typedef {{epoch: string, offset: number, data: Change}} Message
 */

/** Changes that may wait for the snapshot they belong behind. */
const maxHeld = 2_000;

/**
 * The page's copy of the picture: a snapshot, and every change behind it once and in order, however the two overtake
 * one another on their way. A pure value; `follow` in `follow.js` feeds it.
 */
export class Board {
  /** @type {Stroke[]} */ strokes = [];
  /** @type {Limits | undefined} */ limits;
  /** @type {{epoch: string, offset: number} | undefined} undefined until there is a snapshot */ #position;
  /** @type {Message[]} */ #held = [];

  /** Whether a snapshot is needed before changes can be applied. */
  get needsSnapshot() {
    return this.#position === undefined;
  }

  /** Changes may have been lost: until the next snapshot they are held back. */
  invalidate() {
    this.#position = undefined;
  }

  /**
   * Takes a snapshot, and the changes that came before it but belong behind it.
   *
   * @param {Snapshot} snapshot
   */
  load({ epoch, offset, limits, strokes }) {
    this.strokes = [...strokes];
    this.limits = limits;
    this.#position = { epoch, offset };
    const held = this.#held;
    this.#held = [];
    for (const message of held) {
      // What comes of another life of the channel is older than the snapshot: the newer one would not have answered it.
      if (message.epoch === epoch) this.apply(message);
    }
  }

  /**
   * Takes a change from the channel.
   *
   * @param {Message} message
   * @returns {"applied" | "old" | "held"} `held`: it waits for a snapshot, see `needsSnapshot`
   */
  apply(message) {
    const position = this.#position;
    if (position === undefined) return this.#hold(message);
    if (message.epoch === position.epoch && message.offset <= position.offset) return "old";
    if (message.epoch !== position.epoch || message.offset !== position.offset + 1) {
      this.invalidate();
      return this.#hold(message);
    }
    position.offset = message.offset;
    const { added, dropped = 0, removed, cleared } = message.data;
    if (cleared) this.strokes = [];
    if (removed !== undefined) this.strokes = this.strokes.filter(({ id }) => id !== removed);
    if (added !== undefined) this.strokes.push(added);
    if (dropped > 0) this.strokes.splice(0, dropped);
    return "applied";
  }

  /**
   * @param {Message} message
   * @returns {"held"}
   */
  #hold(message) {
    this.#held.push(message);
    // Without the oldest the next snapshot will leave a gap, and so ask for another one.
    if (this.#held.length > maxHeld) this.#held.shift();
    return "held";
  }
}
