import { Status, button } from "../elements.js";
import { openPage, part } from "../page.js";
import { sales, ticks } from "./presets.js";
import { source } from "./source.js";
import { loadViewer } from "./viewer.js";

/** @typedef {import("./presets.js").Preset} Preset */

const tangor = openPage("tables", source);
const status = new Status(part("status"));
const dark = matchMedia("(prefers-color-scheme: dark)");
/** @param {any} error */
const fail = (error) => status.fail(error);

/**
 * Shows a table in a viewer, with a button for each of its presets.
 *
 * @param {string} id the viewer's
 * @param {Preset[]} presets the first is shown, unless the viewer that was there before showed another
 * @param {any} table
 * @param {AbortSignal} signal ends when the table is lost
 */
async function show(id, presets, table, signal) {
  const last = document.getElementById(id)?.dataset.shown;
  // Made only now: a viewer that is older than its plug-ins does not find them.
  const viewer = /** @type {any} */ (document.createElement("perspective-viewer"));
  viewer.id = id;
  viewer.setAttribute("aria-labelledby", `${id}-title`);
  part(`${id}-place`).replaceChildren(viewer);
  const place = part(`${id}-presets`);
  /** @param {Preset} preset */
  const choose = async (preset) => {
    for (const other of place.querySelectorAll("[data-preset]")) {
      other.setAttribute("aria-pressed", String(other.getAttribute("data-preset") === preset.id));
    }
    await viewer.restore(preset.config);
    viewer.dataset.shown = preset.id;
  };
  const settings = button("settings", "Columns and filters", { "aria-expanded": "false", "aria-controls": id });
  settings.addEventListener("click", () => void viewer.toggleConfig().catch(fail));
  // The viewer has a button of its own too.
  viewer.addEventListener("perspective-toggle-settings", (/** @type {any} */ { detail }) => {
    settings.setAttribute("aria-expanded", String(detail === true));
  });
  const choices = presets.map((preset) =>
    button("preset", preset.title, { "data-preset": preset.id, click: () => void choose(preset).catch(fail) }),
  );
  // What is pressed before the first preset stands would be undone by it.
  for (const each of [...choices, settings]) each.disabled = true;
  place.replaceChildren(...choices, settings);
  const theme = () => viewer.restore({ theme: dark.matches ? "Pro Dark" : "Pro Light" });
  await viewer.load(table);
  await theme();
  await choose(presets.find((preset) => preset.id === last) ?? presets[0]);
  for (const each of [...choices, settings]) each.disabled = false;
  dark.addEventListener("change", () => void theme().catch(fail), { signal });
}

const loaded = loadViewer();

/** Opens the tables, and opens them anew when their connection broke. */
async function open() {
  const { perspective, place, isServed } = await loaded;
  if (place.websocket === "") return status.say("stopped", "The tables are switched off: the configuration's perspective.path is empty.");
  const address = new URL(place.websocket, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const client = await perspective.websocket(address.href);
  const lost = new AbortController();
  await client.on_error(async () => {
    if (lost.signal.aborted) return;
    lost.abort();
    status.say("paused", "The connection to the tables broke. They are opened again when the server is back.");
    await whenConnected();
    open().catch(fail);
  });
  const [one, two] = await Promise.all([client.open_table("data_source_one"), client.open_table("ticks")]);
  part("sales-rows").textContent = (await one.size()).toLocaleString("en");
  await Promise.all([show("sales", sales, one, lost.signal), show("ticks", ticks, two, lost.signal)]);
  status.say("running", `Viewer ${place.version}, loaded from ${isServed ? "this server" : new URL(place.base).host}.`);
}

/** Resolves when the page's own connection, which comes back by itself, has been open for a moment. */
async function whenConnected() {
  do {
    await new Promise((resolve) => setTimeout(resolve, 500));
  } while (tangor.state !== "open");
}

open().catch(fail);
