import { Backoff } from "./backoff.js";
import { pause } from "./environment.js";
import { TangorError, asRecord } from "./errors.js";

/**
 * @typedef {import("./environment.js").Environment} Environment
 * @typedef {import("./http.js").HTTPDoor} HTTPDoor
 *
 * @typedef {object} PollOptions
 * @property {AbortSignal} [signal]
 * @property {number} [delay] milliseconds between an answer and the next poll, 0 when absent
 * @property {number} [retries] polls that may fail in a row with an error that says to try again, 5 when absent
 * @property {(answer: {state: string, content: any, count?: number}) => void} [onanswer] sees each answer whole
 */

/**
 * Polls a generator until it is done.
 *
 * @param {HTTPDoor} http
 * @param {Environment} world
 * @param {URL} url with its key
 * @param {PollOptions} options
 * @returns {AsyncGenerator<any, void, void>}
 */
export async function* pollAnswers(http, world, url, options) {
  const { signal, delay = 0, retries = 5 } = options;
  const backoff = new Backoff({}, world.random);
  for (;;) {
    signal?.throwIfAborted();
    let answer;
    try {
      answer = asRecord(await http.json(url, { signal }));
    } catch (error) {
      if (!(error instanceof TangorError) || !error.retry || backoff.attempts >= retries) throw error;
      await pause(world, Math.max(backoff.next(), (error.retryAfter ?? 0) * 1_000), signal);
      continue;
    }
    backoff.reset();
    if (answer.state !== "ready" && answer.state !== "done") {
      throw new TangorError("protocol_error", `${url.pathname} did not answer as a polling generator does.`);
    }
    options.onanswer?.(/** @type {any} */ (answer));
    if (answer.state === "done") return;
    yield answer.content;
    if (delay > 0) await pause(world, delay, signal);
  }
}
