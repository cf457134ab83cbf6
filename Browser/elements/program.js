import { TangorElement, make, messageOf } from "./element.js";
import { millisecondsOf } from "./values.js";
import { VTKView } from "./vtk-view.js";
import { asRecord, TangorError } from "../errors.js";
import { pause, environment } from "../environment.js";
import { Wslink } from "../wslink.js";

/**
 * @typedef {import("../tangor").Program} Program
 * @typedef {import("../tangor").ProgramLine} ProgramLine
 * @typedef {"starting" | "running" | "lost" | "ended" | "failed"} ProgramState
 */

/** Lines of a program that failed, which say why. */
const lastLines = 12;

/**
 * `<tangor-program script="cone.py">` launches a program and shows it: what VTK renders, with the mouse, fingers and keys
 * that turn it, or the page that the program serves. It ends the program when it leaves the page, or the page is left.
 *
 * Attributes: `script`, `kind` (`vtkweb`), `arguments` (parted by blanks, or a JSON list), `timeout` (`30s`), `key` (of a
 * program that runs already, and goes on), `keep` (does not end it), `label`, `server`. `data-program` is `starting`,
 * `running`, `lost` (the connection; it is made anew), `ended` or `failed`. Events: `launched` (the program), `state`,
 * `line`, `error`. Property: `program`. `restart()` launches anew.
 */
export class TangorProgram extends TangorElement {
  static observedAttributes = ["script", "kind", "arguments", "timeout", "key", "label", "server"];

  /** @type {Program | undefined} The program, once it is ready. */
  program;
  /** @type {Program | undefined} The last one that has ended by itself. */
  #ended;
  /** @type {ProgramLine[]} */ #lines = [];
  #stage = make("div", { class: "tangor-stage" });
  #note = make("p", { class: "tangor-note", role: "status" });
  #output = make("pre", { class: "tangor-output", tabindex: "0", "aria-label": "Last lines of the program" });
  #again = make("button", { type: "button" }, "Launch again");

  constructor() {
    super();
    this.#again.addEventListener("click", () => this.restart());
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   */
  async start(tangor, signal) {
    this.program = undefined;
    this.#lines = [];
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", this.#label);
    this.#stage.replaceChildren();
    this.#output.replaceChildren();
    this.replaceChildren(this.#stage, this.#note);
    this.#become("starting", this.hasAttribute("key") ? "Looking for the program…" : "Starting…");
    const program = await this.#find(tangor, signal);
    this.program = program;
    this.#watchPage(program, signal);
    this.succeed();
    this.emit("launched", program);
    this.#follow(program, signal);
    if (program.page !== undefined) return this.#frame(program.page);
    if (program.socket !== undefined) return this.#render(program, program.socket, signal);
    this.#become("running", "The program runs. It has neither a page nor a WebSocket.");
  }

  get #label() {
    return this.getAttribute("label") ?? this.getAttribute("script") ?? this.getAttribute("kind") ?? "Program";
  }

  /**
   * @param {import("../tangor.js").Tangor} tangor
   * @param {AbortSignal} signal
   * @returns {Promise<Program>}
   */
  async #find(tangor, signal) {
    const key = this.getAttribute("key");
    if (key) return tangor.programs.open(key, { signal });
    const script = this.getAttribute("script") ?? undefined;
    const kind = this.getAttribute("kind") ?? undefined;
    if (script === undefined && kind === undefined) throw new TypeError("<tangor-program> needs the attribute 'script', 'kind' or 'key'.");
    const program = await tangor.programs.launch(script, {
      kind, arguments: this.#arguments, timeout: millisecondsOf(this.getAttribute("timeout")), signal,
    });
    if (signal.aborted) program.abandon();
    signal.throwIfAborted();
    return program;
  }

