import { TangorElement, freshID, make, messageOf, needed } from "./element.js";
import { Field } from "./field.js";
import { follow } from "./follow.js";
import { InputSync } from "./input-sync.js";
import { memberAt } from "./members.js";
import { millisecondsOf } from "./values.js";

/** Attributes that go to the control itself. */
const passed = ["min", "max", "step", "placeholder", "maxlength", "pattern", "rows", "disabled", "readonly", "autocomplete"];

/**
 * `<tangor-input path="sample.a" label="A">` shows a property and sets it: two-way. Attributes: `path`, `label`, `type`,
 * `debounce` (250 ms), `interval` for what is not tracked, `server`, and those of the control. Events: `value` when the
 * server has taken a change, `error`.
 */
export class TangorInput extends TangorElement {
  static observedAttributes = ["path", "label", "type", "debounce", "interval", "server", ...passed];

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    const path = needed(this, "path");
    const { member, rest } = await memberAt(tangor, path);
    signal.throwIfAborted();
    const message = make("span", { class: "tangor-error", role: "alert", id: freshID() });
    const label = this.getAttribute("label");
    const isReadOnly = rest.length === 0 && member?.settable === false;
    const attributes = /** @type {Record<string, string | undefined>} */ ({
      "aria-label": label === null ? (this.getAttribute("aria-label") ?? path) : undefined,
      "aria-describedby": message.id,
      ...Object.fromEntries(passed.flatMap((name) => (this.hasAttribute(name) ? [[name, this.getAttribute(name) ?? ""]] : []))),
    });
    const field = new Field(rest.length === 0 ? member?.schema : undefined, { type: this.getAttribute("type"), attributes });
    if (isReadOnly) field.control.toggleAttribute(field.kind.isText ? "readonly" : "disabled", true);
    this.replaceChildren(label === null ? field.control : make("label", {}, label, field.control), message);
    await this.#connect(tangor, signal, path, field, message);
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   * @param {string} path
   * @param {Field} field
   * @param {HTMLElement} message
   */
  async #connect(tangor, signal, path, field, message) {
    const { control } = field;
    const sync = new InputSync();
    /** @type {any} */ let known;
    /** @type {any} */ let timer;
    const show = (/** @type {{value: any} | undefined} */ shown) => {
      if (shown !== undefined) field.write(shown.value);
    };
    const complain = (/** @type {string} */ text) => {
      message.textContent = text;
      control.setAttribute("aria-invalid", String(text !== ""));
    };
    const send = async () => {
      clearTimeout(timer);
      if (!sync.isDirty || sync.isSending) return;
      /** @type {any} */ let value;
      try {
        if (!control.checkValidity()) throw new TypeError(control.validationMessage);
        value = field.read();
      } catch (error) {
        return complain(/** @type {Error} */ (error).message);
      }
      sync.send();
      let isTaken = false;
      try {
        await tangor.set(path, value, { signal });
        known = value;
        isTaken = true;
        complain("");
        this.succeed();
        this.emit("value", value);
      } catch (error) {
        if (signal.aborted) return;
        complain(messageOf(error));
        this.emit("error", error);
      }
      const { show: shown, sendAgain } = sync.answered(isTaken);
      show(shown);
      if (sendAgain) send();
    };
    const listen = (/** @type {string} */ type, /** @type {(event: any) => void} */ action) =>
      control.addEventListener(type, action, { signal });
    listen("input", (event) => {
      // The events that pages hear are this element's own.
      event.stopPropagation();
      sync.edited();
      clearTimeout(timer);
      timer = setTimeout(send, millisecondsOf(this.getAttribute("debounce")) ?? 250);
    });
    listen("change", send);
    listen("focus", () => sync.busy(field.kind.isText));
    listen("blur", () => show(sync.busy(false)));
    listen("keydown", (event) => {
      if (event.key !== "Escape" || !sync.isDirty) return;
      clearTimeout(timer);
      show(sync.revert(known));
      complain("");
    });
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    await follow(tangor, path, { interval: millisecondsOf(this.getAttribute("interval")), signal }, {
      value: (value) => {
        known = value;
        show(sync.remote(value));
        this.succeed();
      },
      failed: (error) => complain(messageOf(error)),
    });
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    this.replaceChildren(make("span", { class: "tangor-error", role: "alert" }, messageOf(error)));
  }
}
