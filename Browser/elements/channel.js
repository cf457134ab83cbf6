import { TangorElement, needed } from "./element.js";
import { dig, digitsOf, textOf } from "./values.js";

/**
 * `<tangor-channel name="a">` shows a channel's latest message. Inside, a `<template>` may say how: its elements with
 * `data-field="x.y"` get that member of the message as text (`""` the whole, `$channel` and `$offset` the message's own).
 * Attributes: `name` (or a pattern), `field`, `format`, `digits`, `server`. Events: `message`, `lost`.
 */
export class TangorChannel extends TangorElement {
  static observedAttributes = ["name", "field", "format", "digits", "server"];

  /** @type {HTMLTemplateElement | null} */ #template = null;

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    this.#template = this.querySelector(":scope > template") ?? this.#template;
    const options = { format: this.getAttribute("format"), digits: digitsOf(this.getAttribute("digits")) };
    const field = this.getAttribute("field") ?? "";
    const take = (/** @type {any} */ value, /** @type {import("../tangor").ChannelMessage} */ message) => {
      if (this.#template === null) this.textContent = textOf(dig(value, field), options);
      else this.replaceChildren(this.#template, filled(this.#template, message, options));
      this.succeed();
      this.emit("message", message);
    };
    const subscription = tangor.channels.subscribe(needed(this, "name"), take, { signal, onlost: (loss) => this.emit("lost", loss) });
    await subscription.ready;
    this.succeed();
  }
}

/**
 * @param {HTMLTemplateElement} template
 * @param {import("../tangor").ChannelMessage} message
 * @param {{format: string | null, digits: number | undefined}} options
 * @returns {DocumentFragment}
 */
function filled(template, message, options) {
  const content = /** @type {DocumentFragment} */ (document.importNode(template.content, true));
  for (const place of content.querySelectorAll("[data-field]")) {
    const field = place.getAttribute("data-field") ?? "";
    const own = field === "$channel" ? message.channel : field === "$offset" ? message.offset : dig(message.data, field);
    place.textContent = textOf(own, options);
  }
  return content;
}
