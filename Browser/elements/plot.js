import { reduce } from "./series.js";
import { niceStep, tickText, ticks, timeTicks } from "./ticks.js";

/**
 * @typedef {import("./series.js").Series} Series
 *
 * @typedef {object} View what a picture of the chart shows
 * @property {number} width CSS pixels
 * @property {number} height
 * @property {number} left x of the left edge
 * @property {number} right x of the right edge
 * @property {boolean} isTime x is milliseconds; otherwise a count of points
 * @property {[number, number]} range of the values
 * @property {string} unit
 * @property {number | undefined} cursor x of the read-out
 *
 * @typedef {{text: string, muted: string, border: string, surface: string, font: string, lines: string[]}} Colours
 */

const margin = { top: 8, right: 10, bottom: 20 };

/**
 * Where things stand in a picture.
 *
 * @param {View} view
 * @param {number} labelWidth of the widest label of the values
 */
export function layout(view, labelWidth) {
  const left = Math.ceil(labelWidth) + 8;
  const width = Math.max(view.width - left - margin.right, 1);
  const height = Math.max(view.height - margin.top - margin.bottom, 1);
  const span = view.right - view.left || 1;
  const [low, high] = view.range;
  return {
    left,
    top: margin.top,
    width,
    height,
    x: (/** @type {number} */ x) => left + ((x - view.left) / span) * width,
    y: (/** @type {number} */ y) => margin.top + height - ((y - low) / (high - low)) * height,
    share: (/** @type {number} */ pixel) => (pixel - left) / width,
  };
}

/**
 * Draws a chart.
 *
 * @param {CanvasRenderingContext2D} context scaled to CSS pixels
 * @param {View} view
 * @param {Series[]} series
 * @param {Colours} colours
 * @returns {ReturnType<typeof layout>}
 */
export function draw(context, view, series, colours) {
  context.clearRect(0, 0, view.width, view.height);
  context.font = `11px ${colours.font}`;
  const marks = ticks(view.range[0], view.range[1], Math.max(2, Math.floor(view.height / 45)));
  const step = marks.length > 1 ? marks[1] - marks[0] : niceStep(view.range[1] - view.range[0]);
  const labels = marks.map((mark) => tickText(mark, step) + (view.unit === "" ? "" : ` ${view.unit}`));
  const place = layout(view, Math.max(0, ...labels.map((label) => context.measureText(label).width)));

  context.lineWidth = 1;
  context.strokeStyle = colours.border;
  context.fillStyle = colours.muted;
  context.textBaseline = "middle";
  context.textAlign = "right";
  marks.forEach((mark, index) => {
    const y = Math.round(place.y(mark)) + 0.5;
    line(context, place.left, y, place.left + place.width, y);
    context.fillText(labels[index], place.left - 5, y);
  });
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const { x, text } of horizontal(view, place.width)) {
    context.fillText(text, Math.min(Math.max(place.x(x), place.left + 12), view.width - 16), place.top + place.height + 5);
  }

  context.save();
  context.beginPath();
  context.rect(place.left, 0, place.width, view.height);
  context.clip();
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  for (const { points, index } of series) {
    context.strokeStyle = context.fillStyle = colours.lines[index % colours.lines.length];
    context.beginPath();
    reduce(points, Math.max(points.indexFrom(view.left) - 1, 0), place.x, (x, y) => context.lineTo(place.x(x), place.y(y)));
    context.stroke();
    if (points.length > 0) dot(context, place.x(points.x(points.length - 1)), place.y(points.y(points.length - 1)), 2);
  }
  if (view.cursor !== undefined) cursor(context, view, series, colours, place);
  context.restore();
  return place;
}

/**
 * @param {View} view
 * @param {number} width
 * @returns {{x: number, text: string}[]}
 */
function horizontal(view, width) {
  const count = Math.max(1, Math.floor(width / 90));
  if (view.isTime) {
    return timeTicks((view.right - view.left) / 1_000, count).map(({ ago, text }) => ({ x: view.right - ago * 1_000, text }));
  }
  return ticks(view.left, view.right, count).filter(Number.isInteger).map((x) => ({ x, text: String(x) }));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {View} view
 * @param {Series[]} series
 * @param {Colours} colours
 * @param {ReturnType<typeof layout>} place
 */
function cursor(context, view, series, colours, place) {
  const at = place.x(/** @type {number} */ (view.cursor));
  context.lineWidth = 1;
  context.strokeStyle = colours.muted;
  line(context, at, place.top, at, place.top + place.height);
  for (const { points, index } of series) {
    const near = points.nearest(/** @type {number} */ (view.cursor));
    if (near < 0) continue;
    context.fillStyle = colours.lines[index % colours.lines.length];
    dot(context, place.x(points.x(near)), place.y(points.y(near)), 3.5);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x1
 * @param {number} y1
 * @param {number} x2
 * @param {number} y2
 */
function line(context, x1, y1, x2, y2) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
