import { Status, element } from "../elements.js";
import { openPage, part } from "../page.js";
import { source } from "./source.js";

/** Responses shown at a time. */
const maxShown = 20;

const tangor = openPage("wait", source);
const status = new Status(part("status"));
const list = part("waits");
const message = /** @type {HTMLInputElement} */ (part("message"));

/** Asks for `/wait` and shows each part when it comes, as text: what the server escaped is seen escaped. */
async function wait() {
  const item = element("li", { "data-wait": "waiting" });
  list.prepend(item);
  while (list.childElementCount > maxShown) list.lastElementChild?.remove();
  const begin = performance.now();
  try {
    const response = await fetch(new URL("wait", tangor.base), { cache: "no-store" });
    if (!response.ok || response.body === null) throw new Error(`The server answered ${response.status}.`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const time = element("time", {}, `${((performance.now() - begin) / 1_000).toFixed(1)} s`);
      item.append(element("p", { "data-part": true }, time, element("code", {}, value)));
    }
    item.dataset.wait = "ended";
  } catch (error) {
    item.dataset.wait = "failed";
    item.append(element("p", {}, `It broke off: ${error instanceof Error ? error.message : error}`));
  }
}

part("wait").addEventListener("click", wait);
part("send").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const response = await fetch(new URL(`send/${encodeURIComponent(message.value)}`, tangor.base), { cache: "no-store" });
    const answer = await response.text();
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    status.say("finished", `The server says: ${answer}`);
  } catch (error) {
    status.fail(error);
  }
});
