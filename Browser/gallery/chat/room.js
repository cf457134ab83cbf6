/**
 * @typedef {{name: string, text: string}} Line
 *
 * @typedef {object} Listener what a way of taking part tells the page
 * @property {(line: Line) => void} line
 * @property {(state: "listening" | "missed") => void} state
 * @property {(id: string, info: any) => void} came somebody is here, or has another name
 * @property {(id: string) => void} went
 * @property {(error: unknown) => void} fail
 */

/** Milliseconds before a poll that failed is sent again. */
const pause = 2_000;

/**
 * A line as it came, or undefined for what is none.
 *
 * @param {any} data
 * @returns {Line | undefined}
 */
export function readLine(data) {
  return typeof data?.name === "string" && typeof data?.text === "string" ? { name: data.name, text: data.text } : undefined;
}

/**
 * Listens by the live connection: first to what the room holds, then to what comes.
 *
 * @param {import("../../tangor").Tangor} tangor
 * @param {Listener} listener
 * @param {{name: string}} info what the others are told of this page
 * @param {AbortSignal} signal
 * @returns {Promise<(info: {name: string}) => void>} tells the others another name
 */
export async function listenLive(tangor, listener, info, signal) {
  const held = await tangor.channels.history("chat/room", { signal });
  for (const { data } of held.messages) tell(listener, data);
  let from = { "chat/room": { epoch: held.epoch, offset: held.offset } };
  /** @type {import("../../tangor").ChannelSubscription | undefined} */
  let subscription;
  /** @param {{name: string}} info */
  const subscribe = (info) => {
    from = { ...from, ...subscription?.positions };
    subscription?.unsubscribe();
    const options = { from, signal, latest: false, presence: true, info };
    const fresh = (subscription = tangor.channels.subscribe("chat/room", (data) => tell(listener, data), options));
    fresh.addEventListener("lost", () => listener.state("missed"));
    fresh.addEventListener("joined", ({ detail: { client } }) => listener.came(client.id, client.info));
    fresh.addEventListener("left", ({ detail: { client } }) => listener.went(client.id));
    return fresh;
  };
  await subscribe(info).ready;
  listener.state("listening");
  return subscribe;
}

/**
 * Listens by long polls, with nothing but `fetch`.
 *
 * @param {URL} base
 * @param {Listener} listener
 * @param {AbortSignal} signal
 */
export async function listenByPolls(base, listener, signal) {
  /** @type {string | undefined} */
  let after;
  while (!signal.aborted) {
    try {
      /** @type {{lines: unknown[], after?: string, missed: boolean}} */
      const heard = await ask(new URL(`chat/hear?wait=10s${after === undefined ? "" : `&after=${encodeURIComponent(after)}`}`, base), {
        signal,
      });
      if (signal.aborted) return;
      if (heard.missed) listener.state("missed");
      for (const line of heard.lines) tell(listener, line);
      after = heard.after;
      listener.state("listening");
    } catch (error) {
      if (signal.aborted) return;
      listener.fail(error);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/**
 * Says something without the live connection.
 *
 * @param {URL} base
 * @param {Line} line
 */
export function sayByPost(base, line) {
  return ask(new URL("chat/say", base), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(line) });
}

/**
 * @param {URL} url
 * @param {RequestInit} init
 * @returns {Promise<any>}
 */
async function ask(url, init) {
  const response = await fetch(url, { cache: "no-store", ...init });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(answer.detail ?? response.statusText), { code: answer.code, retry: answer.retry });
  return answer;
}

/**
 * @param {Listener} listener
 * @param {unknown} data
 */
function tell(listener, data) {
  const line = readLine(data);
  if (line !== undefined) listener.line(line);
}
