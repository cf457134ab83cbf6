import { poll } from "../client.js";
import { Run, Status, button, element } from "../elements.js";

/**
 * The live side that both polling demonstrations share.
 *
 * @param {{delay: number, fields?: {label: HTMLLabelElement}[], address: () => string, empty: string}} options
 * @returns {Node[]}
 */
export function pollingParts({ delay, fields = [], address, empty }) {
  const start = button("start", "Start", { class: "primary" });
  const stop = button("stop", "Stop");
  const output = element("div", { class: "output big", "data-output": true, "data-empty": empty });
  const status = new Status();
  const run = new Run(status, (running) => {
    start.disabled = running;
    stop.disabled = !running;
  });
  start.addEventListener("click", () =>
    run.start(async (signal) => {
      let polls = 0;
      output.textContent = "";
      try {
        for await (const value of poll(address(), { signal, delay, onanswer: () => (polls += 1) })) {
          output.textContent = String(value);
          status.say("running", `${polls} polls`);
        }
        output.textContent = "done";
        status.say("finished", `Done after ${polls} polls; the same key would start anew.`);
      } catch (error) {
        if (!signal.aborted) throw error;
        status.say("stopped", `Stopped after ${polls} polls; the generator's lease will end it.`);
      }
    }),
  );
  stop.addEventListener("click", () => run.stop());
  return [element("div", { class: "controls" }, ...fields.map((one) => one.label), start, stop), output, status.element];
}
