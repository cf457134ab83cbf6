/**
 * Shows the state of the connection in the page's bar.
 *
 * @param {import("../tangor.js").Tangor} tangor
 */
export function showConnection(tangor) {
  const place = /** @type {HTMLElement} */ (document.getElementById("connection"));
  const text = /** @type {HTMLElement} */ (document.getElementById("connection-text"));
  let opened = false;
  const show = () => {
    place.dataset.connection = tangor.state;
    place.dataset.transport = tangor.transport ?? "";
    if (tangor.state === "open") {
      text.textContent = tangor.transport === "http" ? "live over HTTP" : "live over WebSocket";
      opened = true;
    } else if (tangor.state === "closed") {
      text.textContent = "closed";
    } else {
      // One wording for the wait and the attempt, so that the line does not flicker while the server is away.
      text.textContent = opened ? "reconnecting…" : "connecting…";
    }
  };
  tangor.addEventListener("statechange", show);
  show();
}
