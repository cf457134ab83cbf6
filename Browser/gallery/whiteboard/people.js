import { element } from "../elements.js";
import { readCursor, readPerson } from "./live-lines.js";

/** @typedef {{id: string, name: string, colour: string}} Person */

/** Cursors shown at a time. */
const maxCursors = 50;

/** Who is here, as a list, and where their pointers are, above the board. */
export class People {
  /** @type {Map<string, Person>} by the connection's id */ #others = new Map();
  /** @type {Map<string, {mark: HTMLElement, at: number}>} by the page's id */ #cursors = new Map();

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} layer lies above the board, as large as it
   * @param {{width: number, height: number}} board
   */
  constructor(list, layer, board) {
    this.list = list;
    this.layer = layer;
    this.board = board;
  }

  /**
   * @param {string} connection
   * @param {unknown} info what the other page says of itself
   */
  came(connection, info) {
    const person = readPerson(info);
    if (person !== undefined) this.#others.set(connection, person);
  }

  /**
   * @param {string} connection
   * @returns {string | undefined} the page's id, where no other connection of it is left
   */
  went(connection) {
    const person = this.#others.get(connection);
    this.#others.delete(connection);
    if (person === undefined || this.#find(person.id) !== undefined) return undefined;
    this.#remove(person.id);
    return person.id;
  }

  /** @param {Person} self */
  show(self) {
    const entry = (/** @type {Person} */ person, /** @type {string} */ more) => {
      const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
      swatch.style.background = person.colour;
      return element("li", { "data-person": person.id }, swatch, person.name, more);
    };
    const others = new Map([...this.#others.values()].map((person) => [person.id, person]));
    others.delete(self.id);
    this.list.replaceChildren(entry(self, " (you)"), ...[...others.values()].map((person) => entry(person, "")));
  }

  /**
   * Moves a pointer.
   *
   * @param {unknown} message from another page
   * @param {string} self this page's id
   * @param {number} now milliseconds
   */
  point(message, self, now) {
    const cursor = readCursor(message);
    if (cursor === undefined || cursor.client === self) return;
    const person = this.#find(cursor.client);
    if ("gone" in cursor || person === undefined) return this.#remove(cursor.client);
    let shown = this.#cursors.get(cursor.client);
    if (shown === undefined) {
      if (this.#cursors.size >= maxCursors) return;
      shown = { mark: element("span", { class: "cursor", "data-cursor": cursor.client }, element("span", {}, person.name)), at: now };
      this.#cursors.set(cursor.client, shown);
      this.layer.append(shown.mark);
    }
    shown.at = now;
    shown.mark.style.setProperty("--colour", person.colour);
    shown.mark.style.left = `${(cursor.x / this.board.width) * 100}%`;
    shown.mark.style.top = `${(cursor.y / this.board.height) * 100}%`;
  }

  /**
   * Takes away the pointers that have not moved for a while.
   *
   * @param {number} now milliseconds
   */
  expire(now) {
    for (const [id, { at }] of this.#cursors) if (now - at > 10_000) this.#remove(id);
  }

  /** @param {string} id */
  #find(id) {
    return [...this.#others.values()].find((person) => person.id === id);
  }

  /** @param {string} id */
  #remove(id) {
    this.#cursors.get(id)?.mark.remove();
    this.#cursors.delete(id);
  }
}

const adjectives = ["Amber", "Blue", "Calm", "Dusky", "Early", "Fleet", "Green", "Happy", "Ivory", "Jolly", "Keen", "Lucky"];
const animals = ["badger", "curlew", "dormouse", "finch", "hare", "lynx", "marten", "newt", "otter", "plover", "stoat", "wren"];

/** @returns {string} a name for somebody who gave none */
export function someName() {
  const pick = (/** @type {string[]} */ list) => list[Math.floor(Math.random() * list.length)];
  return `${pick(adjectives)} ${pick(animals)}`;
}
