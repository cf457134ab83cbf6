/**
 * The value at a path of names parted by points; `""` is the value itself.
 *
 * @param {any} value
 * @param {string} path
 * @returns {any} undefined where there is none
 */
export function dig(value, path) {
  let found = value;
  for (const part of path === "" ? [] : path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, part)) return undefined;
    found = found[part];
  }
  return found;
}

/** Characters of one shown value. */
const maxText = 10_000;

/**
 * A value as text for people.
 *
 * @param {any} value
 * @param {{format?: string | null, digits?: number}} [options] `format`: `number`, `percent`, `bytes`, `time`, `json`;
 *   absent: by the value. `digits` behind the point
 * @returns {string}
 */
export function textOf(value, options = {}) {
  const { format, digits } = options;
  const text = format === "json" ? JSON.stringify(value, undefined, 2) : formatted(value, format, digits);
  const shown = text ?? "";
  return shown.length > maxText ? `${shown.slice(0, maxText)}…` : shown;
}

/**
 * @param {any} value
 * @param {string | null | undefined} format
 * @param {number | undefined} digits
 * @returns {string | undefined}
 */
function formatted(value, format, digits) {
  if (value === null || value === undefined) return "–";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === "number") return numberText(value, format, digits);
  if (format === "time" && typeof value === "string" && !Number.isNaN(Date.parse(value))) return new Date(value).toLocaleString();
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

/**
 * @param {number} value
 * @param {string | null | undefined} format
 * @param {number | undefined} digits
 */
function numberText(value, format, digits) {
  const fixed = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  switch (format) {
    case "number":
      return value.toLocaleString(undefined, fixed);
    case "percent":
      return value.toLocaleString(undefined, { style: "percent", ...fixed });
    case "bytes":
      return bytesText(value, digits ?? 1);
    case "time":
      return new Date(Math.abs(value) < 1e11 ? value * 1_000 : value).toLocaleString();
    default:
      return digits === undefined ? String(value) : value.toFixed(digits);
  }
}

/**
 * @param {number} value
 * @param {number} digits
 */
function bytesText(value, digits) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  return `${value < 0 ? "−" : ""}${unit === 0 ? size : size.toFixed(digits)} ${units[unit]}`;
}

/**
 * A number of digits, as an attribute names it.
 *
 * @param {string | null} text
 * @returns {number | undefined}
 */
export function digitsOf(text) {
  if (text === null || text.trim() === "") return undefined;
  const digits = Number(text);
  return Number.isInteger(digits) && digits >= 0 && digits <= 20 ? digits : undefined;
}

/**
 * Milliseconds, as an attribute names them: `250`, `250ms`, `2s`, `5min`, `1h`.
 *
 * @param {string | null} text
 * @returns {number | undefined}
 */
export function millisecondsOf(text) {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)?\s*$/.exec(text ?? "");
  if (match === null) return undefined;
  const factors = /** @type {Record<string, number>} */ ({ ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 });
  return Number(match[1]) * factors[match[2] ?? "ms"];
}
