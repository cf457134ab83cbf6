import { Run, Status, button, element, field } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const primeFactors = {
  id: "prime-factors",
  pillar: "Streams",
  title: "Prime factors",
  summary: "A finite sequence: each factor arrives as it is found, then the loop ends by itself.",
  path: "/prime-factors?n=",
  swift: `
app.services.register("prime-factors") { request in
  var rest = try request.query.integer("n", in: 1...)
  var divisor = 2

  return AsyncStream {
    while divisor * divisor <= rest {
      if rest % divisor == 0 {
        rest /= divisor
        return divisor
      }
      divisor += 1
    }
    defer { rest = 1 }
    return rest > 1 ? rest : nil
  }
}`,
  javascript: `
const factors = [];

for await (const p of tangor.stream("/prime-factors?n=60")) {
  factors.push(p);
}
console.log(factors); // [2, 2, 3, 5]`,
  parts({ tangor }) {
    const number = field("Number", {
      type: "text", inputmode: "numeric", pattern: "[0-9]{1,18}", value: "600851475143",
      id: "prime-factors-n", class: "wide", "data-input": "n",
    });
    const start = button("start", "Factor", { class: "primary", type: "submit" });
    const stop = button("stop", "Stop");
    const output = element("div", {
      class: "output chips", "data-output": true, "aria-live": "polite", "data-empty": "Type a number and press Factor.",
    });
    const status = new Status();
    const run = new Run(status, (running) => {
      start.disabled = running;
      stop.disabled = !running;
    });
    const form = element("form", { class: "controls" }, number.label, start, stop);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run.start(async (signal) => {
        output.replaceChildren();
        status.say("running", "Looking…");
        const n = number.input.value.trim();
        /** @type {number[]} */
        const factors = [];
        try {
          for await (const factor of tangor.stream(`/prime-factors?n=${encodeURIComponent(n)}`, { signal })) {
            factors.push(factor);
            output.append(element("span", {}, String(factor)));
          }
          status.say("finished", factors.length > 0 ? `${n} = ${factors.join(" × ")}` : `${n} has no prime factors`);
        } catch (error) {
          if (!signal.aborted) throw error;
          status.say("stopped", "Stopped.");
        }
      });
    });
    stop.addEventListener("click", () => run.stop());
    return [form, output, status.element];
  },
};