  /** @returns {string | string[] | undefined} */
  get #arguments() {
    const text = this.getAttribute("arguments")?.trim();
    if (!text) return undefined;
    if (!text.startsWith("[")) return text;
    const list = JSON.parse(text);
    const isText = (/** @type {unknown} */ each) => typeof each === "string";
    if (!list.every(isText)) throw new TypeError("'arguments' is a text, or a JSON list of texts.");
    return list;
  }

  /**
   * Ends what this element launched, when the element or the page goes.
   *
   * @param {Program} program
   * @param {AbortSignal} signal
   */
  #watchPage(program, signal) {
    const isOwn = !this.hasAttribute("key");
    const leave = () => {
      if (isOwn && this.#ended !== program && !this.hasAttribute("keep")) program.abandon();
    };
    signal.addEventListener("abort", leave, { once: true });
    addEventListener("pagehide", leave, { signal });
    // A page that comes back out of the browser's memory finds its program gone.
    addEventListener("pageshow", (event) => event.persisted && this.restart(), { signal });
  }

  /**
   * Hears what the program prints, and that it has ended.
   *
   * @param {Program} program
   * @param {AbortSignal} signal
   */
  async #follow(program, signal) {
    try {
      for await (const line of program.logs({ follow: true, signal })) {
        this.#lines.push(line);
        if (this.#lines.length > lastLines) this.#lines.shift();
        this.emit("line", line);
      }
    } catch {
      // Its lines are an extra: without them, the socket or the program's own page tells how it goes on.
      return;
    }
    // A socket is closed with the reason; where the program has a page of its own, the end of its lines is all that tells.
    const hasSocket = program.page === undefined && program.socket !== undefined;
    if (!signal.aborted && !hasSocket) await this.#end(program, signal);
  }

  /**
   * Says how it ended.
   *
   * @param {Program} program
   * @param {AbortSignal} signal
   * @param {any} [error] what the socket was closed with
   */
  async #end(program, signal, error) {
    this.#ended = program;
    const status = await program.info({ signal }).then((info) => info.returncode, () => undefined);
    if (signal.aborted) return;
    // By SIGTERM it was ended by somebody.
    const isUnasked = typeof status === "number" && status !== 0 && status !== -15;
    if (error?.code === "program_failed" || (error === undefined && isUnasked)) {
      return this.fail(error ?? new TangorError("program_failed", endOf(status)));
    }
    this.#become("ended", error?.message ?? "The program has ended.");
    this.#close();
  }

  /** @param {string} page */
  #frame(page) {
    const frame = make("iframe", { src: page, title: this.#label });
    this.#stage.replaceChildren(frame);
    this.#become("running", "");
  }

  /**
   * @param {Program} program
   * @param {string} socket
   * @param {AbortSignal} signal
   */
  async #render(program, socket, signal) {
    const canvas = make("canvas", {
      tabindex: "0", role: "application", "aria-label": `${this.#label}: arrow keys turn it, + and - zoom, Home resets it`,
    });
    this.#stage.replaceChildren(canvas);
    const view = new VTKView(canvas, signal, (error) => this.#say(messageOf(error)));
    for (let failures = 0; ; failures += 1) {
      const client = new Wslink(socket, { secret: program.secret, signal });
      const closed = new Promise((resolve) => {
        client.addEventListener("close", (/** @type {any} */ { detail }) => resolve(detail), { once: true });
      });
      let error;
      try {
        await client.ready;
        await view.attach(client);
        failures = 0;
        this.#become("running", "");
        error = await closed;
      } catch (reason) {
        client.close();
        error = reason;
      }
      signal.throwIfAborted();
      if (error.code === "program_ended" || error.code === "program_failed") return this.#end(program, signal, error);
      if (!error.retry) throw error;
      this.#become("lost", "The connection to the program broke. It is opened anew…");
      await pause(environment(), Math.min(250 * 2 ** failures, 8_000), signal);
      const known = await program.info({ signal }).catch((/** @type {any} */ reason) => reason);
      signal.throwIfAborted();
      if (known.process === "terminated" || known.code === "program_not_found") return this.#end(program, signal);
    }
  }

  /**
   * @param {ProgramState} state
   * @param {string} text
   */
  #become(state, text) {
    const isNews = this.dataset.program !== state;
    this.dataset.program = state;
    this.#note.setAttribute("role", state === "failed" ? "alert" : "status");
    this.#say(text);
    if (isNews) this.emit("state", state);
  }

  /** @param {string} text */
  #say(text) {
    this.#note.textContent = text;
  }

  /** Nothing is to be done any more but to begin anew. */
  #close() {
    for (const canvas of this.#stage.querySelectorAll("canvas")) canvas.tabIndex = -1;
    for (const frame of this.#stage.querySelectorAll("iframe")) frame.remove();
    if (this.#output.textContent !== "") this.append(this.#output);
    if (!this.hasAttribute("key")) this.append(this.#again);
  }

  /** @param {any} error */
  fail(error) {
    super.fail(error);
    if (!this.contains(this.#note)) this.replaceChildren(this.#stage, this.#note);
    const { stdout, stderr } = asRecord(error?.data);
    const told = [stdout, stderr].flatMap((lines) => (Array.isArray(lines) ? lines : []));
    const lines = told.length > 0 ? told.slice(-lastLines) : this.#lines.map(({ text }) => text);
    this.#output.textContent = lines.map((line) => String(line).replace(/\n$/, "")).join("\n");
    this.#become("failed", messageOf(error));
    this.#close();
    this.emit("error", error);
  }
}

/** @param {number | undefined | null} status */
function endOf(status) {
  const isSignal = typeof status === "number" && status < 0;
  return isSignal ? `The program was ended by signal ${-status}.` : `The program ended with status ${status}.`;
}
