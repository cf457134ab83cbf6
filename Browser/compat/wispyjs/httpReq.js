// The global `httpReq` of pages that were written for wispyobserver: plain HTTP requests with JSON, as promises.
(function () {
  "use strict";

  /**
   * @typedef {object} RequestOptions
   * @property {Record<string, any>} [query] added to the address; members that are undefined are left out, lists are repeated
   * @property {Record<string, string>} [headers]
   * @property {AbortSignal} [signal]
   */

  /** A request that was answered with a failure. */
  class HTTPError extends Error {
    /** @param {string} message @param {number} status @param {any} body the answer, as JSON where it is */
    constructor(message, status, body) {
      super(message);
      this.name = "HTTPError";
      this.status = status;
      this.body = body;
      this.code = body !== null && typeof body === "object" && typeof body.code === "string" ? body.code : undefined;
    }
  }

  /**
   * Bodies that travel as they are; all others travel as JSON.
   *
   * @param {any} body
   */
  function isRaw(body) {
    return ArrayBuffer.isView(body) || [ArrayBuffer, Blob, FormData, URLSearchParams].some((type) => body instanceof type);
  }

  /** @param {string | URL} address @param {Record<string, any> | undefined} query */
  function complete(address, query) {
    var url = new URL(address, document.baseURI);
    Object.entries(query || {}).forEach(function (entry) {
      (Array.isArray(entry[1]) ? entry[1] : [entry[1]]).forEach(function (value) {
        if (value !== undefined) url.searchParams.append(entry[0], String(value));
      });
    });
    return url;
  }

  /** @param {Response} answer */
  async function content(answer) {
    if (answer.status === 204) return undefined;
    var text = await answer.text();
    var type = answer.headers.get("Content-Type") || "";
    if (!/^[\w.+-]+\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) return text;
    return text === "" ? undefined : JSON.parse(text);
  }

  /**
   * Sends a request.
   *
   * @param {string} method
   * @param {string | URL} address relative to the page
   * @param {any} [body] JSON; forms, files and bytes travel as they are, and nothing where it is undefined
   * @param {RequestOptions} [options]
   * @returns {Promise<any>} the answer's value where it is JSON, else its text
   */
  async function httpReq(method, address, body, options) {
    var headers = new Headers((options || {}).headers);
    if (!headers.has("Accept")) headers.set("Accept", "application/json, text/plain;q=0.9, */*;q=0.8");
    var isJSON = body !== undefined && !isRaw(body);
    if (isJSON && !headers.has("Content-Type")) headers.set("Content-Type", "application/json");
    var answer = await fetch(complete(address, (options || {}).query), {
      method: method.toUpperCase(),
      headers: headers,
      body: isJSON ? JSON.stringify(body) : body,
      signal: (options || {}).signal,
    });
    if (answer.ok) return content(answer);
    var problem = await content(answer).catch(function () {
      return undefined;
    });
    var words = problem !== null && typeof problem === "object" ? problem.detail || problem.title : undefined;
    throw new HTTPError(words || method.toUpperCase() + " was answered with status " + answer.status + ".", answer.status, problem);
  }

  /** @type {any} */ (window).httpReq = Object.assign(httpReq, {
    HTTPError: HTTPError,
    /** @param {string | URL} address @param {Record<string, any>} [query] @param {RequestOptions} [options] */
    get: function (address, query, options) {
      return httpReq("GET", address, undefined, Object.assign({ query: query }, options));
    },
    /** @param {string | URL} address @param {any} [body] @param {RequestOptions} [options] */
    post: function (address, body, options) {
      return httpReq("POST", address, body, options);
    },
    /** @param {string | URL} address @param {any} [body] @param {RequestOptions} [options] */
    put: function (address, body, options) {
      return httpReq("PUT", address, body, options);
    },
    /** @param {string | URL} address @param {any} [body] @param {RequestOptions} [options] */
    patch: function (address, body, options) {
      return httpReq("PATCH", address, body, options);
    },
    /** @param {string | URL} address @param {RequestOptions} [options] */
    delete: function (address, options) {
      return httpReq("DELETE", address, undefined, options);
    },
  });
})();
