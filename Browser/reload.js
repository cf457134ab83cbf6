/**
 * Reloads the page when a file of the site changes: the server puts this script into its pages where `autoreload` is on.
 *
 * When style sheets alone changed, those are fetched anew and the page keeps its state.
 */

/** How long to wait before asking again after the server refused, in milliseconds. */
const PAUSE = 1_000;

/**
 * Puts the changed style sheets of a page in the place of the old ones.
 *
 * @param {Document} page
 * @param {string[]} paths what changed, as paths of URLs
 * @returns {boolean} whether all that changed were style sheets, of which the page links at least one itself: only then does
 *   it show the change, because a style sheet may also import another
 */
export function refreshStyles(page, paths) {
  if (!paths.every((path) => path.endsWith(".css"))) return false;
  /** @type {HTMLLinkElement[]} */
  const links = [...page.querySelectorAll('link[rel~="stylesheet"][href]')].map((link) => /** @type {HTMLLinkElement} */ (link));
  const changed = paths.map((path) => links.filter((link) => new URL(link.href, page.baseURI).pathname === path));
  if (changed.some((found) => found.length === 0)) return false;
  for (const link of new Set(changed.flat())) {
    const fresh = /** @type {HTMLLinkElement} */ (link.cloneNode());
    const url = new URL(link.href, page.baseURI);
    url.searchParams.set("tangor-reload", String(Date.now()));
    fresh.href = url.href;
    // The old one stays until the new one is there, so that the page is never seen without styles.
    fresh.addEventListener("load", () => link.remove(), { once: true });
    fresh.addEventListener("error", () => link.remove(), { once: true });
    link.after(fresh);
  }
  return true;
}

/**
 * Listens and reloads.
 *
 * @param {{page: Document, EventSource: typeof EventSource, url: URL, reload: () => void, later: (action: () => void, ms: number) => void}} world
 */
export function follow(world) {
  /** @type {string | undefined} the server's start that the page is of */
  let boot;
  const open = () => {
    const source = new world.EventSource(world.url);
    source.addEventListener("ready", (event) => {
      const now = JSON.parse(/** @type {MessageEvent} */ (event).data).boot;
      if (boot !== undefined && boot !== now) world.reload();
      boot = now;
    });
    source.addEventListener("changed", (event) => {
      if (!refreshStyles(world.page, JSON.parse(/** @type {MessageEvent} */ (event).data).paths)) world.reload();
    });
    source.addEventListener("error", () => {
      // A broken connection is opened again by the browser; one that was refused is not.
      if (source.readyState === 2) world.later(open, PAUSE);
    });
  };
  open();
}

if (typeof document !== "undefined" && typeof EventSource !== "undefined") {
  follow({
    page: document, EventSource, url: new URL("./reload", import.meta.url), reload: () => location.reload(),
    later: (action, ms) => setTimeout(action, ms),
  });
}
