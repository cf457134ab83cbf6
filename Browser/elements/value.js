import { TangorElement, needed } from "./element.js";
import { follow } from "./follow.js";
import { digitsOf, millisecondsOf, textOf } from "./values.js";

/**
 * `<tangor-value path="sample.a">` shows a value and keeps it current. Attributes: `path`, `interval`, `format`,
 * `digits`, `server`. Event: `value`.
 */
export class TangorValue extends TangorElement {
  static observedAttributes = ["path", "interval", "format", "digits", "server"];

  /**
   * The value that is shown.
   * @type {any}
   */
  value = undefined;

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    const options = { format: this.getAttribute("format"), digits: digitsOf(this.getAttribute("digits")) };
    const interval = millisecondsOf(this.getAttribute("interval"));
    await follow(tangor, needed(this, "path"), { interval, signal }, {
      value: (value) => {
        this.value = value;
        const text = textOf(value, options);
        if (this.textContent !== text) this.replaceChildren(text);
        this.succeed();
        this.emit("value", value);
      },
      failed: (error) => this.fail(error),
    });
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    if (this.value === undefined) this.textContent = "–";
  }
}
