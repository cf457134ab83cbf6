/** @typedef {import("../tangor").ChannelPolicy} ChannelPolicy */

/**
 * From the one that loses most to the one that loses nothing.
 * @type {readonly ChannelPolicy[]}
 */
const policies = ["latest", "dropOldest", "all", "close"];

/**
 * The policy that serves two subscriptions of one page to the same name: neither loses more than it allowed.
 *
 * @param {ChannelPolicy | undefined} a
 * @param {ChannelPolicy | undefined} b
 * @returns {ChannelPolicy | undefined}
 */
export function stricter(a, b) {
  const rank = (/** @type {ChannelPolicy | undefined} */ policy) => policies.indexOf(policy ?? "dropOldest");
  return rank(a) >= rank(b) ? a : b;
}
