/** @typedef {import("./board.js").Stroke} Stroke */

/**
 * Draws strokes into a canvas at the resolution of the screen. Complete strokes are kept in a picture of their own, so that
 * a line under way costs only itself.
 */
export class BoardCanvas {
  #settled = document.createElement("canvas");
  /** @type {readonly Stroke[]} */ #strokes = [];
  /** @type {readonly Stroke[]} */ #live = [];
  #drawn = 0;
  #isDue = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} width of the board in its own units
   * @param {number} height
   */
  constructor(canvas, width, height) {
    this.canvas = canvas;
    this.width = width;
    this.height = height;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.#resize();
  }

  /**
   * Shows strokes; those that were shown already, as the same objects in the same order, are not drawn again.
   *
   * @param {readonly Stroke[]} strokes
   * @param {readonly Stroke[]} live lines under way
   */
  show(strokes, live) {
    const goesOn = strokes.length >= this.#drawn && (this.#drawn === 0 || strokes[this.#drawn - 1] === this.#strokes[this.#drawn - 1])
      && strokes[0] === this.#strokes[0];
    this.#strokes = [...strokes];
    this.#live = live;
    if (!goesOn) this.#drawn = 0;
    this.#schedule();
  }

  /**
   * A place of the page in units of the board.
   *
   * @param {{clientX: number, clientY: number}} place
   * @returns {{x: number, y: number}} whole numbers, within the board
   */
  locate({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.round(Math.min(Math.max(value, 0), most));
    return {
      x: within(((clientX - box.left) / box.width) * this.width, this.width),
      y: within(((clientY - box.top) / box.height) * this.height, this.height),
    };
  }

  #resize() {
    const scale = globalThis.devicePixelRatio || 1;
    const width = Math.max(Math.round(this.canvas.clientWidth * scale), 1);
    const height = Math.max(Math.round((width * this.height) / this.width), 1);
    if (this.canvas.width === width && this.canvas.height === height) return;
    for (const canvas of [this.canvas, this.#settled]) {
      canvas.width = width;
      canvas.height = height;
    }
    this.#drawn = 0;
    this.#schedule();
  }

  #schedule() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #draw() {
    const settled = /** @type {CanvasRenderingContext2D} */ (this.#settled.getContext("2d"));
    const shown = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    if (this.#drawn === 0) this.#clear(settled);
    for (; this.#drawn < this.#strokes.length; this.#drawn += 1) this.#line(settled, this.#strokes[this.#drawn]);
    this.#clear(shown);
    shown.drawImage(this.#settled, 0, 0);
    for (const stroke of this.#live) this.#line(shown, stroke);
  }

  /** @param {CanvasRenderingContext2D} context */
  #clear(context) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Stroke} stroke
   */
  #line(context, { colour, width, points }) {
    const scale = this.canvas.width / this.width;
    context.save();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = width;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    if (points.length === 2) {
      context.arc(points[0], points[1], width / 2, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.moveTo(points[0], points[1]);
      // Through the middles, with the points themselves as handles: no corners where the pointer was sampled.
      for (let at = 2; at < points.length - 2; at += 2) {
        context.quadraticCurveTo(points[at], points[at + 1], (points[at] + points[at + 2]) / 2, (points[at + 1] + points[at + 3]) / 2);
      }
      context.lineTo(points[points.length - 2], points[points.length - 1]);
      context.stroke();
    }
    context.restore();
  }
}
