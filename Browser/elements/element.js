import { connection } from "./connection.js";
import { style } from "./styles.js";

/** @typedef {import("../tangor.js").Tangor} Tangor */

/**
 * What the elements have in common: they live as long as they are in the page, and start anew when an attribute changes.
 * Values are shown as text, never as markup.
 */
export class TangorElement extends HTMLElement {
  /** @type {AbortController | undefined} */ #life;
  #isScheduled = false;

  connectedCallback() {
    style(this.getRootNode());
    this.#schedule();
  }

  disconnectedCallback() {
    this.#life?.abort();
    this.#life = undefined;
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#schedule();
  }

  /** The connection that this element uses. */
  get connection() {
    return connection(this.getAttribute("server") ?? "");
  }

  /**
   * Begins the element's work; what it starts ends with the signal.
   *
   * @param {Tangor} _tangor
   * @param {AbortSignal} _signal
   * @returns {void | Promise<void>}
   */
  start(_tangor, _signal) {}

  /** Starts anew, as when an attribute changes. */
  restart() {
    this.#schedule();
  }

  /**
   * Shows a failure.
   *
   * @param {any} error
   */
  fail(error) {
    this.dataset.state = "error";
    this.title = messageOf(error);
  }

  /** Everything is well. */
  succeed() {
    if (this.dataset.state === "error") this.removeAttribute("title");
    this.dataset.state = "ready";
    this.removeAttribute("aria-busy");
  }

  /**
   * @param {string} name
   * @param {unknown} detail
   */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  #schedule() {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // Attributes that are set one after another make one start.
    queueMicrotask(() => {
      this.#isScheduled = false;
      this.#life?.abort();
      this.#life = undefined;
      if (this.isConnected) this.#begin();
    });
  }

  async #begin() {
    const life = new AbortController();
    this.#life = life;
    this.setAttribute("aria-busy", "true");
    try {
      await this.start(this.connection, life.signal);
    } catch (error) {
      if (life.signal.aborted) return;
      this.removeAttribute("aria-busy");
      this.fail(error);
    }
  }
}

/**
 * @param {any} error
 * @returns {string}
 */
export function messageOf(error) {
  return error?.message ? `${error.message}${error.code ? ` (${error.code})` : ""}` : String(error);
}

/**
 * An attribute that has to be there.
 *
 * @param {Element} element
 * @param {string} name
 * @returns {string}
 */
export function needed(element, name) {
  const value = element.getAttribute(name);
  if (value) return value;
  throw new TypeError(`<${element.localName}> needs the attribute '${name}'.`);
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | boolean | undefined>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

let count = 0;

/** @returns {string} an id that no other element of the page has */
export function freshID() {
  count += 1;
  return `tangor-${count}`;
}
