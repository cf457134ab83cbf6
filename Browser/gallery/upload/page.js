import { Status, button, element } from "../elements.js";
import { openPage, part } from "../page.js";
import { size } from "./size.js";
import { source } from "./source.js";

const folder = "uploads";
/** Uploads under way at a time; others wait for their turn. */
const maxAtOnce = 3;

const tangor = openPage("upload", source);
const status = new Status(part("status"));
const there = part("there");
const transfers = part("transfers");
const drop = part("drop");
const picker = /** @type {HTMLInputElement} */ (part("files"));

// MARK: What is there

let isListing = false;
let isListDue = false;
async function list() {
  isListDue = true;
  if (isListing) return;
  isListing = true;
  try {
    while (isListDue) {
      isListDue = false;
      const response = await fetch(new URL(`${folder}?verbose`, tangor.base), { cache: "no-store" });
      if (!response.ok) throw new Error(`The server did not list the files (${response.status}).`);
      /** @type {{name: string, size: number, modified: string}[]} */
      const files = await response.json();
      there.replaceChildren(
        ...files.map((file) =>
          element("li", { "data-file": file.name, "data-size": file.size }, element("span", { class: "name" }, file.name), size(file.size)),
        ),
      );
    }
  } catch (error) {
    status.fail(error);
  } finally {
    isListing = false;
  }
}

// Other pages upload too.
tangor.channels.subscribe(["uploads/stored"], list);
tangor.addEventListener("statechange", () => {
  if (tangor.state === "open") list();
});

// MARK: Sending

/** @type {(() => Promise<void>)[]} */
const waiting = [];
let running = 0;

async function work() {
  if (running >= maxAtOnce) return;
  running += 1;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  running -= 1;
}

/** @param {File} file */
function take(file) {
  /** @type {AbortController | undefined} */
  let run;
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
  const state = element("span", { class: "state", role: "status" }, "waiting");
  const pause = button("pause", "Pause", { "aria-label": `Pause ${file.name}` });
  const cancel = button("cancel", "Cancel", { "aria-label": `Cancel ${file.name}` });
  const row = element(
    "li",
    { "data-transfer": file.name, "data-state": "waiting" },
    element("span", { class: "name" }, file.name), state, element("span", { class: "buttons" }, pause, cancel), bar,
  );
  transfers.prepend(row);
  let isPaused = false;
  let isCancelled = false;

  /** @param {"waiting" | "running" | "paused" | "finished" | "failed"} kind @param {string} text */
  const say = (kind, text) => {
    row.dataset.state = kind;
    state.textContent = text;
    const isOver = kind === "finished";
    pause.hidden = cancel.hidden = isOver;
    pause.textContent = kind === "paused" ? "Resume" : kind === "failed" ? "Try again" : "Pause";
    pause.setAttribute("aria-label", `${pause.textContent} ${file.name}`);
    cancel.textContent = kind === "failed" ? "Remove" : "Cancel";
    cancel.setAttribute("aria-label", `${cancel.textContent} ${file.name}`);
  };

  const send = async () => {
    if (isCancelled || isPaused) return;
    run = new AbortController();
    say("running", "sending");
    try {
      await tangor.upload(file, {
        folder,
        signal: run.signal,
        // Read when the upload stops: a paused one stays on the server.
        get keep() {
          return isPaused;
        },
        onProgress: ({ sent, total }) => {
          bar.value = total > 0 ? sent / total : 1;
          if (row.dataset.state === "running") say("running", `${size(sent)} of ${size(total)}`);
        },
      });
      say("finished", `stored, ${size(file.size)}`);
      list();
    } catch (error) {
      if (isCancelled) return;
      if (isPaused) return say("paused", "paused");
      say("failed", /** @type {any} */ (error)?.message ?? String(error));
    } finally {
      run = undefined;
    }
  };
  const enqueue = () => {
    isPaused = false;
    say("waiting", "waiting");
    waiting.push(send);
    work();
  };
  pause.addEventListener("click", () => {
    if (row.dataset.state === "paused" || row.dataset.state === "failed") return enqueue();
    isPaused = true;
    if (run === undefined) say("paused", "paused");
    run?.abort();
  });
  cancel.addEventListener("click", async () => {
    // A paused upload is still on the server: to be told to forget it, it is taken up and stopped.
    const isKept = row.dataset.state === "paused" || row.dataset.state === "failed";
    isCancelled = true;
    isPaused = false;
    row.remove();
    if (run !== undefined) run.abort();
    else if (isKept) await tangor.forgetUpload(file, { folder }).catch(() => {});
  });
  enqueue();
}

/** @param {Iterable<File>} files */
function takeAll(files) {
  for (const file of files) take(file);
}

picker.addEventListener("change", () => {
  takeAll([...(picker.files ?? [])]);
  // So that the same file can be chosen again.
  picker.value = "";
});
for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const type of ["dragleave", "drop"]) drop.addEventListener(type, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  takeAll([...(event.dataTransfer?.files ?? [])]);
});
// A file dropped beside the field must not replace the page.
for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
