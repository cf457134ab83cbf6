import { InteractionQueue, interaction, keyed, pointIn, spin } from "./vtk-input.js";

/**
 * @typedef {import("../wslink.js").Wslink} Wslink
 * @typedef {import("./vtk-input.js").Interaction} Interaction
 * @typedef {{image: Uint8Array, format?: string}} Picture
 */

/** The view that a program shows by itself. */
const active = -1;
/** Of the pictures, in percent: what JPEG loses from here on nobody sees. */
const quality = 90;
const pushed = "viewport.image.push.subscription";

/**
 * A canvas that shows what a VTK program renders, and tells it of mouse, fingers, wheel, keys and its own size.
 *
 * The program comes and goes: see `attach`. A wheel zooms when the canvas has the focus, or with Ctrl; otherwise it scrolls
 * the page.
 */
export class VTKView {
  /** @type {Wslink | undefined} */ #client;
  /** @type {Picture | undefined} */ #next;
  #isDrawing = false;
  #isSending = false;
  #queue = new InteractionQueue();
  /** @type {Map<number, {x: number, y: number}>} pressed pointers, by their ids */ #pointers = new Map();
  /** The distance of two fingers, 0 while there are not two. */ #pinch = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #wheel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #sizing;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {AbortSignal} signal ends its work
   * @param {(error: any) => void} fail is told of what the program refuses
   */
  constructor(canvas, signal, fail) {
    this.canvas = canvas;
    this.signal = signal;
    this.fail = fail;
    const hear = (/** @type {string} */ type, /** @type {(event: any) => void} */ act) => {
      canvas.addEventListener(type, act, { signal, passive: false });
    };
    hear("pointerdown", (event) => this.#press(event));
    hear("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel"]) hear(type, (event) => this.#lift(event));
    hear("wheel", (event) => this.#turn(event));
    hear("keydown", (event) => this.#key(event));
    hear("contextmenu", (event) => event.preventDefault());
    const observer = new ResizeObserver(() => {
      clearTimeout(this.#sizing);
      this.#sizing = setTimeout(() => this.#resize(), 150);
    });
    observer.observe(canvas);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearTimeout(this.#sizing);
      clearTimeout(this.#wheel);
    });
  }

  /**
   * Shows what a program renders from now on. Resolves once it has been asked for its first picture.
   *
   * @param {Wslink} client
   */
  async attach(client) {
    this.#client = client;
    this.#queue.clear();
    client.subscribe(pushed, (picture) => this.#show(picture));
    client.addEventListener("close", () => {
      if (this.#client === client) this.#client = undefined;
    });
    const answer = await client.call("viewport.image.push.observer.add", [active]);
    if (answer?.error !== undefined) throw new Error(`The program shows nothing: ${answer.error}`);
    await client.call("viewport.image.push.quality", [active, quality, 1]);
    await this.#resize();
  }

  /** Tells the program how large its pictures are to be. It sends one then, whether it has sent the same before or not. */
  async #resize() {
    const client = this.#client;
    const { clientWidth, clientHeight } = this.canvas;
    if (client === undefined || clientWidth < 16 || clientHeight < 16) return;
    await this.#tell("viewport.image.push.original.size", [active, Math.min(clientWidth, 4_096), Math.min(clientHeight, 4_096)]);
    await this.#tell("viewport.image.push", [{ view: active }]);
  }

  /** @param {Picture} picture */
  #show(picture) {
    // One is drawn at a time. Of those that come meanwhile, the newest counts.
    this.#next = picture;
    if (!this.#isDrawing) this.#draw();
  }

  async #draw() {
    this.#isDrawing = true;
    try {
      while (this.#next !== undefined && !this.signal.aborted) {
        const { image, format = "jpeg" } = this.#next;
        this.#next = undefined;
        if (!(image instanceof Uint8Array)) continue;
        const bitmap = await createImageBitmap(new Blob([image], { type: `image/${format}` }));
        const { canvas } = this;
        if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
          canvas.width = bitmap.width;
          canvas.height = bitmap.height;
        }
        canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
        bitmap.close();
        canvas.dataset.pictures = String(Number(canvas.dataset.pictures ?? 0) + 1);
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.#isDrawing = false;
    }
  }

  /**
   * @param {string} method
   * @param {readonly unknown[]} parameters
   */
  async #tell(method, parameters) {
    try {
      await this.#client?.call(method, parameters);
    } catch (error) {
      // The end of a connection is told where it is opened.
      if (this.#client?.closed === false && !this.signal.aborted) this.fail(error);
    }
  }

  /** @param {Interaction} next */
  async #send(next) {
    this.#queue.add(next);
    if (this.#isSending) return;
    this.#isSending = true;
    for (let item = this.#queue.take(); item !== undefined; item = this.#queue.take()) {
      await this.#tell("viewport.mouse.interaction", [{ view: active, ...item }]);
    }
    this.#isSending = false;
  }

  /** @param {PointerEvent} event */
  #place(event) {
    return pointIn(this.canvas.getBoundingClientRect(), this.canvas, { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pointers.size === 1) return this.#send(interaction("down", this.#place(event), event));
    // A second finger: what the first began is over, the two of them zoom.
    if (this.#pointers.size === 2 && this.#pinch === 0) this.#send(interaction("up", this.#place(event), {}));
    this.#pinch = this.#distance();
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#pointers.has(event.pointerId)) return;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pinch === 0) return this.#send(interaction("move", this.#place(event), event));
    const distance = this.#distance();
    if (this.#pointers.size !== 2 || Math.abs(distance - this.#pinch) < 4) return;
    this.#zoom((1 - distance / this.#pinch) * 10);
    this.#pinch = distance;
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    if (!this.#pointers.delete(event.pointerId)) return;
    if (this.#pinch === 0 && this.#pointers.size === 0) this.#send(interaction("up", this.#place(event), { ...modifiers(event) }));
    if (this.#pointers.size === 0) this.#pinch = 0;
  }

  #distance() {
    const [one, two] = [...this.#pointers.values()];
    return Math.max(Math.hypot(one.x - two.x, one.y - two.y), 1);
  }

  /** @param {WheelEvent} event */
  #turn(event) {
    if (!event.ctrlKey && document.activeElement !== this.canvas && this.canvas.getRootNode() === document) return;
    event.preventDefault();
    this.#zoom(spin(event));
  }

  /** @param {number} spinY */
  #zoom(spinY) {
    const wheel = (/** @type {string} */ type, /** @type {number} */ value) => {
      this.#tell("viewport.mouse.zoom.wheel", [{ view: active, type, spinY: value }]);
    };
    wheel(this.#wheel === undefined ? "StartMouseWheel" : "MouseWheel", Math.min(Math.max(spinY, -5), 5));
    clearTimeout(this.#wheel);
    this.#wheel = setTimeout(() => {
      this.#wheel = undefined;
      wheel("EndMouseWheel", 0);
    }, 200);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const meant = keyed(event);
    if (meant === undefined) return;
    event.preventDefault();
    if ("drag" in meant) for (const item of meant.drag) this.#send(item);
    else if ("wheel" in meant) this.#zoom(meant.wheel);
    else this.#tell("viewport.camera.reset", [active]);
  }
}

/** @param {MouseEvent} event */
function modifiers({ shiftKey, ctrlKey, altKey, metaKey }) {
  return { shiftKey, ctrlKey, altKey, metaKey };
}
