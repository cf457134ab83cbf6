/**
 * What the client takes from the world around it. Everything can be replaced: in tests, and in runtimes that lack a part.
 *
 * @typedef {object} Environment
 * @property {typeof globalThis.fetch} fetch
 * @property {(new (url: string, protocols?: string | string[]) => WebSocket) | undefined} WebSocket
 * @property {(action: () => void, milliseconds: number) => any} setTimeout
 * @property {(timer: any) => void} clearTimeout
 * @property {() => number} random from 0 up to, not including, 1
 * @property {(error: unknown) => void} report for errors of the page's own handlers
 * @property {EventTarget | undefined} page the window, for `online`, `pagehide` and `pageshow`
 * @property {(EventTarget & {visibilityState?: string}) | undefined} document for `visibilitychange`
 */

/**
 * @param {Partial<Environment>} [replacements]
 * @returns {Environment}
 */
export function environment(replacements = {}) {
  const scope = /** @type {any} */ (globalThis);
  const isPage = typeof scope.addEventListener === "function" && typeof scope.document === "object";
  return {
    fetch: (input, init) => scope.fetch(input, init),
    WebSocket: scope.WebSocket,
    setTimeout: (action, milliseconds) => scope.setTimeout(action, milliseconds),
    clearTimeout: (timer) => scope.clearTimeout(timer),
    random: Math.random,
    report: (error) => {
      if (typeof scope.reportError === "function") scope.reportError(error);
      else console.error(error);
    },
    page: isPage ? scope : undefined,
    document: isPage ? scope.document : undefined,
    ...replacements,
  };
}

/**
 * The server's base, found from where the client itself was loaded: `<base>/tangor/<module>.js`. So a page works under
 * any base path and behind any proxy without being told.
 *
 * @param {string | URL | undefined} given
 * @param {string} moduleURL
 * @returns {URL} ends with a slash
 */
export function baseURL(given, moduleURL) {
  const page = /** @type {any} */ (globalThis).location?.href;
  const url = given === undefined ? new URL("..", moduleURL) : new URL(String(given), page);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new TypeError(`'${url}' is not the address of a server. Say where it is: connect({ url: "https://host/base/" }).`);
  }
  url.search = "";
  url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/**
 * The address of a path on the server. A path that begins with `/` stands below the base, as service paths do; a whole
 * URL stays as it is.
 *
 * @param {URL} base
 * @param {string | URL} path
 * @returns {URL}
 */
export function resolve(base, path) {
  const text = String(path);
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return new URL(text);
  return new URL(`./${text.replace(/^\/+/, "")}`, base);
}

/**
 * Waits, and stops waiting when the signal says so.
 *
 * @param {Environment} world
 * @param {number} milliseconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function pause(world, milliseconds, signal) {
  return new Promise((done, fail) => {
    if (signal?.aborted) return fail(signal.reason);
    const stop = () => {
      world.clearTimeout(timer);
      fail(signal?.reason);
    };
    const timer = world.setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      done();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
