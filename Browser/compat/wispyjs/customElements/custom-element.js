// <custom-template type="my-element" name="default">…</custom-template> defines the element <my-element name="…">: a
// classic script, without anything beside it. What may stand in a template is told in docs/coming-from-wispyobserver.md.
(function () {
  "use strict";

  /**
   * A part of a text: as it is, or what stands for a parameter, the instance's content or one of its children.
   *
   * @typedef {{kind: "text" | "parameter" | "content" | "child", value: string}} Piece
   *
   * @typedef {object} Template
   * @property {string} type the element's name
   * @property {Map<string, string>} parameters names in lower case, with their defaults
   * @property {DocumentFragment} content
   *
   * @typedef {object} Binding what follows a parameter
   * @property {Set<string>} names
   * @property {() => void} update
   */

  /** Attributes whose value is code or markup. A parameter is text, and would become either. */
  var forbidden = /^(on.*|srcdoc)$/i;
  /** Attributes that are followed as addresses. */
  var addresses = /^(href|src|action|formaction|data|xlink:href|to|from|values)$/i;

  /**
   * Whether an address would run as code when it is followed, in the spelling that browsers read.
   *
   * @param {string} address
   */
  function isCode(address) {
    // eslint-disable-next-line no-control-regex
    return /(^|;)[\u0000-\u0020]*javascript:/i.test(address.replace(/[\t\n\r]/g, ""));
  }

  /**
   * Parts a text of a template. `$name` is a parameter where one of that name is declared (the longest that fits),
   * `$innerHTML` the content, `$#id` the child with that subID, `$$` one dollar sign; any other dollar sign is itself.
   *
   * @param {string} text
   * @param {Iterable<string>} names of the parameters, in lower case
   * @returns {Piece[]}
   */
  function parse(text, names) {
    var known = Array.from(names).sort(function (a, b) {
      return b.length - a.length;
    });
    /** @type {Piece[]} */
    var pieces = [];
    /** @param {Piece["kind"]} kind @param {string} value */
    function add(kind, value) {
      var last = pieces[pieces.length - 1];
      if (kind === "text" && last !== undefined && last.kind === "text") last.value += value;
      else if (kind !== "text" || value !== "") pieces.push({ kind: kind, value: value });
    }
    /** @param {string} rest @param {string} word */
    function begins(rest, word) {
      return rest.slice(0, word.length).toLowerCase() === word && !/^\w/.test(rest.slice(word.length));
    }
    var start = 0;
    for (var at = text.indexOf("$"); at >= 0; at = text.indexOf("$", start)) {
      add("text", text.slice(start, at));
      var rest = text.slice(at + 1);
      var child = /^#([\w-]+)/.exec(rest);
      var name = known.find(function (name) {
        return begins(rest, name);
      });
      /** @type {[Piece["kind"], string, number]} what it is, and how many characters say so */
      var found = ["text", "$", 0];
      if (rest[0] === "$") found = ["text", "$", 1];
      else if (child !== null) found = ["child", child[1], child[0].length];
      else if (begins(rest, "innerhtml")) found = ["content", "", "innerhtml".length];
      else if (name !== undefined) found = ["parameter", name, name.length];
      add(found[0], found[1]);
      start = at + 1 + found[2];
    }
    add("text", text.slice(start));
    return pieces;
  }

  /** @type {WeakMap<Node, Node[]>} what an instance held before it was filled, for copies of it */
  var originals = new WeakMap();
  /** A document in which elements are neither made nor load anything. */
  var inert = document.createElement("template").content.ownerDocument;

  /**
   * A copy of a node with all below it. Of an instance, what it was made from is copied, so that the copy becomes an
   * instance of its own. Ids stay with the original.
   *
   * @param {Node} node
   * @param {Document} [owner] of the copy
   * @returns {Node}
   */
  function copy(node, owner) {
    var place = owner || document;
    var result = place.importNode(node, false);
    if (result instanceof Element) result.removeAttribute("id");
    if (node instanceof HTMLTemplateElement && result instanceof HTMLTemplateElement) {
      result.content.append(node.content.cloneNode(true));
    }
    (originals.get(node) || Array.from(node.childNodes)).forEach(function (child) {
      result.appendChild(copy(child, place));
    });
    return result;
  }

  /** One use of a template: takes the instance's children and builds what is shown in their place. */
  class Filling {
    /** @param {HTMLElement} instance @param {Template} template */
    constructor(instance, template) {
      this.instance = instance;
      this.template = template;
      /** @type {Binding[]} */
      this.bindings = [];
      /** @type {Map<string, Element>} */
      this.children = new Map();
      /**
       * Children that the template names.
       *
       * @type {Set<Node>}
       */
      this.taken = new Set();
      /**
       * Those of them that stand somewhere.
       *
       * @type {Set<Node>}
       */
      this.placed = new Set();
      this.isContentTaken = false;
      /** @type {Node[]} */
      this.content = Array.from(instance.childNodes);
      originals.set(instance, this.content.map((node) => copy(node, inert)));
      this.content.forEach((node) => {
        if (!(node instanceof Element)) return;
        var id = node.getAttribute("subID");
        if (id !== null && !this.children.has(id)) this.children.set(id, node);
      });
      var fragment = document.importNode(template.content, true);
      this.claim(fragment);
      this.content = this.content.filter((node) => !this.taken.has(node));
      /** The content where only text can stand. */
      this.text = this.content.map((node) => node.textContent).join("");
      this.bind(fragment);
      instance.replaceChildren(fragment);
    }

    /**
     * Notes the children that the template names, which `$innerHTML` then leaves out.
     *
     * @param {Node} node
     */
    claim(node) {
      walk(node, (part) => {
        if (!(part instanceof Text)) return;
        parse(part.data, this.template.parameters.keys()).forEach((piece) => {
          var child = piece.kind === "child" ? this.children.get(piece.value) : undefined;
          if (child !== undefined) this.taken.add(child);
        });
      });
    }

    /** @param {Node} node */
    bind(node) {
      walk(node, (part) => {
        if (part instanceof Text) this.bindText(part);
        else if (part instanceof Element) Array.from(part.attributes).forEach((attribute) => this.bindAttribute(part, attribute));
      });
    }

    /** @param {Text} node */
    bindText(node) {
      var pieces = parse(node.data, this.template.parameters.keys());
      if (pieces.every((piece) => piece.kind === "text")) {
        node.data = pieces.map((piece) => piece.value).join("");
        return;
      }
      var nodes = pieces.map((piece) => {
        if (piece.kind === "content") return this.takeContent();
        if (piece.kind === "child") return this.takeChild(piece.value);
        var text = document.createTextNode(piece.value);
        if (piece.kind === "parameter") this.follow([piece.value], () => (text.data = this.value(piece.value)));
        return text;
      });
      node.replaceWith.apply(node, nodes);
    }

    /** @param {Element} element @param {Attr} attribute */
    bindAttribute(element, attribute) {
      var pieces = parse(attribute.value, this.template.parameters.keys());
      var names = pieces.filter((piece) => piece.kind === "parameter").map((piece) => piece.value);
      var isPlain = pieces.every((piece) => piece.kind === "text");
      if (isPlain && (forbidden.test(attribute.name) || !attribute.value.includes("$$"))) return;
      var { name } = attribute;
      if (forbidden.test(name)) {
        console.error(`<${this.template.type}>: the attribute "${name}" takes no $ names, because it would run what they hold.`);
        element.removeAttribute(name);
        return;
      }
      this.follow(names, () => {
        var value = pieces.map((piece) => this.plain(piece)).join("");
        if (addresses.test(name) && isCode(value)) {
          console.error(`<${this.template.type}>: the attribute "${name}" must not become code; it is left out.`);
          element.removeAttribute(name);
        } else element.setAttribute(name, value);
      });
    }

    /**
     * A piece where only text can stand.
     *
     * @param {Piece} piece
     */
    plain(piece) {
      if (piece.kind === "parameter") return this.value(piece.value);
      if (piece.kind === "content") return this.text;
      if (piece.kind === "child") return (this.children.get(piece.value) || { textContent: "" }).textContent || "";
      return piece.value;
    }

    /** @param {string[]} names @param {() => void} update */
    follow(names, update) {
      update();
      if (names.length > 0) this.bindings.push({ names: new Set(names), update: update });
    }

    /** @param {string} name */
    value(name) {
      var given = this.instance.getAttribute(name);
      return given === null ? this.template.parameters.get(name) || "" : given;
    }

    /** The content for one place: itself for the first, a copy for each other. */
    takeContent() {
      var fragment = document.createDocumentFragment();
      var isFirst = !this.isContentTaken;
      this.isContentTaken = true;
      this.content.forEach((node) => fragment.append(isFirst ? node : copy(node)));
      return fragment;
    }

    /** @param {string} id */
    takeChild(id) {
      var child = this.children.get(id);
      if (child === undefined || this.placed.has(child)) return child === undefined ? "" : copy(child);
      this.placed.add(child);
      return child;
    }

    /**
     * An attribute of the instance changed.
     *
     * @param {string} name
     */
    changed(name) {
      this.bindings.forEach((binding) => {
        if (binding.names.has(name)) binding.update();
      });
    }
  }

  /**
   * Visits the nodes of a template whose text is the author's. Scripts are left alone: there, a parameter would be code.
   *
   * @param {Node} node
   * @param {(node: Node) => void} visit
   */
  function walk(node, visit) {
    if (node instanceof Element && node.localName === "script") return;
    visit(node);
    if (node instanceof HTMLTemplateElement) walk(node.content, visit);
    Array.from(node.childNodes).forEach(function (child) {
      walk(child, visit);
    });
  }

  /**
   * Whether the parser is past an element, so that all its children are there.
   *
   * @param {Node} element
   * @returns {boolean}
   */
  function isWhole(element) {
    if (document.readyState !== "loading" || !element.isConnected) return true;
    return element.nextSibling !== null || (element.parentNode !== null && isWhole(element.parentNode));
  }

  /**
   * Runs once an element is whole.
   *
   * @param {Node} element
   * @param {() => void} action
   */
  function whenWhole(element, action) {
    if (isWhole(element)) action();
    else document.addEventListener("DOMContentLoaded", action, { once: true });
  }

  /** @param {Template} template */
  function define(template) {
    class Instance extends HTMLElement {
      static get observedAttributes() {
        return Array.from(template.parameters.keys());
      }

      connectedCallback() {
        whenWhole(this, () => {
          if (fillings.has(this) || !this.isConnected) return;
          fillings.set(this, new Filling(this, template));
        });
      }

      /** @param {string} name */
      attributeChangedCallback(name) {
        var filling = fillings.get(this);
        if (filling !== undefined) filling.changed(name);
      }
    }
    /** @type {WeakMap<HTMLElement, Filling>} */
    var fillings = new WeakMap();
    customElements.define(template.type, Instance);
  }

  /** @type {WeakSet<Element>} */
  var read = new WeakSet();

  /**
   * Reads a definition and takes its content out of the page, where it would be shown and its elements be filled.
   *
   * @param {HTMLElement} element
   * @returns {Template | undefined} undefined when it was read before, or cannot be used
   */
  function take(element) {
    if (read.has(element)) return undefined;
    read.add(element);
    var type = (element.getAttribute("type") || "").toLowerCase();
    /** @type {Map<string, string>} */
    var parameters = new Map();
    Array.from(element.attributes).forEach(function (attribute) {
      if (attribute.name !== "type") parameters.set(attribute.name.toLowerCase(), attribute.value);
    });
    var holder = document.createElement("template");
    holder.content.append.apply(holder.content, Array.from(element.childNodes));
    var first = holder.content.firstElementChild;
    var inner = holder.content.childElementCount === 1 && first instanceof HTMLTemplateElement ? first : holder;
    element.hidden = true;
    element.style.display = "none";
    if (!/^[a-z][^\s/>"'=]*-[^\s/>"'=]*$/.test(type)) {
      console.error(`<custom-template type="${type}">: the type must begin with a letter and have a hyphen in it, as in "my-element".`);
      return undefined;
    }
    return { type: type, parameters: parameters, content: inner.content };
  }

  /** @param {Template | undefined} template */
  function use(template) {
    if (template === undefined) return;
    if (customElements.get(template.type) !== undefined) {
      console.error(`<custom-template type="${template.type}">: there is an element of that name already; choose another.`);
      return;
    }
    try {
      define(template);
    } catch (error) {
      console.error(`<custom-template type="${template.type}">: the browser does not take this name.`, error);
    }
  }

  var scope = /** @type {any} */ (window);
  scope.wispy = scope.wispy || {};
  scope.wispy.parseTemplate = parse;
  if (customElements.get("custom-template") !== undefined) return;

  /**
   * Reads the definitions that are there, all of them before any element is made: elements within a definition would be filled
   * there otherwise.
   *
   * @param {HTMLElement[]} further such as stand in no document
   */
  function sweep(further) {
    var there = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("custom-template")));
    there.concat(further).filter(isWhole).map(take).forEach(use);
  }

  var sweepAll = sweep.bind(null, []);
  sweepAll();
  customElements.define(
    "custom-template",
    class extends HTMLElement {
      connectedCallback() {
        if (isWhole(this)) sweep([this]);
        else document.addEventListener("DOMContentLoaded", sweepAll, { once: true });
      }
    },
  );
})();
