// The global `page` of pages that were written for wispyobserver: elements by their id.
(function () {
  "use strict";

  /**
   * An element's attributes as properties: `attributes.title`, `attributes.title = "…"`, `delete attributes.title`. True and
   * false set and remove an attribute without a value, as `disabled` is.
   *
   * @param {Element} element
   */
  function attributesOf(element) {
    return new Proxy(Object.create(null), {
      get: function (_target, name) {
        return typeof name === "string" && element.hasAttribute(name) ? element.getAttribute(name) : undefined;
      },
      set: function (_target, name, value) {
        if (typeof name !== "string") return false;
        if (value === false || value === null || value === undefined) element.removeAttribute(name);
        else element.setAttribute(name, value === true ? "" : String(value));
        return true;
      },
      deleteProperty: function (_target, name) {
        if (typeof name === "string") element.removeAttribute(name);
        return true;
      },
      has: function (_target, name) {
        return typeof name === "string" && element.hasAttribute(name);
      },
      ownKeys: function () {
        return element.getAttributeNames();
      },
      getOwnPropertyDescriptor: function (_target, name) {
        if (typeof name !== "string" || !element.hasAttribute(name)) return undefined;
        return { value: element.getAttribute(name), enumerable: true, configurable: true, writable: true };
      },
    });
  }

  /**
   * Whether an element has a value of its own, as fields of forms have.
   *
   * @param {any} element
   */
  function isField(element) {
    return [HTMLInputElement, HTMLSelectElement, HTMLTextAreaElement, HTMLOutputElement].some((type) => element instanceof type);
  }

  /** @type {WeakMap<Element, any>} */
  var wrapped = new WeakMap();

  /**
   * An element with short names beside its own properties and methods: `text`, `html`, `attributes`, `element`, `on`, `off`.
   *
   * @param {any} element
   */
  function wrap(element) {
    if (wrapped.has(element)) return wrapped.get(element);
    /** @type {Record<string, any>} */
    var short = {
      /** The element itself. */
      element: element,
      attributes: attributesOf(element),
      /** @param {string} type @param {(event: Event) => void} handler */
      on: function (type, handler) {
        element.addEventListener(type, handler);
      },
      /** @param {string} type @param {(event: Event) => void} handler */
      off: function (type, handler) {
        element.removeEventListener(type, handler);
      },
    };
    var proxy = new Proxy(Object.create(null), {
      get: function (_target, name) {
        if (name === "text") return element.textContent;
        if (name === "html") return element.innerHTML;
        if (typeof name === "string" && Object.hasOwn(short, name)) return short[name];
        var value = element[name];
        return typeof value === "function" ? value.bind(element) : value;
      },
      set: function (_target, name, value) {
        if (name === "text") element.textContent = value;
        else if (name === "html") element.innerHTML = value;
        else if (typeof name === "string" && Object.hasOwn(short, name)) return false;
        else element[name] = value;
        return true;
      },
      has: function (_target, name) {
        return name === "text" || name === "html" || (typeof name === "string" && Object.hasOwn(short, name)) || name in element;
      },
    });
    wrapped.set(element, proxy);
    return proxy;
  }

  /** @type {any} */ (window).page = new Proxy(Object.create(null), {
    /** The element of an id; undefined where there is none. */
    get: function (_target, id) {
      var element = typeof id === "string" ? document.getElementById(id) : null;
      return element === null ? undefined : wrap(element);
    },
    /** `page.id = "…"` sets the value of a field, and the text of any other element: never its markup. */
    set: function (_target, id, value) {
      /** @type {any} */
      var element = typeof id === "string" ? document.getElementById(id) : null;
      if (element === null) throw new ReferenceError('This page has no element with the id "' + String(id) + '".');
      if (element instanceof HTMLInputElement && /^(checkbox|radio)$/.test(element.type)) element.checked = Boolean(value);
      else if (isField(element)) element.value = value;
      else element.textContent = value;
      return true;
    },
    has: function (_target, id) {
      return typeof id === "string" && document.getElementById(id) !== null;
    },
  });
})();
