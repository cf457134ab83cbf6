import { memberAt } from "./members.js";
import { dig } from "./values.js";

/**
 * @typedef {import("../tangor.js").Tangor} Tangor
 *
 * @typedef {object} Observer
 * @property {(value: any) => void} value
 * @property {(error: any) => void} failed
 */

/**
 * Follows the value at a path: by the channel of a tracked property; otherwise it is asked for, again after each
 * reconnection, and every `interval` while the page is visible.
 *
 * @param {Tangor} tangor
 * @param {string} path
 * @param {{interval?: number, signal: AbortSignal}} options milliseconds; without it an untracked value is asked once
 * @param {Observer} observer
 */
export async function follow(tangor, path, { interval, signal }, observer) {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    const mine = asked;
    try {
      const value = await tangor.get(path, { signal });
      // What came by the channel meanwhile is newer.
      if (mine === asked && !signal.aborted) observer.value(value);
    } catch (error) {
      if (mine === asked && !signal.aborted) observer.failed(error);
    }
  };
  const { member, rest } = await memberAt(tangor, path);
  signal.throwIfAborted();
  if (member?.channel !== undefined && interval === undefined) {
    const field = rest.join(".");
    const subscription = tangor.channels.subscribe(
      member.channel,
      (value) => {
        asked += 1;
        observer.value(rest.length === 0 ? value : dig(value, field));
      },
      { policy: "latest", signal },
    );
    subscription.addEventListener("error", ({ detail }) => observer.failed(detail));
    const before = asked;
    await subscription.ready;
    if (asked === before) await ask();
    return;
  }
  await ask();
  const again = () => {
    if (tangor.state === "open") ask();
  };
  tangor.addEventListener("statechange", again);
  signal.addEventListener("abort", () => tangor.removeEventListener("statechange", again), { once: true });
  if (interval !== undefined) repeat(Math.max(interval, 50), signal, ask);
}

/**
 * Does something again and again, each time after the last is done; not while the page is hidden.
 *
 * @param {number} interval milliseconds between
 * @param {AbortSignal} signal
 * @param {() => Promise<void>} action
 */
function repeat(interval, signal, action) {
  /** @type {any} */ let timer;
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      // A page that is shown again goes on by itself.
      if (document.hidden || signal.aborted) return;
      await action();
      if (!signal.aborted) next();
    }, interval);
  };
  const shown = () => {
    if (!document.hidden) next();
  };
  document.addEventListener("visibilitychange", shown);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", shown);
  });
  next();
}
