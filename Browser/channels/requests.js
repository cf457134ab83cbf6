import { stricter } from "./policies.js";

/**
 * @typedef {import("./book.js").Record} Record
 * @typedef {import("../tangor").ChannelPolicy} ChannelPolicy
 *
 * @typedef {{policy?: ChannelPolicy, presence: boolean, info?: unknown}} Manner
 * @typedef {{names: string[], manner: Manner, record?: Record}} Request what to ask the server for; `record` is set
 *   where it concerns one follower alone, who is to blame if it is refused
 */

/** Names in one request, as the server bounds them. */
const maxNames = 1_000;

/**
 * The names that someone wants, each in the manner that serves all who want it.
 *
 * @param {Iterable<Record>} records
 * @returns {Map<string, Manner>}
 */
export function wantedNames(records) {
  /** @type {Map<string, Manner>} */
  const wanted = new Map();
  for (const { follower } of records) {
    for (const name of follower.names) {
      const other = wanted.get(name);
      wanted.set(name, {
        policy: other === undefined ? follower.policy : stricter(other.policy, follower.policy),
        presence: other?.presence === true || follower.presence === true,
        info: other?.info ?? follower.info,
      });
    }
  }
  return wanted;
}

/**
 * The next names to ask for: first those that were in force before the connection broke.
 *
 * @param {readonly Record[]} records
 * @param {ReadonlyMap<string, string>} inForce names and the manner in which they are in force
 * @param {boolean} careful one follower at a time, to find the one that the server refuses
 * @returns {Request | undefined}
 */
export function nextRequest(records, inForce, careful) {
  const wanted = wantedNames(records);
  const mannerOf = (/** @type {string} */ name) => /** @type {Manner} */ (wanted.get(name));
  const missing = (/** @type {string} */ name) => inForce.get(name) !== mannerKey(mannerOf(name));
  const waiting = records.filter(({ follower }) => follower.names.some(missing));
  if (waiting.length === 0) return undefined;
  const returning = waiting.filter(({ joined }) => joined.size > 0);
  const chosen = careful ? waiting.slice(0, 1) : returning.length > 0 ? returning : waiting;
  const names = [...new Set(chosen.flatMap(({ follower }) => follower.names))].filter(missing);
  const manner = mannerOf(names[0]);
  const key = mannerKey(manner);
  const alike = names.filter((name) => mannerKey(mannerOf(name)) === key).slice(0, maxNames);
  return { names: alike, manner, record: chosen.length === 1 ? chosen[0] : undefined };
}

/**
 * Everything that is wanted, for a transport whose subscription cannot be added to.
 *
 * @param {readonly Record[]} records
 * @param {boolean} careful at most one follower that was not there before
 * @returns {Request | undefined}
 */
export function wholeRequest(records, careful) {
  const fresh = records.filter(({ joined }) => joined.size === 0);
  const left = careful ? fresh.slice(1) : [];
  const taken = records.filter((record) => !left.includes(record));
  const names = [...new Set(taken.flatMap(({ follower }) => follower.names))];
  if (names.length === 0) return undefined;
  const policy = taken.map(({ follower }) => follower.policy).reduce(stricter);
  const blamed = careful ? (fresh[0] ?? taken[0]) : taken.length === 1 ? taken[0] : undefined;
  return { names, manner: { policy, presence: false }, record: blamed };
}

/**
 * @param {Manner} manner
 * @returns {string}
 */
export function mannerKey(manner) {
  return JSON.stringify([manner.policy ?? "dropOldest", manner.presence, manner.info]);
}
