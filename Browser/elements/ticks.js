/**
 * Round values that divide a range, at steps of 1, 2 or 5 times a power of ten.
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count about how many
 * @returns {number[]}
 */
export function ticks(low, high, count) {
  if (!(high > low) || !Number.isFinite(high - low) || count < 1) return Number.isFinite(low) && low === high ? [low] : [];
  const step = niceStep((high - low) / count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Whole multiples, so that steps do not add up their errors; 0 is never written as -0.
  return Array.from({ length: Math.min(last - first + 1, 1_000) }, (_, index) => round((first + index) * step, step) + 0);
}

/**
 * @param {number} rough
 * @returns {number} the smallest of 1, 2, 5 times a power of ten that is not below
 */
export function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return (factor <= 1 + 1e-9 ? 1 : factor <= 2 + 1e-9 ? 2 : factor <= 5 + 1e-9 ? 5 : 10) * power;
}

/**
 * @param {number} value
 * @param {number} step
 */
function round(value, step) {
  return Number(value.toFixed(Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(step))))));
}

/**
 * A tick as text, with as many digits as the step between ticks needs.
 *
 * @param {number} value
 * @param {number} step
 * @returns {string}
 */
export function tickText(value, step) {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-5)) return value.toExponential().replace("e+", "e");
  return value.toFixed(Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
}

/** Steps of time that people read easily, in seconds. */
const timeSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

/**
 * Marks on an axis that shows how long ago something was.
 *
 * @param {number} seconds the axis is long
 * @param {number} count about how many
 * @returns {{ago: number, text: string}[]} `ago` in seconds
 */
export function timeTicks(seconds, count) {
  if (!(seconds > 0) || count < 1) return [];
  const step = timeSteps.find((candidate) => candidate >= seconds / count) ?? niceStep(seconds / count);
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, index) => {
    const ago = round(index * step, step);
    return { ago, text: ago === 0 ? "now" : `−${span(ago)}` };
  });
}

/** @param {number} seconds */
function span(seconds) {
  for (const [unit, size] of /** @type {[string, number][]} */ ([["d", 86_400], ["h", 3_600], ["min", 60]])) {
    if (seconds >= size && seconds % (size / 2) === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}

/**
 * The range that an axis shows for the values of the data: a little wider, and never of no height.
 *
 * @param {number} low
 * @param {number} high
 * @param {{min?: number, max?: number}} [fixed] ends that the page gives
 * @returns {[number, number]}
 */
export function axisRange(low, high, fixed = {}) {
  let [bottom, top] = low <= high ? [low, high] : [0, 1];
  if (bottom === top) {
    const half = Math.abs(bottom) * 0.05 || 0.5;
    [bottom, top] = [bottom - half, top + half];
  }
  const margin = (top - bottom) * 0.05;
  const range = /** @type {[number, number]} */ ([fixed.min ?? bottom - margin, fixed.max ?? top + margin]);
  return range[0] < range[1] ? range : [range[0], range[0] + 1];
}
