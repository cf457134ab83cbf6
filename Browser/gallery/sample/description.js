/**
 * @typedef {import("../../tangor").MemberDescription} Member
 * @typedef {{path: string, signature: string, type: string, may: string, doc: string, depth: number, kind: string}} Row
 */

/**
 * The members of an object and of the objects within it, a row each.
 *
 * @param {readonly Member[]} members
 * @param {string} prefix the object's path
 * @returns {Row[]}
 */
export function rows(members, prefix, depth = 0) {
  return members.flatMap((member) => {
    const path = `${prefix}.${member.name}`;
    const row = { path, signature: signature(member), type: member.type, may: may(member), doc: member.doc ?? "", depth, kind: member.kind };
    return [row, ...(member.kind === "object" ? rows(member.members ?? [], path, depth + 1) : [])];
  });
}

/**
 * @param {Member} member
 * @returns {string}
 */
function signature({ name, kind, parameters = [] }) {
  if (kind !== "method") return name;
  const list = parameters.map((parameter) => {
    const rest = parameter.default === undefined ? "" : ` = ${parameter.default}`;
    return `${parameter.name}: ${parameter.type}${rest}`;
  });
  return `${name}(${list.join(", ")})`;
}

/**
 * @param {Member} member
 * @returns {string}
 */
function may({ kind, settable, deletable, channel, stream, async: isAsync, locking }) {
  if (kind === "object") return "looked into";
  if (kind === "method") {
    return [stream ? "called, gives a sequence" : "called", isAsync ? "asynchronous" : "", locking ? "one at a time" : ""].filter(Boolean).join(", ");
  }
  return ["read", settable ? "set" : "", deletable ? "deleted" : "", channel === undefined ? "" : `followed as ${channel}`].filter(Boolean).join(", ");
}

/**
 * Reads arguments as they are typed: JSON values parted by commas.
 *
 * @param {string} text
 * @returns {unknown[]}
 */
export function readArguments(text) {
  try {
    return JSON.parse(`[${text}]`);
  } catch {
    throw new SyntaxError(`The arguments '${text}' are not JSON. Write them as in: 4, 5 or "text", [1, 2].`);
  }
}
