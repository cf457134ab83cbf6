import { stream } from "../client.js";
import { Run, Status, append, button, element, field, frame } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const log = {
  id: "log",
  pillar: "Streams",
  title: "A large document, line by line",
  summary: "One HTTP response of NDJSON: the page works on the first lines while the last are not yet written.",
  path: "/log?lines=",
  swift: `
struct Log: Sequence, IteratorProtocol {
  init(lines: Int) { count = lines }

  mutating func next() -> String? {
    guard line < count else { return nil }
    line += 1
    // … makes up the line
  }
}

try services.add("/log") { request in
  .stream(Log(lines: try request.number("lines", default: 10_000, in: 0...10_000_000)))
}`,
  javascript: `
import { stream } from "./tangor/tangor.js";

// Plain HTTP, no live connection needed.
for await (const line of stream("/log?lines=50000", { credit: 512 })) {
  count += 1;
  output.append(line, "\\n");
}`,
  parts() {
    const lines = field("Lines", { type: "number", min: 1, max: 1_000_000, value: 50_000, id: "log-lines", "data-input": "lines" });
    const start = button("start", "Start", { class: "primary" });
    const stop = button("stop", "Stop");
    const output = element("div", {
      class: "output lines", "data-output": true, tabindex: 0, "aria-label": "Lines", "data-empty": "Press Start.",
    });
    const counter = element("strong", { "data-count": "0" }, "0");
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
        let drawn = performance.now();
        const began = drawn;
        const draw = () => {
          append(output, batch, 60_000);
          batch = "";
          counter.textContent = count.toLocaleString();
          counter.dataset.count = String(count);
          drawn = performance.now();
        };
        status.say("running", "Reading…");
        try {
          const path = `/log?lines=${encodeURIComponent(lines.input.value || "1")}`;
          for await (const line of stream(path, { signal, credit: 512 })) {
            count += 1;
            batch += `${line}\n`;
            if (performance.now() - drawn > 30) {
              draw();
              await frame();
            }
          }
          const seconds = Math.max((performance.now() - began) / 1_000, 0.001);
          status.say("finished", `Complete: ${Math.round(count / seconds).toLocaleString()} lines a second.`);
        } catch (error) {
          if (!signal.aborted) throw error;
          status.say("stopped", "Stopped; the server has let go of the document.");
        } finally {
          draw();
        }
      }),
    );
    stop.addEventListener("click", () => run.stop());
    const count = element("p", { class: "status" }, counter, " lines");
    return [element("div", { class: "controls" }, lines.label, start, stop), output, count, status.element];
  },
};
