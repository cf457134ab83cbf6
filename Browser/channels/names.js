import { TangorError } from "../errors.js";

/**
 * Whether a name of a subscription is a pattern, which may match many channels.
 *
 * @param {string} name
 * @returns {boolean}
 */
export function isPattern(name) {
  return name.split("/").some((level) => level === "+" || level === "#");
}

/**
 * Whether a channel belongs to a name or pattern, as in MQTT: `+` is one whole level, `#` at the end is the level above
 * and all below it; neither matches a first level that begins with `$`.
 *
 * @param {string} pattern
 * @param {string} channel
 * @returns {boolean}
 */
export function matches(pattern, channel) {
  if (pattern === channel) return true;
  const wanted = pattern.split("/");
  const levels = channel.split("/");
  if (channel.startsWith("$") && (wanted[0] === "+" || wanted[0] === "#")) return false;
  for (let index = 0; index < wanted.length; index += 1) {
    if (wanted[index] === "#") return index === wanted.length - 1 && levels.length >= index;
    if (index >= levels.length || (wanted[index] !== "+" && wanted[index] !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

/**
 * Refuses what cannot be a name or pattern, before the server has to.
 *
 * @param {unknown} name
 */
export function checkName(name) {
  const wrong = (/** @type {string} */ why) =>
    new TangorError("invalid_parameters", `'${String(name).slice(0, 200)}' is no channel: ${why}.`);
  if (typeof name !== "string" || name === "") throw wrong("a channel's name is a text that is not empty");
  const levels = name.split("/");
  if (levels.length > 32) throw wrong("it has more than 32 levels");
  if (new TextEncoder().encode(name).length > 256) throw wrong("it is longer than 256 bytes");
  levels.forEach((level, index) => {
    if (level.includes("+") && level !== "+") throw wrong("'+' stands for a whole level");
    if (level.includes("#") && (level !== "#" || index !== levels.length - 1)) throw wrong("'#' stands for the last levels");
  });
}
