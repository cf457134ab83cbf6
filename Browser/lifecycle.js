/**
 * Follows the page through its life, as far as a connection cares.
 *
 * @param {import("./environment.js").Environment} world
 * @param {{wake: () => void, sleep: () => void, leave: () => void}} actions `wake`: now is a good time to try again;
 *   `sleep`: the page goes to the browser's back/forward cache and may return; `leave`: it goes for good
 * @returns {() => void} stops following
 */
export function followPage(world, actions) {
  /** @type {(() => void)[]} */
  const stops = [];
  /** @param {EventTarget | undefined} target @param {string} type @param {(event: any) => void} handler */
  const listen = (target, type, handler) => {
    target?.addEventListener(type, handler);
    stops.push(() => target?.removeEventListener(type, handler));
  };
  listen(world.page, "online", actions.wake);
  listen(world.document, "visibilitychange", () => {
    // Timers of hidden tabs are slowed down, so the next attempt may be overdue.
    if (world.document?.visibilityState === "visible") actions.wake();
  });
  listen(world.page, "pagehide", (event) => (event.persisted ? actions.sleep() : actions.leave()));
  listen(world.page, "pageshow", (event) => {
    if (event.persisted) actions.wake();
  });
  return () => {
    for (const stop of stops.splice(0)) stop();
  };
}
