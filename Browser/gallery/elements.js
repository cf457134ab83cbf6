/**
 * Makes an element. Text is always set as text, never as markup.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, any>} [attributes] `class`, `data-…`, `aria-…` and others as attributes; functions as listeners
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/**
 * A labelled field.
 *
 * @param {string} label
 * @param {Record<string, any>} attributes of the input
 * @returns {{label: HTMLLabelElement, input: HTMLInputElement}}
 */
export function field(label, attributes) {
  const input = element("input", attributes);
  return { label: element("label", {}, label, input), input };
}

/**
 * A button that tests and styles find by its action.
 *
 * @param {string} action
 * @param {string} text
 * @param {Record<string, any>} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(action, text, attributes = {}) {
  return element("button", { type: "button", "data-action": action, ...attributes }, text);
}

/** The one line under a demonstration that says what goes on, also to screen readers. */
export class Status {
  /** @param {HTMLElement} [place] the line, where the page has it already */
  constructor(place) {
    this.element = place ?? element("p", { class: "status", role: "status", "aria-live": "polite", "data-status": "idle" });
  }

  /**
   * @param {"idle" | "running" | "paused" | "finished" | "stopped" | "error"} kind
   * @param {string} text
   */
  say(kind, text) {
    this.element.dataset.status = kind;
    this.element.dataset.kind = kind;
    this.element.textContent = text;
  }

  /** @param {any} error */
  fail(error) {
    const hint = error?.retry ? " You can try again." : "";
    this.say("error", `${error?.message ?? error} (${error?.code ?? error?.name ?? "error"})${hint}`);
  }
}

/**
 * One run at a time of something that can be cancelled, with its buttons kept in step.
 */
export class Run {
  /** @type {AbortController | undefined} */ #controller;

  /**
   * @param {Status} status
   * @param {(running: boolean) => void} changed
   */
  constructor(status, changed) {
    this.status = status;
    this.changed = changed;
    changed(false);
  }

  get isRunning() {
    return this.#controller !== undefined;
  }

  /** @param {(signal: AbortSignal) => Promise<void>} work */
  async start(work) {
    if (this.#controller !== undefined) return;
    const controller = (this.#controller = new AbortController());
    this.changed(true);
    try {
      await work(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) this.status.fail(error);
    } finally {
      this.#controller = undefined;
      this.changed(false);
    }
  }

  stop() {
    this.#controller?.abort();
  }
}

/**
 * Adds text to an output that is kept to its last characters, and follows its end unless the reader has scrolled up.
 *
 * @param {HTMLElement} output
 * @param {string} text
 * @param {number} limit
 */
export function append(output, text, limit) {
  const atEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 40;
  const whole = output.textContent + text;
  output.textContent = whole.length > limit ? `…${whole.slice(-limit)}` : whole;
  if (atEnd) output.scrollTop = output.scrollHeight;
}

/** Resolves at the next frame, or soon where frames stand still because the tab is hidden. */
export function frame() {
  return new Promise((resolve) => {
    if (document.visibilityState === "hidden") setTimeout(resolve, 50);
    else requestAnimationFrame(() => resolve(undefined));
  });
}
