/**
 * @typedef {import("../tangor").ChannelClient} ChannelClient
 */

/** Who is there in each channel, as far as the page asked; tells what changed. */
export class PresenceLists {
  /** @type {Map<string, Map<string, ChannelClient>>} */ #lists = new Map();
  /**
   * This page's own id, which counts as nobody's coming or going.
   * @type {string | undefined}
   */
  self;

  /**
   * @param {string} channel
   * @returns {ChannelClient[]} the others that are there
   */
  others(channel) {
    return [...(this.#lists.get(channel)?.values() ?? [])];
  }

  /** @returns {string[]} channels that have a list */
  get channels() {
    return [...this.#lists.keys()];
  }

  /**
   * @param {string} channel
   * @param {ChannelClient} client
   * @returns {boolean} whether that is news
   */
  join(channel, client) {
    if (client.id === this.self) return false;
    const list = this.#lists.get(channel) ?? new Map();
    this.#lists.set(channel, list);
    const known = list.get(client.id);
    list.set(client.id, client);
    // Who tells something else about itself joins again.
    return known === undefined || JSON.stringify(known.info) !== JSON.stringify(client.info);
  }

  /**
   * @param {string} channel
   * @param {ChannelClient} client
   * @returns {boolean} whether that is news
   */
  leave(channel, client) {
    return this.#lists.get(channel)?.delete(client.id) ?? false;
  }

  /**
   * A whole list came, at the beginning or after the connection was broken.
   *
   * @param {string} channel
   * @param {ChannelClient[]} clients
   * @returns {{joined: ChannelClient[], left: ChannelClient[]}} what changed
   */
  replace(channel, clients) {
    const there = new Set(clients.map(({ id }) => id));
    const left = this.others(channel).filter(({ id }) => !there.has(id));
    for (const client of left) this.leave(channel, client);
    return { joined: clients.filter((client) => this.join(channel, client)), left };
  }

  /** @param {(channel: string) => boolean} isWanted */
  prune(isWanted) {
    for (const channel of this.#lists.keys()) if (!isWanted(channel)) this.#lists.delete(channel);
  }
}
