import { Run, Status, button, element, field } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const digest = {
  id: "digest",
  pillar: "Bodies",
  title: "Digest of a file",
  summary: "A body of any size, read as it arrives: the server answers its SHA-256 and keeps nothing.",
  path: "/digest",
  swift: `
try services.add("/digest", methods: ["POST", "PUT"], options: .init(body: .streamed())) { request in
  var hash = SHA256()
  var length = 0
  for try await chunk in request.input {
    chunk.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    length += chunk.readableBytes
  }
  let digits = hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  return .json(Digest(sha256: digits.joined(), length: length))
}`,
  javascript: `
const answer = await fetch(new URL("digest", tangor.base), { method: "PUT", body: file });

const { sha256, length } = await answer.json();`,
  parts({ tangor }) {
    const file = field("File", { type: "file", id: "digest-file", class: "wide", "data-input": "file" });
    const start = button("start", "Send", { class: "primary", type: "submit" });
    const stop = button("stop", "Stop");
    const output = element("div", {
      class: "output lines", "data-output": true, "aria-live": "polite", "data-empty": "Choose a file and press Send.",
    });
    const status = new Status();
    const run = new Run(status, (running) => {
      start.disabled = running;
      stop.disabled = !running;
    });
    const form = element("form", { class: "controls" }, file.label, start, stop);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = file.input.files?.[0];
      if (!chosen) return status.say("stopped", "Choose a file first.");
      run.start(async (signal) => {
        output.replaceChildren();
        status.say("running", `Sending ${chosen.size.toLocaleString("en")} bytes…`);
        const began = performance.now();
        try {
          const answer = await fetch(new URL("digest", tangor.base), { method: "PUT", body: chosen, signal });
          const told = await answer.json();
          if (!answer.ok) throw new Error(told.detail);
          output.append(told.sha256);
          status.say("finished", `${told.length.toLocaleString("en")} bytes in ${((performance.now() - began) / 1000).toFixed(2)} s.`);
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
