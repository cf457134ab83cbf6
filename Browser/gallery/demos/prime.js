import { pollingParts } from "./polling.js";

/** @type {import("../gallery.js").Demo} */
export const prime = {
  id: "prime",
  pillar: "Polling",
  title: "Poll a generator",
  summary: "A generator under a key of the page's own choosing. Each plain GET answers its next value.",
  path: "/prime?key=",
  swift: `
try services.poll("/prime") { _ in StreamSource(Primes()) }

// GET /prime?key=1  {"state": "ready", "content": 2}
// GET /prime?key=1  {"state": "ready", "content": 3}`,
  javascript: `
import { poll } from "./tangor/tangor.js";

// Makes a key of its own when the address has none.
for await (const prime of poll("/prime", { delay: 250 })) {
  output.textContent = prime;
}`,
  parts: () => pollingParts({ delay: 250, address: () => "/prime", empty: "Press Start." }),
};
