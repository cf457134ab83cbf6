import { Run, Status, button, element, field } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const primeFactors = {
  id: "prime-factors",
  pillar: "Streams",
  title: "Prime factors",
  summary: "A finite sequence: each factor arrives as it is found, then the loop ends by itself.",
  path: "/prime-factors?n=",
  swift: `
struct PrimeFactors: Sequence, IteratorProtocol {
  private var rest: Int
  private var divisor = 2

  init(of number: Int) { rest = number }

  mutating func next() -> Int? {
    guard rest > 1 else { return nil }
    while !rest.isMultiple(of: divisor) {
      divisor = divisor * divisor > rest ? rest
        : divisor + (divisor == 2 ? 1 : 2)
    }
    rest /= divisor
    return divisor
  }
}

try services.add("/prime-factors") { request in
  .stream(PrimeFactors(of: try request.number("n", in: 1...largest)))
}`,
  javascript: `
const factors = [];

for await (const p of tangor.stream("/prime-factors?n=60")) {
  factors.push(p);
}
console.log(factors); // [2, 2, 3, 5]`,
  parts({ tangor }) {
    const number = field("Number", {
      type: "text", inputmode: "numeric", pattern: "[0-9]{1,12}", value: "600851475143",
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
