// The global `rpc` of pages that were written for wispyobserver: a classic script over Tangor's client.
// New pages import ../tangor.js and use `tangor.object(…)`.
(function () {
  "use strict";

  var own = document.currentScript && /** @type {HTMLScriptElement} */ (document.currentScript).src;
  // This script stands at <base>/<wispy_static_path>/rpc.js, and among the client's own files.
  var base = own ? new URL(/\/tangor\/compat\/wispyjs\/[^/]*$/.test(own.split(/[?#]/)[0]) ? "../../.." : "..", own) : undefined;

  /** @type {Promise<any> | undefined} */
  var connecting;
  var events = new EventTarget();

  /**
   * The client, loaded and connected when it is first needed. What is asked before waits in the order of asking.
   *
   * @returns {Promise<any>}
   */
  function client() {
    if (connecting === undefined) {
      var address = new URL("tangor/tangor.js", base || document.baseURI);
      connecting = import(address.href).then(function (module) {
        var tangor = module.connect({ url: base || new URL(".", document.baseURI) });
        tangor.addEventListener("error", function (/** @type {any} */ event) {
          // A broken connection mends itself; calls that it cost are rejected.
          report(event.detail, event.detail && event.detail.code === "connection_lost" ? "warn" : "error");
        });
        return tangor;
      });
      // The next use tries again.
      connecting.catch(function () {
        connecting = undefined;
      });
    }
    return connecting;
  }

  /**
   * Tells of a failure that no promise carries: an `error` event of `rpc`, whose detail is the error, and the console where
   * nobody prevents it.
   *
   * @param {unknown} error
   * @param {"warn" | "error"} [how] it is printed
   */
  function report(error, how) {
    var event = new CustomEvent("error", { detail: error, cancelable: true });
    if (events.dispatchEvent(event)) console[how || "error"](error);
  }

  /**
   * A value as it is now: the page may change it before the client is there to send it.
   *
   * @param {any} value
   */
  function snapshot(value) {
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return structuredClone(value);
    return JSON.parse(JSON.stringify(value));
  }

  /**
   * The path of what stands below another: `a.b`, `a.0`, `a["any key"]`.
   *
   * @param {string} path
   * @param {string} key
   */
  function below(path, key) {
    return /^[\p{ID_Start}_0-9][\p{ID_Continue}]*$/u.test(key) ? path + "." + key : path + "[" + JSON.stringify(key) + "]";
  }

  var requests = {
    /** @param {string} path */
    get: async function (path) {
      return (await client()).get(path);
    },
    /** @param {string} path @param {any} value */
    set: async function (path, value) {
      var now = snapshot(value);
      return (await client()).set(path, now);
    },
    /** @param {string} path */
    delete: async function (path) {
      return (await client()).delete(path);
    },
    /** @param {string} path @param {any[]} values */
    call: async function (path, values) {
      var now = values.map(snapshot);
      return (await client()).callObject(path, now);
    },
    list: async function () {
      return (await client()).objects();
    },
    /** @param {string} path */
    describe: async function (path) {
      return (await client()).describe(path);
    },
  };

  /**
   * What a failed assignment or `delete` says.
   *
   * @param {string} path
   * @param {string} what
   * @param {Promise<void>} change
   */
  function unattended(path, what, change) {
    change.catch(function (cause) {
      var error = new Error(path + " was not " + what + ": " + (cause && cause.message));
      Object.assign(error, { name: cause && cause.name, code: cause && cause.code, cause: cause });
      report(error);
    });
  }

  /**
   * An object of the server, or a member of one: a promise of its value when awaited, a function when called.
   *
   * @param {string} path
   * @param {boolean} isObject an object itself has no value: `await rpc.sample` gives the proxy
   * @returns {any}
   */
  function member(path, isObject) {
    /** @param {string} key */
    function inherent(key) {
      var promised = key === "then" || key === "catch" || key === "finally";
      if (promised && isObject) return null;
      if (promised) {
        return function (/** @type {any[]} */ ...handlers) {
          var value = requests.get(path);
          return /** @type {any} */ (value)[key].apply(value, handlers);
        };
      }
      if (key === "rpcWebsocket") return channels;
      // The language and its tools ask for these, not the page.
      if (key === "toJSON") return null;
      if (key === "toString") {
        return function () {
          return "[rpc " + path + "]";
        };
      }
      return undefined;
    }
    // An arrow function has no properties that the proxy would have to show.
    return new Proxy(/** @type {any} */ (() => {}), {
      get: function (_target, key) {
        if (key === Symbol.toPrimitive) return inherent("toString");
        if (typeof key === "symbol") return undefined;
        var value = inherent(key);
        if (value !== undefined) return value === null ? undefined : value;
        return member(below(path, key), false);
      },
      set: function (_target, key, value) {
        if (typeof key === "symbol" || inherent(key) !== undefined) return false;
        unattended(below(path, key), "set", requests.set(below(path, key), value));
        return true;
      },
      deleteProperty: function (_target, key) {
        if (typeof key === "symbol" || inherent(key) !== undefined) return false;
        unattended(below(path, key), "deleted", requests.delete(below(path, key)));
        return true;
      },
      apply: function (_target, _this, values) {
        return requests.call(path, values);
      },
      defineProperty: function () {
        return false;
      },
    });
  }

  /**
   * @typedef {(value: any, channel: string) => void} ChannelHandler
   */

  /** @type {Map<string, Map<ChannelHandler, () => void>>} what ends the subscription of each handler, by channel or pattern */
  var handled = new Map();

  /**
   * Calls a handler with every later value of a channel.
   *
   * @param {string} name of a channel, or a pattern with + and #
   * @param {ChannelHandler} handler
   * @param {boolean} withLatest whether it is also called with the value of now
   */
  async function subscribe(name, handler, withLatest) {
    var tangor = await client();
    /** @type {(value: any, message: {channel: string}) => void} */
    var take = function (value, message) {
      handler(value, message.channel);
    };
    var subscription = tangor.channels.subscribe([name], take, { latest: withLatest });
    var handlers = handled.get(name) || new Map();
    handled.set(name, handlers);
    var former = handlers.get(handler);
    if (former !== undefined) former();
    var end = subscription.unsubscribe.bind(subscription);
    handlers.set(handler, end);
    try {
      await subscription.ready;
    } catch (error) {
      // Refused, or taken off meanwhile: then another may stand in its place.
      if (handlers.get(handler) === end) handlers.delete(handler);
      throw error;
    }
  }

  var channels = {
    /**
     * The names of the channels that this page may subscribe to.
     *
     * @param {string} [pattern] `#`, all, by default
     * @returns {Promise<string[]>}
     */
    listChannels: async function (pattern) {
      return (await client()).channels.list(pattern);
    },

    /**
     * Adds functions that are called with the values of channels, and again after a broken connection.
     *
     * @param {Record<string, ChannelHandler>} handlers by the names of channels, or patterns with + and #
     * @param {boolean} [withLatest] whether they are also called with the values of now
     * @returns {Promise<void>} fulfilled once the server sends them
     */
    addChannelHandlers: async function (handlers, withLatest) {
      var names = Object.keys(handlers);
      var wrong = names.find(function (name) {
        return typeof handlers[name] !== "function";
      });
      if (wrong !== undefined) throw new TypeError("The handler of the channel '" + wrong + "' is no function.");
      await Promise.all(
        names.map(function (name) {
          return subscribe(name, handlers[name], withLatest === true);
        }),
      );
    },

    /**
     * Takes functions off again.
     *
     * @param {string[] | Record<string, ChannelHandler>} handlers names of channels for all of theirs, or the functions by name
     */
    removeChannelHandlers: function (handlers) {
      var names = Array.isArray(handlers) ? handlers : Object.keys(handlers);
      names.forEach(function (name) {
        var there = handled.get(name) || new Map();
        Array.from(there.keys()).forEach(function (handler) {
          if (!Array.isArray(handlers) && handlers[name] !== handler) return;
          there.get(handler)();
          there.delete(handler);
        });
        if (there.size === 0) handled.delete(name);
      });
    },
  };

  /** What `rpc` has beside the objects; an object of such a name is reached with `rpc.object(name)`. */
  var tools = Object.assign(Object.create(null), requests, {
    /** @param {string} name */
    object: function (name) {
      return member(name, true);
    },
    rpcWebsocket: channels,
    client: client,
    addEventListener: events.addEventListener.bind(events),
    removeEventListener: events.removeEventListener.bind(events),
    then: undefined,
    toJSON: undefined,
  });

  /** @type {any} */ (window).rpc = new Proxy(tools, {
    get: function (_target, key) {
      if (typeof key === "symbol" || key in tools) return tools[key];
      return member(key, true);
    },
    set: function () {
      return false;
    },
    deleteProperty: function () {
      return false;
    },
    defineProperty: function () {
      return false;
    },
  });
})();
