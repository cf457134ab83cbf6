// The callback-based interface of Tangelo for pages that were written for it: a classic script, without jQuery.
// New pages use ../tangor.js.
(function () {
  "use strict";

  var version = "0.7.0";
  var own = document.currentScript && /** @type {HTMLScriptElement} */ (document.currentScript).src;
  // This script stands at <base>/tangor/compat/tangelo.js.
  var base = own ? new URL("../..", own).pathname : "/";

  /** @type {any} */
  var tangelo = /** @type {any} */ (window).tangelo || {};
  /** @type {any} */ (window).tangelo = tangelo;

  /**
   * What pages expect of a failed request: the members of jQuery's object that they read.
   *
   * @typedef {{status: number, statusText: string, responseText: string, responseJSON?: any, readyState: number,
   *   getResponseHeader: (name: string) => string | null}} FailedRequest
   */

  /**
   * @param {XMLHttpRequest} request
   * @returns {FailedRequest}
   */
  function failure(request) {
    /** @type {FailedRequest} */
    var failed = {
      status: request.status,
      statusText: request.statusText || (request.status === 0 ? "error" : ""),
      responseText: request.responseText || "",
      readyState: request.readyState,
      getResponseHeader: function (name) {
        return request.getResponseHeader(name);
      },
    };
    try {
      failed.responseJSON = JSON.parse(failed.responseText);
    } catch (_) {
      // A network failure, or a page of a proxy.
    }
    return failed;
  }

  /**
   * @param {string} method
   * @param {string} url
   * @param {(result: any, request: XMLHttpRequest) => void} done
   * @param {(failed: FailedRequest) => void} fail
   * @param {URLSearchParams} [fields] sent as a form
   */
  function ajax(method, url, done, fail, fields) {
    var request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("Accept", "application/json");
    request.onload = function () {
      var result;
      var good = request.status >= 200 && request.status < 300;
      if (good) {
        try {
          result = JSON.parse(request.responseText);
        } catch (_) {
          good = false;
        }
      }
      // Outside the try: an error thrown by the page's callback is the page's, and shows on its console.
      if (good) done(result, request);
      else fail(failure(request));
    };
    request.onerror = request.ontimeout = request.onabort = function () {
      fail(failure(request));
    };
    request.send(fields);
  }

  /** @param {string} key */
  function streamURL(key) {
    return base + "stream" + (key === undefined ? "" : "/" + encodeURIComponent(key));
  }

  /** @param {string} path A path of the site, which may stand below a base path that the page does not know of. */
  function siteURL(path) {
    var absolute = tangelo.absoluteUrl(path);
    if (base === "/" || absolute.charAt(0) !== "/" || (absolute + "/").indexOf(base) === 0) return absolute;
    return base + absolute.slice(1);
  }

  /** @param {any} callback */
  function requireFunction(callback) {
    if (typeof callback !== "function") throw new TypeError("a callback function is required");
  }

  // MARK: Core

  tangelo.version = function () {
    return version;
  };

  tangelo.isNumber = function (/** @type {any} */ value) {
    return typeof value === "number";
  };
  tangelo.isBoolean = function (/** @type {any} */ value) {
    return typeof value === "boolean";
  };
  tangelo.isArray = Array.isArray;
  tangelo.isObject = function (/** @type {any} */ value) {
    return Object.prototype.toString.call(value) === "[object Object]";
  };
  tangelo.isString = function (/** @type {any} */ value) {
    return typeof value === "string";
  };
  tangelo.isFunction = function (/** @type {any} */ value) {
    return typeof value === "function";
  };

  tangelo.fatalError = function (/** @type {string} */ module, /** @type {string | undefined} */ message) {
    throw new Error(message === undefined ? module : "[" + module + "] " + message);
  };

  tangelo.error = function (/** @type {any} */ code, /** @type {string | undefined} */ message, /** @type {any} */ jqxhr) {
    return { code: code, message: message, jqxhr: jqxhr };
  };

  tangelo.uniqueID = function (/** @type {number | undefined} */ length) {
    var letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    var id = "";
    for (var i = 0; i < (length === undefined ? 6 : length); i += 1) id += letters.charAt(Math.floor(Math.random() * letters.length));
    return id;
  };

  /** `/…` and `~…` stay as they are; all else stands beside the current page. */
  tangelo.absoluteUrl = function (/** @type {string} */ path) {
    if (/^[/~]/.test(path) || /^[a-z][a-z0-9+.-]*:/i.test(path)) return path;
    return window.location.pathname.replace(/[^/]*$/, "") + path;
  };

  /** The query of the page's address; of equal names the last one counts. */
  tangelo.queryArguments = function () {
    /** @type {Record<string, string>} */
    var result = {};
    new URLSearchParams(window.location.search).forEach(function (value, name) {
      result[name] = value;
    });
    return result;
  };

  tangelo.plugin = tangelo.plugin || {};
  tangelo.ensurePlugin = function (/** @type {string} */ name) {
    if (!Object.prototype.hasOwnProperty.call(tangelo.plugin, name)) tangelo.plugin[name] = {};
    return tangelo.plugin[name];
  };
  tangelo.getPlugin = tangelo.ensurePlugin;
  tangelo.pluginUrl = function () {
    var parts = Array.prototype.slice.call(arguments);
    if (parts.length === 0 || !parts[0]) throw new Error("a plugin's name is required");
    return base + ["plugin"].concat(parts).join("/");
  };

  // MARK: Streams

  tangelo.stream = tangelo.stream || {};

  /** `callback(keys)`, or `callback(undefined, jqxhr)`. */
  tangelo.stream.streams = function (/** @type {Function} */ callback) {
    requireFunction(callback);
    ajax(
      "GET",
      streamURL(/** @type {any} */ (undefined)),
      function (keys) {
        callback(keys);
      },
      function (failed) {
        callback(undefined, failed);
      }
    );
  };

  /** `callback(key)`, or `callback(undefined, jqxhr)`. */
  tangelo.stream.start = function (/** @type {string} */ webpath, /** @type {Function} */ callback) {
    requireFunction(callback);
    ajax(
      "GET",
      siteURL(webpath),
      function (result, request) {
        if (result && typeof result.key === "string") callback(result.key);
        else callback(undefined, failure(request));
      },
      function (failed) {
        callback(undefined, failed);
      }
    );
  };

  /** `callback(data, finished)`; at the end `callback(undefined, true)`; `callback(undefined, undefined, error)`. */
  tangelo.stream.query = function (/** @type {string} */ key, /** @type {Function} */ callback) {
    requireFunction(callback);
    ajax(
      "GET",
      streamURL(key),
      function (result) {
        if (result && result.error) callback(undefined, undefined, result.error);
        else if (result && result.finished) callback(undefined, true);
        else callback(result && result.data, false);
      },
      function (failed) {
        callback(undefined, undefined, failed);
      }
    );
  };

  /**
   * Queries until the end. What the callback returns steers the run: a function replaces the callback, `false` stops
   * (the stream lives on), a number is the new delay, an object may hold `callback`, `continue` and `delay`.
   */
  tangelo.stream.run = function (/** @type {string} */ key, /** @type {Function} */ callback, /** @type {number | undefined} */ delay) {
    requireFunction(callback);
    var wait = isDelay(delay) ? Number(delay) : 100;
    var going = true;

    /** @param {any} value */
    function steer(value) {
      if (typeof value === "function") callback = value;
      else if (typeof value === "boolean") going = value;
      else if (isDelay(value)) wait = value;
      else if (tangelo.isObject(value)) {
        if (typeof value.callback === "function") callback = value.callback;
        if (typeof value["continue"] === "boolean") going = value["continue"];
        if (isDelay(value.delay)) wait = value.delay;
      }
    }

    function step() {
      tangelo.stream.query(key, function (/** @type {any} */ data, /** @type {boolean} */ finished, /** @type {any} */ error) {
        if (error !== undefined) {
          console.warn("[tangelo.stream.run] the stream " + key + " failed:", error);
          callback(undefined, error);
        } else if (finished) {
          callback(undefined, true);
        } else {
          steer(callback(data, false));
          if (going) window.setTimeout(step, wait);
        }
      });
    }
    step();
  };

  /** `callback({key: …})`, or `callback(undefined, jqxhr)`. */
  tangelo.stream["delete"] = function (/** @type {string} */ key, /** @type {Function | undefined} */ callback) {
    ajax(
      "DELETE",
      streamURL(key),
      function (result) {
        if (callback) callback(result);
      },
      function (failed) {
        if (callback) callback(undefined, failed);
      }
    );
  };

  /** @param {any} value */
  function isDelay(value) {
    return typeof value === "number" && isFinite(value) && value >= 0;
  }

  // MARK: Programs

  tangelo.vtkweb = tangelo.vtkweb || {};
  tangelo.ensurePlugin("vtkweb");
  tangelo.plugin.vtkweb = tangelo.vtkweb;

  /** @type {Record<string, {viewport: Element, view: Element}>} where programs are shown, by their keys */
  var shown = {};

  /** @param {string} [key] */
  function programURL(key) {
    return base + "vtkweb" + (key === undefined ? "" : "/" + encodeURIComponent(key));
  }

  /** `callback(keys)`, or `callback(undefined, jqxhr)`. */
  tangelo.vtkweb.processes = function (/** @type {Function} */ callback) {
    requireFunction(callback);
    ajax(
      "GET",
      programURL(),
      function (keys) {
        if (keys && keys.error) throw new Error(keys.error);
        callback(keys);
      },
      function (failed) {
        callback(undefined, failed);
      }
    );
  };

  /** `callback(report)`, or `callback(undefined, jqxhr)`. What the program printed is told once. */
  tangelo.vtkweb.info = function (/** @type {string} */ key, /** @type {Function} */ callback) {
    requireFunction(callback);
    ajax(
      "GET",
      programURL(key),
      function (report) {
        callback(report);
      },
      function (failed) {
        callback(undefined, failed);
      }
    );
  };

  /**
   * Launches a script and shows it in an element of the page: `callback(key)`, or `callback(undefined, error)`.
   *
   * @param {{url: string, argstring?: string, viewport: string, callback?: Function, timeout?: number}} spec `timeout` in seconds
   */
  tangelo.vtkweb.launch = function (spec) {
    var viewport = spec && spec.viewport ? document.querySelector(spec.viewport) : null;
    if (viewport === null) throw new Error("[tangelo.vtkweb.launch] argument 'viewport' has to be the selector of an element of the page");
    if (!spec.url) throw new Error("[tangelo.vtkweb.launch] argument 'url' is required");
    var callback = spec.callback || function () {};
    requireFunction(callback);
    var place = viewport;
    var fields = new URLSearchParams({ args: spec.argstring || "" });
    if (spec.timeout !== undefined) fields.set("timeout", String(spec.timeout));
    ajax(
      "POST",
      base + "vtkweb/" + siteURL(spec.url).slice(base.length),
      function (result) {
        // The viewer of VTK Web's first years speaks to no VTK of today: this one does.
        import(base + "tangor/elements.js").then(
          function () {
            var view = document.createElement("tangor-program");
            view.setAttribute("key", result.key);
            view.setAttribute("label", spec.url);
            /** @type {HTMLElement} */ (view).style.blockSize = "100%";
            place.replaceChildren(view);
            shown[result.key] = { viewport: place, view: view };
            callback(result.key);
          },
          function (error) {
            callback(undefined, tangelo.error("viewer", String(error), undefined));
          }
        );
      },
      function (failed) {
        var said = failed.responseJSON || {};
        callback(undefined, tangelo.error(said.code || "connection_lost", said.reason || said.error || failed.statusText, failed));
      },
      fields
    );
  };

  /** `callback(key, element, error)`: the element that showed the program, which is emptied where there is no callback. */
  tangelo.vtkweb.terminate = function (/** @type {string} */ key, /** @type {Function | undefined} */ callback) {
    /** @param {FailedRequest} [failed] */
    function finish(failed) {
      var place = shown[key];
      if (place && !failed) {
        place.view.remove();
        delete shown[key];
      }
      var element = place && place.viewport;
      if (callback) callback(key, element, failed);
      else if (failed) console.warn("[tangelo.vtkweb.terminate] the program " + key + " was not ended:", failed);
      else if (element) element.replaceChildren();
    }
    ajax(
      "DELETE",
      programURL(key),
      function () {
        finish();
      },
      finish
    );
  };
})();
