/** Names that stand behind a point; all others are quoted in brackets. */
const plain = /^[\p{ID_Start}_0-9][\p{ID_Continue}]*$/u;

/**
 * The path of a member, an element or an entry below another path.
 *
 * @param {string} path
 * @param {string} key as JavaScript gives it: elements of arrays come as digits
 * @returns {string}
 */
export function below(path, key) {
  return plain.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/**
 * The name of the exposed object that a path begins with.
 *
 * @param {string} path
 * @returns {string}
 */
export function objectOf(path) {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}

/**
 * The parts of a path, without quotes: `a.b["c d"][0]` is `["a", "b", "c d", "0"]`.
 *
 * @param {string} path
 * @returns {string[] | undefined} undefined when it is none
 */
export function partsOf(path) {
  const parts = [];
  const part = /([^.[\]"]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  let dotted = true;
  while (part.lastIndex < path.length) {
    const at = part.lastIndex;
    const match = part.exec(path);
    if (match === null || (match[1] !== undefined) !== dotted) return undefined;
    try {
      parts.push(match[1] ?? match[2] ?? JSON.parse(match[3]));
    } catch {
      return undefined;
    }
    dotted = path[part.lastIndex] === ".";
    if (dotted) part.lastIndex += 1;
    if (part.lastIndex === at) return undefined;
  }
  return dotted ? undefined : parts;
}
