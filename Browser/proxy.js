import { below } from "./paths.js";

/** @typedef {import("./objects.js").Objects} Objects */

/**
 * An object of the server as a JavaScript object. Its members are there at once; asking one is a request.
 *
 * It is no promise itself, though all its members look like one: a member called `then` is reached with
 * `tangor.get("name.then")` alone.
 *
 * @param {Objects} objects
 * @param {readonly string[]} parts
 * @param {string} path
 * @returns {any}
 */
export function objectProxy(objects, parts, path) {
  return new Proxy({}, traps(objects, parts, path, (key) => (key === "then" ? null : undefined)));
}

/**
 * A member: a promise of its value once it is awaited, a function when it is called, and the way to what lies below it.
 *
 * @param {Objects} objects
 * @param {readonly string[]} parts
 * @param {string} path
 * @returns {any}
 */
function memberProxy(objects, parts, path) {
  // Each await asks anew, so that a member kept in a variable is never stale.
  const value = () => (objects.known(parts)?.kind === "object" ? Promise.resolve(objectProxy(objects, parts, path)) : objects.get(path));
  // An arrow function has no properties of its own that a proxy would have to show.
  const target = /** @type {any} */ (() => {});
  const own = (/** @type {string} */ key) => {
    switch (key) {
      case "then":
        return (/** @type {any} */ done, /** @type {any} */ fail) => value().then(done, fail);
      case "catch":
        return (/** @type {any} */ fail) => value().catch(fail);
      case "finally":
        return (/** @type {any} */ done) => value().finally(done);
      case "$with":
        return (/** @type {any} */ values, /** @type {any} */ options) => objects.call(path, values, options);
      default:
        return undefined;
    }
  };
  return new Proxy(target, {
    ...traps(objects, parts, path, own),
    apply: (_target, _this, values) => objects.call(path, values),
  });
}

/**
 * @param {Objects} objects
 * @param {readonly string[]} parts
 * @param {string} path
 * @param {(key: string) => any} own what this kind of proxy has itself; null hides the name
 * @returns {ProxyHandler<any>}
 */
function traps(objects, parts, path, own) {
  const described = () => objects.known(parts)?.members?.map((member) => member.name) ?? [];
  const member = (/** @type {string} */ key) => memberProxy(objects, [...parts, key], below(path, key));
  return {
    get(_target, key) {
      if (typeof key === "symbol") return symbols(path, key);
      if (key === "$path") return path;
      if (key === "$describe") return (/** @type {any} */ options) => objects.describe(path, options);
      const value = own(key);
      if (value !== undefined) return value ?? undefined;
      // `toString`, `toJSON` and the like are asked for by the language and by tools, not by the page.
      if (isLanguage(key) && !described().includes(key)) return Reflect.get(Object.prototype, key);
      return member(key);
    },
    set(_target, key, value) {
      if (typeof key === "symbol" || key.startsWith("$")) return false;
      const there = below(path, key);
      objects.unattended(there, "set", objects.set(there, value));
      return true;
    },
    deleteProperty(_target, key) {
      if (typeof key === "symbol" || key.startsWith("$")) return false;
      const there = below(path, key);
      objects.unattended(there, "deleted", objects.delete(there));
      return true;
    },
    has: (_target, key) => typeof key === "string" && described().includes(key),
    ownKeys: () => [...new Set(described())],
    getOwnPropertyDescriptor(_target, key) {
      if (typeof key === "symbol" || !described().includes(key)) return undefined;
      return { value: member(key), writable: true, enumerable: true, configurable: true };
    },
    defineProperty: () => false,
    preventExtensions: () => false,
    setPrototypeOf: () => false,
  };
}

/**
 * @param {string} key
 * @returns {boolean}
 */
function isLanguage(key) {
  return key === "toJSON" || key in Object.prototype;
}

/**
 * @param {string} path
 * @param {symbol} key
 * @returns {any}
 */
function symbols(path, key) {
  if (key === Symbol.toStringTag) return "TangorObject";
  // A member in a text was meant to be awaited; its path shows where.
  if (key === Symbol.toPrimitive) return () => `[tangor ${path}]`;
  return undefined;
}
