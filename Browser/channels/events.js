import { TangorError } from "../errors.js";
import { EventDecoder } from "../event-decoder.js";

/**
 * @typedef {import("../http.js").HTTPDoor} HTTPDoor
 * @typedef {import("./book.js").Request} Request
 * @typedef {import("../tangor").ChannelPosition} Position
 */

/** Characters of a request's address that every server and proxy takes. */
const maxAddress = 6_000;

/** The server says something every 15 s; after three times that long the connection is dead. */
const silence = 45_000;

/**
 * The address of a subscription over plain HTTP, and the positions that found room in it.
 *
 * @param {Request} request
 * @param {{[channel: string]: Position}} from
 * @returns {{path: string, from: {[channel: string]: Position}}}
 */
export function eventsAddress(request, from) {
  const query = new URLSearchParams(request.names.map((name) => ["subscribe", name]));
  if (request.manner.policy !== undefined) query.set("policy", request.manner.policy);
  const path = `channel?${query}`;
  let room = maxAddress - path.length - "&from=%7B%7D".length;
  const fitting = Object.entries(from).filter(([channel, position]) => {
    room -= encodeURIComponent(`${JSON.stringify(channel)}:${JSON.stringify(position)},`).length;
    return room >= 0;
  });
  if (fitting.length === 0) return { path, from: {} };
  const sent = Object.fromEntries(fitting);
  return { path: `${path}&from=${encodeURIComponent(JSON.stringify(sent))}`, from: sent };
}

/**
 * Reads the events of one response until it ends.
 *
 * @param {HTTPDoor} http
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {(event: string, data: any) => void} take
 * @returns {Promise<never>} rejects when the response ends or breaks, as it is endless by itself
 */
export async function readEvents(http, path, signal, take) {
  const { world } = http;
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  /** @type {any} */ let timer;
  const listen = () => {
    world.clearTimeout(timer);
    timer = world.setTimeout(() => stop.abort(TangorError.connectionLost("The server fell silent.")), silence);
  };
  try {
    listen();
    const response = await http.request(path, { headers: { Accept: "text/event-stream" }, signal: stop.signal });
    if (!response.body) {
      throw new TangorError("protocol_error", "Channels over HTTP need a runtime that can read a response while it comes.");
    }
    const reader = response.body.getReader();
    const decoder = new EventDecoder();
    for (;;) {
      const piece = await reader.read().catch((error) => {
        throw stop.signal.aborted ? stop.signal.reason : TangorError.connectionLost("The connection broke under the channels.", error);
      });
      if (stop.signal.aborted) throw stop.signal.reason;
      if (piece.done) throw TangorError.connectionLost("The server ended the channels' response.");
      listen();
      for (const { event, data } of decoder.push(piece.value)) {
        // A handler may have ended the subscription; nothing of the old response counts then.
        if (stop.signal.aborted) throw stop.signal.reason;
        take(event, parse(data));
      }
    }
  } finally {
    world.clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    // Lets the response go, whatever ended this.
    stop.abort();
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TangorError("protocol_error", "The server sent an event whose data is not JSON.", { cause });
  }
}
