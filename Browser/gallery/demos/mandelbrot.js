import { Run, Status, button, element, frame } from "../elements.js";

const width = 768;
const height = 512;

/** Where to look; each is a query for the server. */
const views = [
  { name: "The whole set", query: "x=-0.6&y=0&scale=3.2&iterations=250" },
  { name: "Seahorse valley", query: "x=-0.7453&y=0.1127&scale=0.0065&iterations=900" },
  { name: "A spiral", query: "x=-0.761574&y=-0.0847596&scale=0.0006&iterations=1500" },
];

/** @type {import("../gallery.js").Demo} */
export const mandelbrot = {
  id: "mandelbrot",
  pillar: "Streams",
  title: "A long computation",
  summary: "Tiles are drawn as they come, with progress between. Pausing is nothing but not reading on.",
  path: "/mandelbrot?width=&height=&iterations=&x=&y=&scale=&tile=",
  swift: `
return .stream(
  generate(MandelbrotTile.self) { output in
    let tiles = view.tiles
    for (done, corner) in tiles.enumerated() {
      try await output.yield(view.render(x: corner.x, y: corner.y))
      try await output.report(
        Progress(completed: Double(done + 1), total: Double(tiles.count),
                 message: "\\(done + 1) of \\(tiles.count) tiles"))
    }
  })`,
  javascript: `
const cancel = new AbortController();

const tiles = tangor.stream("/mandelbrot?width=768", {
  signal: cancel.signal,
  credit: 4, // at most four tiles ahead of the page
  onprogress: (p) => { bar.value = p.completed / p.total; },
});

for await (const tile of tiles) {
  draw(tile);
  await gate.open; // pause: do not ask for the next one
}`,
  parts({ tangor }) {
    const options = views.map((view, index) => element("option", { value: index }, view.name));
    const select = element("select", { id: "mandelbrot-view", "data-input": "view" }, ...options);
    const start = button("start", "Draw", { class: "primary" });
    const pause = button("pause", "Pause");
    const resume = button("resume", "Resume");
    const cancel = button("cancel", "Cancel");
    const canvas = element("canvas", {
      width, height, "data-output": true, role: "img", "aria-label": "The Mandelbrot set, drawn tile by tile",
    });
    const bar = element("progress", { max: 1, value: 0, "data-progress": true, "aria-label": "Tiles drawn" });
    const status = new Status();
    const gate = new Gate();
    const show = () => {
      start.disabled = run.isRunning;
      select.disabled = run.isRunning;
      cancel.disabled = !run.isRunning;
      pause.disabled = !run.isRunning || gate.isShut;
      resume.disabled = !run.isRunning || !gate.isShut;
    };
    /** @type {Run} */
    let run;
    run = new Run(status, () => queueMicrotask(show));

    start.addEventListener("click", () =>
      run.start(async (signal) => {
        gate.open();
        const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        pen.clearRect(0, 0, width, height);
        bar.value = 0;
        let drawn = 0;
        const view = views[Number(select.value)] ?? views[0];
        const tiles = tangor.stream(`/mandelbrot?width=${width}&height=${height}&tile=64&${view?.query}`, {
          signal,
          credit: 4,
          onprogress: ({ completed, total, message }) => {
            if (total) bar.value = completed / total;
            if (!gate.isShut) status.say("running", message ?? `${completed} of ${total ?? "?"} tiles`);
          },
        });
        try {
          for await (const tile of tiles) {
            drawTile(pen, tile);
            drawn += 1;
            canvas.dataset.tiles = String(drawn);
            await frame();
            await gate.passed(signal);
          }
          bar.value = 1;
          status.say("finished", `${drawn} tiles drawn.`);
        } catch (error) {
          if (!signal.aborted) throw error;
          status.say("stopped", `Cancelled after ${drawn} tiles; the computation on the server has ended.`);
        }
      }),
    );
    pause.addEventListener("click", () => {
      gate.shut();
      show();
      status.say("paused", "Paused: the server waits for credit.");
      resume.focus();
    });
    resume.addEventListener("click", () => {
      gate.open();
      show();
      status.say("running", "Going on…");
      pause.focus();
    });
    cancel.addEventListener("click", () => run.stop());
    const label = element("label", {}, "View", select);
    return [element("div", { class: "controls" }, label, start, pause, resume, cancel), canvas, bar, status.element];
  },
};

/** Something to wait at while it is shut. */
class Gate {
  isShut = false;
  /** @type {(() => void)[]} */ #waiting = [];

  shut() {
    this.isShut = true;
  }

  open() {
    this.isShut = false;
    for (const pass of this.#waiting.splice(0)) pass();
  }

  /** @param {AbortSignal} signal */
  async passed(signal) {
    while (this.isShut && !signal.aborted) {
      await new Promise((resolve) => {
        this.#waiting.push(() => resolve(undefined));
        signal.addEventListener("abort", resolve, { once: true });
      });
    }
  }
}

/** From deep violet over ember to cream; 255 is the set itself. */
const palette = Array.from({ length: 256 }, (_, shade) => {
  if (shade === 255) return [13, 10, 18];
  const t = Math.sqrt(shade / 254);
  /** @param {number} low @param {number} high @param {number} bend */
  const ramp = (low, high, bend) => Math.round(low + (high - low) * t ** bend);
  return [ramp(24, 255, 0.8), ramp(16, 226, 1.5), ramp(48, 170, 3)];
});

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number, width: number, height: number, data: string}} tile
 */
function drawTile(pen, tile) {
  const shades = atob(tile.data);
  const image = pen.createImageData(tile.width, tile.height);
  for (let index = 0; index < shades.length; index += 1) {
    const [red = 0, green = 0, blue = 0] = palette[shades.charCodeAt(index)] ?? [];
    image.data.set([red, green, blue, 255], index * 4);
  }
  pen.putImageData(image, tile.x, tile.y);
}
