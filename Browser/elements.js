import { TangorCall } from "./elements/call.js";
import { TangorChannel } from "./elements/channel.js";
import { TangorChart } from "./elements/chart.js";
import { connection, use } from "./elements/connection.js";
import { TangorInput } from "./elements/input.js";
import { TangorLog } from "./elements/log.js";
import { TangorProgram } from "./elements/program.js";
import { TangorProgress } from "./elements/progress.js";
import { TangorValue } from "./elements/value.js";

// Importing this module once more, from another address as well, changes nothing.
for (const [name, type] of /** @type {[string, CustomElementConstructor][]} */ ([
  ["tangor-call", TangorCall],
  ["tangor-channel", TangorChannel],
  ["tangor-chart", TangorChart],
  ["tangor-input", TangorInput],
  ["tangor-log", TangorLog],
  ["tangor-program", TangorProgram],
  ["tangor-progress", TangorProgress],
  ["tangor-value", TangorValue],
])) {
  if (customElements.get(name) === undefined) customElements.define(name, type);
}

export { TangorCall, TangorChannel, TangorChart, TangorInput, TangorLog, TangorProgram, TangorProgress, TangorValue, connection, use };
