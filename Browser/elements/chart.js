import { TangorElement, make, messageOf, needed } from "./element.js";
import { draw } from "./plot.js";
import { SeriesSet, numberIn, timeIn } from "./series.js";
import { axisRange } from "./ticks.js";
import { digitsOf, millisecondsOf, textOf } from "./values.js";

/** Points kept of each line, where `points` says nothing else. */
const defaultPoints = 10_000;

/**
 * `<tangor-chart channel="sensors/+/temp">` draws the numbers of channels as live lines, one for each channel.
 *
 * Attributes: `channel` (names or patterns, parted by blanks), `field` of values that are objects, `time-field` where they
 * carry their own time, `window` (`60s`; how much time is shown) or `points` (how many), `min`, `max`, `unit`, `digits`,
 * `label`, `series` (lines at the most, 32), `history` (false: begins empty), `server`. Event: `message`.
 */
export class TangorChart extends TangorElement {
  static observedAttributes = "channel field time-field window points min max unit digits label series history server".split(" ");

  #canvas = make("canvas", { role: "img", tabindex: "0" });
  #plot = make("div", { class: "tangor-plot" }, this.#canvas);
  #legend = make("ul", { class: "tangor-legend" });
  #readout = make("output", { "aria-live": "polite" });
  #set = new SeriesSet({ points: defaultPoints });
  #count = 0;
  #lines = 0;
  #frame = 0;
  /** @type {any} */ #timer;
  #isVisible = true;
  /** @type {import("./plot.js").Colours | undefined} */ #colours;
  /** @type {import("./plot.js").View | undefined} */ #view;
  /** @type {ReturnType<typeof draw> | undefined} */ #place;
  /** @type {number | undefined} the read-out's place, as a share of the axis */ #cursor;

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    const channels = needed(this, "channel").trim().split(/\s+/);
    this.#set = new SeriesSet({ points: this.#wholeNumber("points") ?? defaultPoints, series: this.#wholeNumber("series") });
    this.#count = this.#lines = 0;
    this.#cursor = undefined;
    this.#legend.replaceChildren();
    this.replaceChildren(this.#plot, this.#legend, this.#readout);
    this.#watchPage(signal);
    this.#listen(signal);
    const subscription = tangor.channels.subscribe(channels, (value, message) => this.#take(value, message), { signal });
    this.#redraw();
    await subscription.ready;
    this.succeed();
  }

  /**
   * Adds a point, for pages that have numbers of their own.
   *
   * @param {string} series
   * @param {number} value
   * @param {number} [time] milliseconds since 1970
   */
  push(series, value, time = Date.now()) {
    this.#count += 1;
    if (!this.#set.push(series, this.#isTime ? time : this.#count, value)) return;
    if (this.#set.all.length !== this.#lines) this.#drawLegend();
    this.#redraw();
  }

  /**
   * @param {any} value
   * @param {import("../tangor").ChannelMessage} message
   */
  #take(value, message) {
    if (message.isLatest && this.getAttribute("history") === "false") return;
    const number = numberIn(value, this.getAttribute("field"));
    this.push(message.channel, number, timeIn(value, this.getAttribute("time-field"), Date.now()));
    this.emit("message", message);
  }

  /** Time runs along the axis, unless the page asked for a number of points alone. */
  get #isTime() {
    return this.hasAttribute("window") || !this.hasAttribute("points");
  }

  /** @param {string} name */
  #wholeNumber(name) {
    const value = Number(this.getAttribute(name) ?? Number.NaN);
    return Number.isInteger(value) && value > 0 ? Math.min(value, 1_000_000) : undefined;
  }

