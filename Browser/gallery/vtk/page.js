import { Status, append } from "../elements.js";
import { use } from "../live-elements.js";
import { openPage, part } from "../page.js";
import { source } from "./source.js";

/** @typedef {import("../../elements/program.js").TangorProgram} TangorProgram */

const tangor = openPage("vtk", source);
// One connection for the page and its element.
use(tangor);
const status = new Status(part("status"));
const log = part("log");
const launch = part("launch");
const terminate = /** @type {HTMLButtonElement} */ (part("terminate"));
const share = /** @type {HTMLAnchorElement} */ (part("share"));

/** @type {TangorProgram | undefined} */
let shown;

/**
 * Shows a program in place of the one before, which ends with its element.
 *
 * @param {Record<string, string>} attributes
 */
function show(attributes) {
  const view = /** @type {TangorProgram} */ (document.createElement("tangor-program"));
  for (const [name, value] of Object.entries({ label: "A cone", ...attributes })) view.setAttribute(name, value);
  view.addEventListener("state", () => say(view));
  view.addEventListener("line", (event) => append(log, `${/** @type {CustomEvent} */ (event).detail.text}\n`, 20_000));
  log.textContent = "";
  shown = view;
  part("place").replaceChildren(view);
}

/** @param {TangorProgram} view */
function say(view) {
  if (view !== shown) return;
  const { program } = view;
  const state = view.dataset.program;
  const isThere = state === "running" || state === "lost";
  terminate.disabled = !isThere;
  launch.textContent = isThere ? "Launch anew" : "Launch";
  share.hidden = !isThere;
  if (program !== undefined) share.href = `?key=${encodeURIComponent(program.key)}`;
  if (state === "starting") status.say("running", "The server starts Python and waits until the program is ready…");
  else if (state === "running") status.say("running", `It runs as ${program?.key}.`);
  else if (state === "lost") status.say("paused", "The connection to the program broke; it is opened anew.");
  else if (state === "ended") status.say("finished", "The program has ended.");
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const sides = /** @type {HTMLInputElement} */ (part("sides")).valueAsNumber;
  show({ script: "cone.py", arguments: JSON.stringify(["--resolution", String(sides)]) });
});

part("place").addEventListener("error", (/** @type {any} */ { detail }) => {
  const isUnable = detail?.code === "program_not_configured";
  if (isUnable) status.say("error", `This server has no Python with VTK: 'make demo VTK=1' gets one. (${detail.code})`);
  else if (detail !== undefined) status.fail(detail);
});

terminate.addEventListener("click", async () => {
  terminate.disabled = true;
  try {
    await shown?.program?.terminate();
  } catch (error) {
    status.fail(error);
  }
});

// A key in the address: watch what another tab has launched.
const key = new URLSearchParams(location.search).get("key");
if (key !== null) show({ key });
