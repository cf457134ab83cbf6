import { Status, element } from "../elements.js";
import { use } from "../live-elements.js";
import { openPage, part } from "../page.js";
import { source } from "./source.js";
import { describe } from "./tiles.js";

const tangor = openPage("sensors", source);
// One connection for the page and its elements.
use(tangor);
const status = new Status(part("status"));
const list = part("tiles");
/** @type {Map<string, {value: HTMLElement, tile: HTMLElement}>} */
const tiles = new Map();

// MARK: Readings

/** Tiles on the page; nobody but the server publishes here, and it has a handful. */
const maxTiles = 40;

/** @param {string} channel */
function tileOf(channel) {
  const known = tiles.get(channel);
  if (known !== undefined) return known;
  const described = describe(channel);
  if (described === undefined || tiles.size >= maxTiles) return undefined;
  const value = element("strong", {}, "…");
  const tile = element("li", { "data-channel": channel, "data-messages": 0 }, element("span", {}, described.label), value, described.unit);
  tiles.set(channel, { value, tile });
  const sorted = [...tiles].sort(([a], [b]) => a.localeCompare(b));
  list.replaceChildren(...sorted.map(([, { tile }]) => tile));
  return { value, tile };
}

tangor.channels.subscribe(["sensors/#"], (data, { channel }) => {
  const shown = tileOf(channel);
  if (shown === undefined || typeof data !== "number") return;
  shown.value.textContent = data.toFixed(1);
  shown.tile.dataset.messages = String(Number(shown.tile.dataset.messages) + 1);
});

// MARK: The station

const heater = part("heater");
const alarms = part("alarms");
tangor.channels.subscribe(["station/heater", "station/alarms"], (data, { channel }) => {
  if (channel === "station/heater") {
    heater.textContent = data ? "on" : "off";
    heater.dataset.heater = data ? "on" : "off";
  } else if (Array.isArray(data)) {
    alarms.replaceChildren(...data.map((text) => element("li", {}, String(text))));
  }
});

part("calibrate").addEventListener("submit", async (event) => {
  event.preventDefault();
  const place = /** @type {HTMLSelectElement} */ (part("place")).value;
  const reference = /** @type {HTMLInputElement} */ (part("reference")).valueAsNumber;
  try {
    const correction = await tangor.callObject("station.calibrate", { place, reference });
    const sign = correction < 0 ? "−" : "+";
    status.say("finished", `The thermometer in the ${place} was corrected by ${sign}${Math.abs(correction).toFixed(1)} °C.`);
  } catch (error) {
    status.fail(error);
  }
});
