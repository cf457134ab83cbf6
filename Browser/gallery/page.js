import { connect } from "./client.js";
import { showConnection } from "./connection.js";
import { sourceView } from "./source-view.js";

/**
 * What every page of its own begins with: the connection, its state in the bar, and the code beside the live side.
 *
 * @param {string} id
 * @param {import("./source-view.js").Sources} sources
 * @returns {import("../tangor").Tangor}
 */
export function openPage(id, sources) {
  const tangor = connect();
  showConnection(tangor);
  document.getElementById("source")?.replaceWith(sourceView(id, sources));
  return tangor;
}

/**
 * An element that the page's markup has.
 *
 * @template {HTMLElement} [E=HTMLElement]
 * @param {string} id
 * @returns {E}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element '${id}'.`);
  return /** @type {E} */ (found);
}
