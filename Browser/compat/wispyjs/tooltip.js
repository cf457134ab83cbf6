// <button tooltip="short text#more">: a text that shows while the pointer or the keyboard's focus is on an element, with the
// content of the element whose id is "more", where there is one, below it. A classic script, without anything beside it.
(function () {
  "use strict";

  /**
   * Parts the value of an attribute. What stands behind the last `#` is an id where it looks like one: it begins with a letter, and
   * no space is before or in it. So "Issue #12" and "C# in depth" are texts.
   *
   * @param {string} value
   * @returns {{text: string, id: string | undefined}}
   */
  function parse(value) {
    var match = /^([^]*?)#(\p{L}[\p{L}\p{N}_.:-]*)$/u.exec(value);
    if (match === null || /\s$/.test(match[1])) return { text: value.trim(), id: undefined };
    return { text: match[1].trim(), id: match[2] };
  }

  // `:where` weighs nothing, so that any rule of the page for .wispy-tooltip goes before these.
  var sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :where(.wispy-tooltip) {
      position: fixed; inset: auto; margin: 0; padding: 0.35em 0.6em; max-width: min(28em, 90vw); z-index: 2147483647;
      border: 1px solid #0006; border-radius: 0.3em; background: #222; color: #fff; font: 0.875rem/1.4 system-ui, sans-serif;
      overflow-wrap: break-word; white-space: pre-line; width: max-content; height: auto; text-align: start;
    }
    :where(.wispy-tooltip > .wispy-tooltip-more:not(:first-child)) { margin-top: 0.35em; }
    :where(.wispy-tooltip > .wispy-tooltip-more) { white-space: normal; }
  `);

  /** @type {HTMLElement | undefined} */
  var bubble;
  /** @type {Element | undefined} */
  var target;

  function makeBubble() {
    document.adoptedStyleSheets = document.adoptedStyleSheets.concat(sheet);
    var made = /** @type {any} */ (document.createElement("div"));
    made.className = "wispy-tooltip";
    made.id = "wispy-tooltip";
    made.setAttribute("role", "tooltip");
    // Above everything, open dialogs too, where the browser has such a place.
    if (typeof made.showPopover === "function") made.setAttribute("popover", "manual");
    // The pointer may go onto the text, to read or copy it.
    made.addEventListener("pointerleave", function (/** @type {PointerEvent} */ event) {
      if (target === undefined || !(event.relatedTarget instanceof Node) || !target.contains(event.relatedTarget)) hide();
    });
    return made;
  }

  /**
   * Fills the bubble.
   *
   * @param {HTMLElement} place
   * @param {Element} element
   * @returns {boolean} false when there is nothing to show
   */
  function fill(place, element) {
    var parts = parse(element.getAttribute("tooltip") || "");
    place.textContent = "";
    if (parts.text !== "") place.append(Object.assign(document.createElement("div"), { textContent: parts.text }));
    var long = parts.id === undefined ? null : document.getElementById(parts.id);
    if (long !== null) {
      var more = document.createElement("div");
      more.className = "wispy-tooltip-more";
      var content = long instanceof HTMLTemplateElement ? long.content : long;
      content.childNodes.forEach(function (node) {
        more.append(document.importNode(node, true));
      });
      more.querySelectorAll("[id]").forEach(function (copied) {
        copied.removeAttribute("id");
      });
      place.append(more);
    }
    return place.childElementCount > 0;
  }

  /**
   * Below the element, or above it where there is no room.
   *
   * @param {HTMLElement} place
   * @param {Element} element
   */
  function move(place, element) {
    var around = element.getBoundingClientRect();
    var size = place.getBoundingClientRect();
    var below = around.bottom + size.height <= window.innerHeight || around.top < size.height;
    var left = Math.max(4, Math.min(around.left + around.width / 2 - size.width / 2, window.innerWidth - size.width - 4));
    place.style.left = left + "px";
    place.style.top = (below ? around.bottom : around.top - size.height) + "px";
  }

  // While a text shows: its element may go, or say something else.
  var observer = new MutationObserver(function (changes) {
    if (target === undefined || bubble === undefined) return;
    var outside = changes.some(function (change) {
      return !(/** @type {HTMLElement} */ (bubble).contains(change.target));
    });
    if (!target.isConnected || !target.hasAttribute("tooltip")) hide();
    else if (outside && changes.some((change) => change.type === "attributes" && change.target === target)) show(target);
  });

  /** @param {Element} element */
  function show(element) {
    if (element !== target) hide();
    var place = (bubble = bubble || makeBubble());
    if (!fill(place, element)) return hide();
    if (target !== element) {
      target = element;
      describe(element, place.id);
      observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["tooltip"] });
      document.body.append(place);
      if (place.hasAttribute("popover")) /** @type {any} */ (place).showPopover();
    }
    move(place, element);
  }

  function hide() {
    observer.disconnect();
    if (bubble !== undefined) bubble.remove();
    if (target !== undefined && bubble !== undefined) describe(target, bubble.id, true);
    target = undefined;
  }

  /**
   * Adds or takes away what readers of the screen follow; the page's own descriptions stay.
   *
   * @param {Element} element
   * @param {string} id
   * @param {boolean} [ends]
   */
  function describe(element, id, ends) {
    var ids = (element.getAttribute("aria-describedby") || "").split(/\s+/).filter(function (other) {
      return other !== "" && other !== id;
    });
    if (!ends) ids.push(id);
    if (ids.length === 0) element.removeAttribute("aria-describedby");
    else element.setAttribute("aria-describedby", ids.join(" "));
  }

  /**
   * The innermost element with a text, within shadow trees too.
   *
   * @param {Event} event
   * @returns {Element | undefined}
   */
  function described(event) {
    return /** @type {Element | undefined} */ (
      event.composedPath().find(function (node) {
        return node instanceof Element && node.hasAttribute("tooltip");
      })
    );
  }

  /** @param {Event} event */
  function isInBubble(event) {
    return bubble !== undefined && event.composedPath().includes(bubble);
  }

  // Listening on the document, so that elements that are added later need nothing.
  document.addEventListener("pointerover", function (event) {
    if (isInBubble(event)) return;
    var element = described(event);
    if (element !== undefined) show(element);
    else if (target !== undefined && !target.contains(document.activeElement)) hide();
  });
  document.documentElement.addEventListener("pointerleave", function () {
    if (target !== undefined && !target.contains(document.activeElement)) hide();
  });
  document.addEventListener("focusin", function (event) {
    var element = described(event);
    // A click moves the focus too; there the pointer shows the text.
    if (element !== undefined && event.target instanceof Element && event.target.matches(":focus-visible")) show(element);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") hide();
  });
  window.addEventListener("resize", hide);
  document.addEventListener(
    "scroll",
    function (event) {
      if (bubble === undefined || target === undefined || (event.target instanceof Node && bubble.contains(event.target))) return;
      move(bubble, target);
    },
    true,
  );

  var scope = /** @type {any} */ (window);
  scope.wispy = scope.wispy || {};
  scope.wispy.parseTooltip = parse;
})();
