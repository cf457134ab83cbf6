import { bytesOf, fromBase64, toBase64 } from "../binary.js";

/**
 * What a message carries.
 *
 * @param {{data?: any, encoding?: string}} carrier
 * @returns {any} a `Uint8Array` where the payload is binary
 */
export function payload(carrier) {
  return carrier.encoding === "base64" && typeof carrier.data === "string" ? fromBase64(carrier.data) : carrier.data;
}

/**
 * A value as a message carries it.
 *
 * @param {unknown} value
 * @returns {{data: unknown, encoding?: "base64"}}
 */
export function carrier(value) {
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { data: toBase64(bytes), encoding: "base64" };
  return { data: value === undefined ? null : value };
}
