import { TangorElement, make, messageOf } from "./element.js";
import { dig, textOf } from "./values.js";

/**
 * `<tangor-log channel="log" max="200">` shows messages line by line, the newest below; `stream="/path"` those of a
 * stream. It stays where the reader scrolled to, and follows the end when he is there. Attributes: `channel` (or a
 * pattern), `stream`, `max` (500), `field`, `time` (shows when a line came), `label`, `server`. Event: `error`.
 */
export class TangorLog extends TangorElement {
  static observedAttributes = ["channel", "stream", "max", "field", "time", "label", "server"];

  #view = make("div", { role: "log", tabindex: "0" });
  /** @type {HTMLElement[]} */ #waiting = [];
  #frame = 0;

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    const channel = this.getAttribute("channel");
    const stream = this.getAttribute("stream");
    this.#view.setAttribute("aria-label", this.getAttribute("label") ?? "Log");
    if (!this.contains(this.#view)) this.replaceChildren(this.#view);
    const rest = () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
    };
    signal.addEventListener("abort", rest, { once: true });
    if (channel) {
      const lost = (/** @type {import("../tangor").ChannelLoss} */ { count }) => this.#note(`… ${count ?? "some"} messages lost …`);
      await tangor.channels.subscribe(channel, (value) => this.append(value), { signal, onlost: lost }).ready;
      this.succeed();
    } else if (stream) {
      this.succeed();
      for await (const value of tangor.stream(stream, { signal })) this.append(value);
    } else {
      throw new TypeError("<tangor-log> needs the attribute 'channel' or 'stream'.");
    }
  }

  /**
   * Adds a line.
   *
   * @param {...any} values
   */
  append(...values) {
    for (const value of values) {
      const line = make("div", {}, textOf(dig(value, this.getAttribute("field") ?? "")));
      if (this.hasAttribute("time")) line.prepend(make("time", {}, new Date().toLocaleTimeString()));
      this.#add(line);
    }
  }

  clear() {
    this.#waiting = [];
    this.#view.replaceChildren();
  }

  /** @param {string} text */
  #note(text) {
    this.#add(make("div", { class: "tangor-error" }, text));
  }

  get #max() {
    const max = Number(this.getAttribute("max") ?? 500);
    return Number.isInteger(max) && max > 0 ? Math.min(max, 100_000) : 500;
  }

  /** @param {HTMLElement} line */
  #add(line) {
    this.#waiting.push(line);
    if (this.#waiting.length > this.#max) this.#waiting.shift();
    // Any number of lines makes one change of the page for each picture; hidden pages make none, and stay bounded.
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#flush());
  }

  #flush() {
    this.#frame = 0;
    const view = this.#view;
    const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 4;
    const { scrollTop } = view;
    view.append(...this.#waiting.splice(0));
    const surplus = view.childElementCount - this.#max;
    const height = view.scrollHeight;
    if (surplus > 0) {
      const range = document.createRange();
      range.setStart(view, 0);
      range.setEnd(view, surplus);
      range.deleteContents();
    }
    // Lines that fell out above must not move the ones that are being read.
    view.scrollTop = isAtEnd ? view.scrollHeight : Math.max(scrollTop - (height - view.scrollHeight), 0);
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    if (!this.contains(this.#view)) this.replaceChildren(this.#view);
    this.#note(messageOf(error));
    this.emit("error", error);
  }
}
