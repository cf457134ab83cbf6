import { TangorError } from "../errors.js";
import { objectOf, partsOf } from "../paths.js";

/**
 * @typedef {import("../tangor.js").Tangor} Tangor
 * @typedef {import("../tangor").MemberDescription} MemberDescription
 */

/** @type {WeakMap<Tangor, Map<string, Promise<any>>>} */
const descriptions = new WeakMap();

/**
 * The member that a path leads to, or through.
 *
 * @param {Tangor} tangor
 * @param {string} path
 * @returns {Promise<{member: MemberDescription | undefined, rest: string[]}>} `rest`: what follows the member
 */
export async function memberAt(tangor, path) {
  const parts = partsOf(path);
  if (parts === undefined || parts.length < 2) {
    throw new TangorError("invalid_parameters", `'${path}' is no path to a member; write one as sample.a.`);
  }
  /** @type {any} */ let found = await describe(tangor, objectOf(path));
  for (let index = 1; index < parts.length; index += 1) {
    const next = found.members?.find((/** @type {MemberDescription} */ member) => member.name === parts[index]);
    if (next === undefined) return { member: index === 1 ? undefined : found, rest: parts.slice(index) };
    found = next;
  }
  return { member: found, rest: [] };
}

/**
 * @param {Tangor} tangor
 * @param {string} name
 * @returns {Promise<any>} shared by all elements, fetched anew after the connection was broken
 */
function describe(tangor, name) {
  let known = descriptions.get(tangor);
  if (known === undefined) {
    known = new Map();
    descriptions.set(tangor, known);
    const forget = known;
    tangor.addEventListener("statechange", () => forget.clear());
  }
  const asked = known.get(name);
  if (asked !== undefined) return asked;
  const description = tangor.describe(name);
  known.set(name, description);
  // A failure is not kept: the object may be there the next time.
  description.catch(() => descriptions.get(tangor)?.delete(name));
  return description;
}
