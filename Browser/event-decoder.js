import { LineDecoder } from "./lines.js";

/** Cuts a body that comes in pieces into server-sent events. */
export class EventDecoder {
  #lines;
  #event = "";
  /** @type {string[]} */ #data = [];

  /** @param {number} [limit] characters in one line */
  constructor(limit) {
    this.#lines = new LineDecoder(limit, true);
  }

  /**
   * @param {Uint8Array} piece
   * @returns {{event: string, data: string}[]} the events that it completed
   */
  push(piece) {
    const events = [];
    for (const line of this.#lines.push(piece)) {
      if (line === "") {
        if (this.#data.length > 0) events.push({ event: this.#event || "message", data: this.#data.join("\n") });
        this.#event = "";
        this.#data = [];
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
      if (field === "event") this.#event = value;
      else if (field === "data") this.#data.push(value);
    }
    return events;
  }
}
