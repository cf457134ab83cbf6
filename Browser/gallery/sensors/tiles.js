/** @type {Readonly<Record<string, {word: string, unit: string}>>} */
const kinds = {
  temp: { word: "temperature", unit: " °C" },
  humidity: { word: "humidity", unit: " %" },
  load: { word: "load", unit: "" },
};

/**
 * What a sensor's channel measures.
 *
 * @param {string} channel `sensors/<place>/<kind>`
 * @returns {{label: string, unit: string} | undefined} undefined for what is no sensor
 */
export function describe(channel) {
  const [root, place, kind, ...more] = channel.split("/");
  const known = Object.hasOwn(kinds, kind ?? "") ? kinds[kind] : undefined;
  return root === "sensors" && place && known !== undefined && more.length === 0
    ? { label: `${place} ${known.word}`, unit: known.unit }
    : undefined;
}
