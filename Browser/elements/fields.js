/** @typedef {import("../tangor").Schema} Schema */

/**
 * @typedef {object} FieldKind how a value of some schema is edited
 * @property {"checkbox" | "number" | "text" | "select" | "json" | "area" | string} kind
 * @property {boolean} isText typed by the user letter by letter
 * @property {boolean} isNullable
 * @property {boolean} isNumeric
 * @property {boolean} isWhole
 * @property {unknown[]} [choices]
 */

/** Types of `<input>` that hold no text. */
const untyped = ["range", "color", "checkbox"];

/**
 * @param {Schema | undefined} schema
 * @param {string | null} [type] what the page asks for: a type of `<input>`, `textarea` or `json`
 * @returns {FieldKind}
 */
export function fieldKind(schema, type) {
  const { types, isNullable, choices } = facts(schema);
  const isWhole = types.includes("integer") && !types.includes("number");
  const isNumeric = types.length > 0 && types.every((name) => name === "integer" || name === "number");
  const shape = { isNullable, isNumeric, isWhole };
  if (type === "textarea") return { ...shape, kind: "area", isText: true };
  if (type === "json") return { ...shape, kind: "json", isText: true, isNumeric: false };
  if (type === "number" || type === "range") return { ...shape, kind: type, isText: type === "number", isNumeric: true };
  if (type) return { ...shape, kind: type, isText: !untyped.includes(type) };
  if (choices !== undefined) return { ...shape, kind: "select", isText: false, choices };
  if (types.length === 1 && types[0] === "boolean" && !isNullable) return { ...shape, kind: "checkbox", isText: false };
  if (isNumeric) return { ...shape, kind: "number", isText: true };
  if (types.length === 1 && types[0] === "string") return { ...shape, kind: "text", isText: true };
  return { ...shape, kind: "json", isText: true };
}

/**
 * @param {Schema | undefined} schema
 * @returns {{types: string[], isNullable: boolean, choices?: unknown[]}}
 */
function facts(schema) {
  if (schema === undefined) return { types: [], isNullable: false };
  const named = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type];
  const variants = (schema.anyOf ?? []).map(facts);
  const all = [...named, ...variants.flatMap(({ types, isNullable }) => (isNullable ? [...types, "null"] : types))];
  const isNullable = schema.nullable === true || all.includes("null");
  const choices = schema.enum ?? variants.find((variant) => variant.choices !== undefined)?.choices;
  return { types: [...new Set(all.filter((name) => name !== "null"))], isNullable, choices };
}

/**
 * The value that a text stands for.
 *
 * @param {string} text
 * @param {FieldKind} field
 * @returns {any}
 * @throws {TypeError} with words for the user
 */
export function readField(text, field) {
  if (field.kind === "select") return field.choices?.[Number(text)] ?? null;
  if (text.trim() === "" && field.isNullable) return null;
  if (field.isNumeric) {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) throw new TypeError("Type a number.");
    if (field.isWhole && !Number.isInteger(value)) throw new TypeError("Type a whole number.");
    return value;
  }
  if (field.kind !== "json") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError('Type JSON: a number, "text", [a list] or {"an": "object"}.');
  }
}

/**
 * The text of a value in its field.
 *
 * @param {any} value
 * @param {FieldKind} field
 * @returns {string}
 */
export function writeField(value, field) {
  if (field.kind === "select") return String(field.choices?.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value)) ?? -1);
  if (field.kind === "json") return value === undefined ? "" : JSON.stringify(value);
  return value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}
