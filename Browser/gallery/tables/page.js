import { Status, button } from "../elements.js";
import { openPage, part } from "../page.js";
import { sales, ticks } from "./presets.js";
import { source } from "./source.js";
import { loadViewer } from "./viewer.js";

openPage("tables", source);
const status = new Status(part("status"));
const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * Shows a table in a viewer, with a button for each of its presets.
 *
 * @param {string} id the viewer's
 * @param {import("./presets.js").Preset[]} presets the first is shown at once
 * @param {any} table
 */
async function show(id, presets, table) {
  // Made only now: a viewer that is older than its plug-ins does not find them.
  const viewer = /** @type {any} */ (document.createElement("perspective-viewer"));
  viewer.id = id;
  viewer.setAttribute("aria-labelledby", `${id}-title`);
  part(`${id}-place`).replaceChildren(viewer);
  const place = part(`${id}-presets`);
  /** @param {import("./presets.js").Preset} preset */
  const choose = async (preset) => {
    for (const other of place.querySelectorAll("[data-preset]")) {
      other.setAttribute("aria-pressed", String(other.getAttribute("data-preset") === preset.id));
    }
    try {
      await viewer.restore(preset.config);
      viewer.dataset.shown = preset.id;
    } catch (error) {
      status.fail(error);
    }
  };
  for (const preset of presets) {
    const made = button("preset", preset.title, { "data-preset": preset.id, click: () => choose(preset) });
    place.append(made);
  }
  const settings = button("settings", "Columns and filters", { "aria-expanded": "false", "aria-controls": id });
  settings.addEventListener("click", () => void viewer.toggleConfig().catch((/** @type {any} */ error) => status.fail(error)));
  // The viewer has a button of its own too.
  viewer.addEventListener("perspective-toggle-settings", (/** @type {any} */ { detail }) => {
    settings.setAttribute("aria-expanded", String(detail === true));
  });
  place.append(settings);
  await viewer.load(table);
  const theme = () => viewer.restore({ theme: dark.matches ? "Pro Dark" : "Pro Light" });
  await theme();
  await choose(presets[0]);
  dark.addEventListener("change", () => void theme().catch((/** @type {any} */ error) => status.fail(error)));
}

async function open() {
  const { perspective, place, isServed } = await loadViewer();
  if (place.websocket === "") return status.say("stopped", "The tables are switched off: the configuration's perspective.path is empty.");
  const address = new URL(place.websocket, document.baseURI);
  address.protocol = address.protocol.replace("http", "ws");
  const client = await perspective.websocket(address.href);
  const [one, two] = await Promise.all([client.open_table("data_source_one"), client.open_table("ticks")]);
  part("sales-rows").textContent = (await one.size()).toLocaleString("en");
  await Promise.all([show("sales", sales, one), show("ticks", ticks, two)]);
  status.say("running", `Viewer ${place.version}, loaded from ${isServed ? "this server" : new URL(place.base).host}.`);
}

open().catch((error) => status.fail(error));
