import { connect } from "../tangor.js";

/** @typedef {import("../tangor.js").Tangor} Tangor */

/** @type {Map<string, Tangor>} one connection for each server; "" is the page's own */
const connections = new Map();

/**
 * Gives the elements of this page a connection that the page has already. Call it before the first element is shown.
 *
 * @param {Tangor} tangor
 */
export function use(tangor) {
  connections.set("", tangor);
}

/**
 * The connection that elements share, made when the first one asks.
 *
 * @param {string} [server] the base of another server; empty for the one that this module came from
 * @returns {Tangor}
 */
export function connection(server = "") {
  const existing = connections.get(server);
  if (existing !== undefined && existing.state !== "closed") return existing;
  const made = connect(server === "" ? {} : { url: server });
  connections.set(server, made);
  return made;
}
