import { TangorElement, freshID, make, messageOf, needed } from "./element.js";
import { Field } from "./field.js";
import { memberAt } from "./members.js";
import { digitsOf, textOf } from "./values.js";

/**
 * `<tangor-call path="sample.test_sum">` calls a method: a form with a field for each parameter, or a button alone where
 * there are none or `arguments='[4, 5]'` names them. Attributes: `path`, `arguments`, `label`, `quiet` (shows no
 * result), `format`, `digits`, `server`. Events: `result`, `error`; for a stream, `value` for each value.
 */
export class TangorCall extends TangorElement {
  static observedAttributes = ["path", "arguments", "label", "quiet", "format", "digits", "server"];

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    const path = needed(this, "path");
    const given = this.#given();
    const { member } = await memberAt(tangor, path);
    signal.throwIfAborted();
    const label = this.getAttribute("label") ?? member?.name ?? path;
    const button = make("button", { type: "submit" }, label);
    if (member?.doc) button.title = member.doc;
    const result = make("output", { class: "tangor-result" });
    const problem = make("span", { class: "tangor-error", role: "alert", id: freshID() });
    const fields = (given === undefined ? (member?.parameters ?? []) : []).map((parameter) => {
      const attributes = { placeholder: parameter.default, title: parameter.doc, "aria-describedby": problem.id };
      return { parameter, field: new Field(parameter.schema, { attributes }) };
    });
    const labels = fields.map(({ parameter, field }) => make("label", {}, parameter.name, field.control));
    const form = make("form", { novalidate: true }, ...labels, button, result, problem);
    this.replaceChildren(form);
    this.succeed();
    form.addEventListener(
      "submit",
      async (event) => {
        event.preventDefault();
        problem.textContent = "";
        button.disabled = true;
        try {
          const show = (/** @type {any} */ value) => {
            const options = { format: this.getAttribute("format"), digits: digitsOf(this.getAttribute("digits")) };
            if (!this.hasAttribute("quiet")) result.textContent = textOf(value, options);
          };
          await this.#call(tangor, path, given ?? argumentsOf(fields), signal, show);
        } catch (error) {
          if (signal.aborted) return;
          result.textContent = "";
          problem.textContent = messageOf(error);
          this.emit("error", error);
        } finally {
          button.disabled = false;
        }
      },
      { signal },
    );
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {string} path
   * @param {any} values
   * @param {AbortSignal} signal
   * @param {(value: any) => void} show
   */
  async #call(tangor, path, values, signal, show) {
    const result = await tangor.callObject(path, values, { signal });
    if (typeof result?.[Symbol.asyncIterator] !== "function") {
      show(result);
      this.emit("result", result);
      return;
    }
    const stop = () => result.cancel();
    signal.addEventListener("abort", stop, { once: true });
    for await (const value of result) {
      show(value);
      this.emit("value", value);
    }
    signal.removeEventListener("abort", stop);
    this.emit("result", undefined);
  }

  /** @returns {any} the arguments that the page wrote, undefined when it wrote none */
  #given() {
    const text = this.getAttribute("arguments");
    if (text === null) return undefined;
    try {
      const values = JSON.parse(text);
      if (typeof values === "object" && values !== null) return values;
    } catch {
      // Told below, with what is wanted.
    }
    throw new TypeError(`arguments is a JSON array or object, as arguments='[4, 5]'; it is '${text.slice(0, 100)}'.`);
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    this.replaceChildren(make("span", { class: "tangor-error", role: "alert" }, messageOf(error)));
  }
}

/**
 * The arguments by name; fields left empty whose parameter has a default are left out.
 *
 * @param {{parameter: import("../tangor").ParameterDescription, field: Field}[]} fields
 * @returns {Record<string, unknown>}
 */
function argumentsOf(fields) {
  /** @type {Record<string, unknown>} */
  const values = {};
  for (const { parameter, field } of fields) {
    field.control.removeAttribute("aria-invalid");
    if (field.isEmpty && !parameter.required) continue;
    try {
      values[parameter.name] = field.read();
    } catch (error) {
      field.control.setAttribute("aria-invalid", "true");
      field.control.focus();
      throw new TypeError(`${parameter.name}: ${/** @type {Error} */ (error).message}`);
    }
  }
  return values;
}
