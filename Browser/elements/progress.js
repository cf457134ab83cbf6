import { TangorElement, make, messageOf } from "./element.js";

/** @typedef {import("../tangor").Progress} Progress */

/**
 * `<tangor-progress stream="/path">` opens a stream, takes its values and shows how far it is; `channel="job"` shows
 * messages instead: a share from 0 to 1, or `{completed, total?, message?}`. A script may set `element.stream` to a stream
 * that it reads itself. Attributes: `stream`, `channel`, `label`, `server`. Events: `value`, `finished`, `error`.
 */
export class TangorProgress extends TangorElement {
  static observedAttributes = ["stream", "channel", "label", "server"];

  /** @type {import("../tangor").TangorStream | undefined} */ #stream;
  #bar = make("progress");
  #note = make("span", { class: "tangor-note" });

  /** A stream that a script reads; only its progress is taken. */
  get stream() {
    return this.#stream;
  }

  set stream(stream) {
    this.#stream = stream;
    if (this.isConnected) this.restart();
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    this.#bar.removeAttribute("value");
    this.#note.textContent = "";
    this.#bar.setAttribute("aria-label", this.getAttribute("label") ?? "Progress");
    this.replaceChildren(this.#bar, this.#note);
    const path = this.getAttribute("stream");
    const channel = this.getAttribute("channel");
    if (this.#stream !== undefined) return this.#watch(this.#stream, signal);
    if (path) return this.#run(tangor, path, signal);
    if (channel) {
      await tangor.channels.subscribe(channel, (value) => this.show(value), { policy: "latest", signal }).ready;
      return this.succeed();
    }
    throw new TypeError("<tangor-progress> needs the attribute 'stream' or 'channel'.");
  }

  /**
   * @param {import("../tangor").TangorStream} stream
   * @param {AbortSignal} signal
   */
  async #watch(stream, signal) {
    this.succeed();
    for await (const progress of stream.progress) {
      if (signal.aborted) return;
      this.show(progress);
    }
    if (!signal.aborted) this.#finish();
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {string} path
   * @param {AbortSignal} signal
   */
  async #run(tangor, path, signal) {
    const stream = tangor.stream(path, { signal, onprogress: (progress) => this.show(progress) });
    for await (const value of stream) this.emit("value", value);
    this.#finish();
  }

  #finish() {
    this.#bar.max = 1;
    this.#bar.value = 1;
    this.succeed();
    this.emit("finished", undefined);
  }

  /** @param {number | Progress} progress */
  show(progress) {
    const report = typeof progress === "number" ? { completed: progress, total: 1, message: undefined } : progress;
    const { completed, total, message } = report ?? {};
    if (typeof completed !== "number" || !Number.isFinite(completed)) return;
    if (typeof total === "number" && total > 0) {
      this.#bar.max = total;
      this.#bar.value = Math.min(Math.max(completed, 0), total);
    } else {
      // Without a total nobody knows how far it is, only that it moves.
      this.#bar.removeAttribute("value");
    }
    const share = typeof total === "number" && total > 0 ? `${Math.floor((completed / total) * 100)} %` : String(completed);
    this.#note.textContent = message ? `${share}, ${message}` : share;
    this.succeed();
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    this.#note.textContent = messageOf(error);
    this.#note.setAttribute("role", "alert");
    this.emit("error", error);
  }
}
