// <svg-favicon color="blue"><circle …style="fill:$color"></circle></svg-favicon> makes its drawing the icon of the tab: a
// classic script, without anything beside it.
(function () {
  "use strict";

  /**
   * Puts the values of attributes in the place of `$name`; of several names that fit the longest counts, and a dollar sign before
   * anything else is itself.
   *
   * @param {string} text
   * @param {Map<string, string>} values by names in lower case
   */
  function substitute(text, values) {
    var names = Array.from(values.keys()).sort(function (a, b) {
      return b.length - a.length;
    });
    return text.replace(/\$([a-z_][\w-]*)/gi, function (whole, word) {
      var lower = word.toLowerCase();
      var name = names.find(function (name) {
        return lower.slice(0, name.length) === name && !/^\w/.test(lower.slice(name.length));
      });
      return name === undefined ? whole : values.get(name) + word.slice(name.length);
    });
  }

  /**
   * The drawing as an SVG of its own. Its markup is read again within `<svg>`, because names such as linearGradient and
   * viewBox keep their capitals only there.
   *
   * @param {HTMLElement} element
   * @returns {SVGSVGElement}
   */
  function drawing(element) {
    var holder = document.createElement("template");
    holder.innerHTML = `<svg>${element.innerHTML}</svg>`;
    var svg = /** @type {SVGSVGElement} */ (holder.content.firstElementChild);
    var only = svg.children.length === 1 && svg.children[0].localName === "svg" ? svg.children[0] : svg;
    /** @type {Map<string, string>} */
    var values = new Map();
    Array.from(element.attributes).forEach(function (attribute) {
      values.set(attribute.name.toLowerCase(), attribute.value);
    });
    var nodes = document.createNodeIterator(only, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (var node = nodes.nextNode(); node !== null; node = nodes.nextNode()) {
      if (node instanceof Text) node.data = substitute(node.data, values);
      else if (node instanceof Element) clean(node, values);
    }
    var box = element.getAttribute("viewBox");
    if (box !== null) only.setAttribute("viewBox", box);
    return /** @type {SVGSVGElement} */ (document.importNode(only, true));
  }

  /**
   * Fills in an element's attributes, and takes away what would run: an icon has no scripts.
   *
   * @param {Element} element
   * @param {Map<string, string>} values
   */
  function clean(element, values) {
    if (element.localName === "script" || element.localName === "foreignObject") element.remove();
    Array.from(element.attributes).forEach(function (attribute) {
      if (/^on/i.test(attribute.name)) element.removeAttribute(attribute.name);
      else attribute.value = substitute(attribute.value, values);
    });
  }

  /**
   * Gives a drawing that does not say what it shows the rectangle that it fills.
   *
   * @param {SVGSVGElement} svg
   */
  function frame(svg) {
    if (svg.hasAttribute("viewBox")) return;
    // Only what stands in a page has a size; there it takes no room and is not seen.
    var place = document.createElement("div");
    place.style.cssText = "position: absolute; width: 0; height: 0; overflow: hidden; visibility: hidden";
    place.append(svg);
    document.documentElement.append(place);
    var box = svg.getBBox();
    place.remove();
    var isEmpty = !(box.width > 0 && box.height > 0);
    svg.setAttribute("viewBox", isEmpty ? "0 0 100 100" : [box.x, box.y, box.width, box.height].join(" "));
  }

  class Favicon extends HTMLElement {
    constructor() {
      super();
      /** @type {HTMLLinkElement | undefined} */
      this.link = undefined;
      this.isDue = false;
      this.observer = new MutationObserver(() => this.schedule());
    }

    connectedCallback() {
      this.hidden = true;
      this.style.display = "none";
      this.observer.observe(this, { attributes: true, childList: true, characterData: true, subtree: true });
      this.schedule();
    }

    disconnectedCallback() {
      this.observer.disconnect();
      if (this.link !== undefined) this.link.remove();
      this.link = undefined;
    }

    /** Draws once for all changes that happen together, and for all children that the parser brings at once. */
    schedule() {
      if (this.isDue) return;
      this.isDue = true;
      queueMicrotask(() => {
        this.isDue = false;
        if (this.isConnected && this.childElementCount > 0) this.draw();
      });
    }

    draw() {
      var svg = drawing(this);
      frame(svg);
      var address = "data:image/svg+xml," + encodeURIComponent(new XMLSerializer().serializeToString(svg));
      if (this.link === undefined) {
        this.link = document.createElement("link");
        this.link.rel = "icon";
        this.link.type = "image/svg+xml";
        // The last of several icons is the one that browsers show.
        document.head.append(this.link);
      }
      if (this.link.href !== address) this.link.href = address;
    }
  }

  var scope = /** @type {any} */ (window);
  scope.wispy = scope.wispy || {};
  scope.wispy.substitute = substitute;
  if (customElements.get("svg-favicon") === undefined) customElements.define("svg-favicon", Favicon);
})();