  /** @param {string} name */
  #number(name) {
    const text = this.getAttribute(name);
    const value = Number(text);
    return text === null || text.trim() === "" || !Number.isFinite(value) ? undefined : value;
  }

  // MARK: Drawing

  /** @param {AbortSignal} signal */
  #watchPage(signal) {
    const restyle = () => {
      this.#colours = undefined;
      this.#redraw();
    };
    const size = new ResizeObserver(restyle);
    size.observe(this.#plot);
    const sight = new IntersectionObserver((entries) => {
      this.#isVisible = entries.at(-1)?.isIntersecting ?? true;
      this.#redraw();
    });
    sight.observe(this.#plot);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle, { signal });
    document.addEventListener("visibilitychange", () => this.#redraw(), { signal });
    signal.addEventListener("abort", () => {
      size.disconnect();
      sight.disconnect();
      cancelAnimationFrame(this.#frame);
      clearTimeout(this.#timer);
      this.#frame = 0;
    });
  }

  /** Any number of points makes one picture; what nobody sees is not drawn. */
  #redraw() {
    if (this.#frame !== 0 || document.hidden || !this.#isVisible || !this.isConnected) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
      this.#runOn();
    });
  }

  /** Time goes on without points: the lines move on, pixel by pixel, until they are gone. */
  #runOn() {
    clearTimeout(this.#timer);
    const view = this.#view;
    if (view === undefined || !view.isTime || !this.#set.all.some(({ points }) => points.length > 1)) return;
    this.#timer = setTimeout(() => this.#redraw(), Math.max((view.right - view.left) / view.width, 16));
  }

  #draw() {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = this.#plot;
    if (width === 0 || height === 0) return;
    const scale = globalThis.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
    const context = canvas.getContext("2d");
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const [left, right] = this.#span();
    if (this.#isTime) this.#set.forget(left);
    const { low, high } = this.#set.range(left);
    const range = axisRange(low, high, { min: this.#number("min"), max: this.#number("max") });
    const unit = this.getAttribute("unit") ?? "";
    const cursor = this.#cursor === undefined ? undefined : left + this.#cursor * (right - left);
    this.#view = { width, height, left, right, isTime: this.#isTime, range, unit, cursor };
    this.#colours ??= this.#readColours();
    this.#place = draw(context, this.#view, this.#set.shown, this.#colours);
    if (this.#cursor !== undefined) this.#tell();
  }

  /** @returns {[number, number]} the ends of the axis */
  #span() {
    if (!this.#isTime) return [Math.max(this.#count - (this.#wholeNumber("points") ?? defaultPoints), 0), Math.max(this.#count, 1)];
    const now = Date.now();
    return [now - Math.max(millisecondsOf(this.getAttribute("window")) ?? 60_000, 1_000), now];
  }

  #readColours() {
    const styles = getComputedStyle(this);
    const read = (/** @type {string} */ name) => styles.getPropertyValue(`--tangor-${name}`).trim();
    const lines = Array.from({ length: 8 }, (_, index) => read(`series-${index + 1}`));
    return { text: read("text"), muted: read("muted"), border: read("border"), surface: read("surface"), font: styles.fontFamily, lines };
  }

  #drawLegend() {
    const { all } = this.#set;
    this.#lines = all.length;
    this.#canvas.setAttribute("aria-label", `${this.getAttribute("label") ?? "Chart"}: ${all.map(({ name }) => name).join(", ")}`);
    const items = all.map((series) => {
      const button = make("button", { type: "button", "aria-pressed": String(series.isShown) }, series.name);
      button.style.setProperty("--tangor-swatch", `var(--tangor-series-${(series.index % 8) + 1})`);
      button.addEventListener("click", () => {
        series.isShown = !series.isShown;
        button.setAttribute("aria-pressed", String(series.isShown));
        this.#redraw();
      });
      return make("li", {}, button);
    });
    this.#legend.replaceChildren(...items);
  }

  // MARK: The read-out

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const canvas = this.#canvas;
    canvas.setAttribute("aria-label", this.getAttribute("label") ?? "Chart");
    canvas.addEventListener("pointermove", ({ offsetX }) => this.#point(this.#place?.share(offsetX)), { signal });
    canvas.addEventListener("pointerleave", () => this.#point(undefined), { signal });
    canvas.addEventListener("blur", () => this.#point(undefined), { signal });
    canvas.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = event.shiftKey ? 0.1 : 0.01;
    const from = this.#cursor ?? 1;
    const places = new Map([["ArrowLeft", from - step], ["ArrowRight", from + step], ["Home", 0], ["End", 1], ["Escape", undefined]]);
    if (!places.has(event.key)) return;
    event.preventDefault();
    this.#point(places.get(event.key));
  }

  /** @param {number | undefined} share */
  #point(share) {
    this.#cursor = share === undefined ? undefined : Math.min(Math.max(share, 0), 1);
    if (this.#cursor === undefined) this.#readout.textContent = "";
    this.#redraw();
  }

  #tell() {
    const view = this.#view;
    if (view === undefined || view.cursor === undefined) return;
    const digits = digitsOf(this.getAttribute("digits"));
    const at = view.cursor;
    const values = this.#set.shown.flatMap(({ name, points }) => {
      const near = points.nearest(at);
      return near < 0 ? [] : [`${name} ${textOf(points.y(near), { digits })}${view.unit === "" ? "" : ` ${view.unit}`}`];
    });
    const place = view.isTime ? new Date(at).toLocaleTimeString() : `#${Math.round(at)}`;
    const text = `${place}: ${values.join(", ")}`;
    if (this.#readout.textContent !== text) this.#readout.textContent = text;
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    this.#readout.textContent = messageOf(error);
    if (!this.contains(this.#readout)) this.replaceChildren(this.#readout);
  }
}
