import { field } from "../elements.js";
import { pollingParts } from "./polling.js";

/** @type {import("../gallery.js").Demo} */
export const countdown = {
  id: "countdown",
  pillar: "Polling",
  title: "Countdown",
  summary: "A generator that ends: the last poll answers done, and the key is free again.",
  path: "/countdown?key=&from=",
  swift: `
try services.poll("/countdown") { request in
  let from = try request.number("from", default: 10, in: 0...1_000_000)
  return StreamSource(stride(from: from, through: 1, by: -1))
}

// … {"state": "ready", "content": 1}
//   {"state": "done", "content": null}`,
  javascript: `
for await (const n of poll("/countdown?from=10", { delay: 400 })) {
  output.textContent = n;
}
output.textContent = "done";`,
  parts() {
    const from = field("From", { type: "number", min: 1, max: 1_000, value: 10, id: "countdown-from", "data-input": "from" });
    return pollingParts({
      delay: 400,
      fields: [from],
      address: () => `/countdown?from=${encodeURIComponent(from.input.value || "10")}`,
      empty: "Press Start.",
    });
  },
};
