import { make } from "./element.js";
import { fieldKind, readField, writeField } from "./fields.js";

/**
 * @typedef {import("../tangor").Schema} Schema
 * @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Control
 */

/** A control for values of one schema. */
export class Field {
  /**
   * @param {Schema | undefined} schema
   * @param {{type?: string | null, attributes?: Record<string, string | undefined>}} [options]
   */
  constructor(schema, options = {}) {
    this.kind = fieldKind(schema, options.type);
    /** @type {Control} */
    this.control = makeControl(this.kind, options.attributes ?? {});
  }

  /** @returns {any} throws a `TypeError` with words for the user */
  read() {
    const { control } = this;
    if (control instanceof HTMLInputElement && control.type === "checkbox") return control.checked;
    return readField(control.value, this.kind);
  }

  /** @param {any} value */
  write(value) {
    const { control } = this;
    if (control instanceof HTMLInputElement && control.type === "checkbox") {
      control.checked = value === true;
      return;
    }
    const text = writeField(value, this.kind);
    if (control.value !== text) control.value = text;
  }

  /** Whether the user left it empty. */
  get isEmpty() {
    return this.kind.kind !== "checkbox" && this.kind.kind !== "select" && this.control.value.trim() === "";
  }
}

/**
 * @param {import("./fields.js").FieldKind} kind
 * @param {Record<string, string | undefined>} attributes
 * @returns {Control}
 */
function makeControl(kind, attributes) {
  switch (kind.kind) {
    case "select": {
      const options = (kind.choices ?? []).map((choice, index) => make("option", { value: String(index) }, String(choice)));
      return make("select", attributes, ...options);
    }
    case "area":
    case "json":
      return make("textarea", { rows: kind.kind === "json" ? "1" : "3", spellcheck: "false", ...attributes });
    case "number":
      return make("input", {
        type: "number",
        step: kind.isWhole ? "1" : "any",
        inputmode: kind.isWhole ? "numeric" : "decimal",
        ...attributes,
      });
    default:
      return make("input", { type: kind.kind, ...attributes });
  }
}
