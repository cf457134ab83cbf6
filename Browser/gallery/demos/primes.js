import { Run, Status, append, button, element, field, frame } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const primes = {
  id: "primes",
  pillar: "Streams",
  title: "Primes without end",
  summary: "An endless sequence. The page grants credit as it reads, so the server computes no more than is looked at.",
  path: "/primes?from=",
  swift: `
struct Primes: Sequence, IteratorProtocol {
  private var candidate: Int

  init(from first: Int = 2) { candidate = Swift.max(first, 2) }

  mutating func next() -> Int? {
    while !Self.isPrime(candidate) { candidate += 1 }
    defer { candidate += 1 }
    return candidate
  }
}

try services.add("/primes") { request in
  let first = try request.number("from", default: 2, in: 0...largest)
  return .stream(StreamSource(Primes(from: first)).quick())
}`,
  javascript: `
import { connect } from "./tangor/tangor.js";

const tangor = connect();

for await (const prime of tangor.stream("/primes?from=2")) {
  output.append(prime, " ");
  if (prime > 1_000_000) break; // cancels it on the server
}`,
  parts({ tangor }) {
    const from = field("From", { type: "number", min: 2, max: 1_000_000_000, value: 2, id: "primes-from", "data-input": "from" });
    const start = button("start", "Start", { class: "primary" });
    const stop = button("stop", "Stop");
    const output = element("div", {
      class: "output lines", "data-output": true, tabindex: 0, "aria-label": "Primes", "data-empty": "Press Start.",
    });
    const status = new Status();
    const run = new Run(status, (running) => {
      start.disabled = running;
      stop.disabled = !running;
    });
    start.addEventListener("click", () =>
      run.start(async (signal) => {
        output.textContent = "";
        let count = 0;
        let batch = "";
        try {
          const path = `/primes?from=${encodeURIComponent(from.input.value || "2")}`;
          for await (const prime of tangor.stream(path, { signal })) {
            count += 1;
            batch += `${prime} `;
            // The page draws once a frame; not reading on meanwhile holds the server back.
            if (count % 8 === 0) {
              append(output, batch, 20_000);
              batch = "";
              status.say("running", `${count.toLocaleString()} primes so far`);
              await frame();
            }
          }
          status.say("finished", `${count.toLocaleString()} primes`);
        } catch (error) {
          if (!signal.aborted) throw error;
          status.say("stopped", `Stopped after ${count.toLocaleString()} primes; the server has let go of the stream.`);
        } finally {
          append(output, batch, 20_000);
        }
      }),
    );
    stop.addEventListener("click", () => run.stop());
    return [element("div", { class: "controls" }, from.label, start, stop), output, status.element];
  },
};
