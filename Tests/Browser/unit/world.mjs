/** Lets everything that is due in this turn happen: promises settle, handlers run. No time passes. */
export async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that moves when the test says so. */
export class Clock {
  now = 0;
  timers = new Map();
  #next = 1;

  set(action, milliseconds) {
    const id = this.#next++;
    this.timers.set(id, { action, at: this.now + milliseconds });
    return id;
  }

  async advance(milliseconds) {
    const end = this.now + milliseconds;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.now = due[1].at;
      due[1].action();
      await settle();
    }
    this.now = end;
  }
}

/** The page's end of a WebSocket whose other end is the test. */
export class FakeSocket {
  static all = [];
  static get last() {
    return FakeSocket.all.at(-1);
  }

  sent = [];
  closed = undefined;

  constructor(url, protocols) {
    this.url = url;
    this.protocols = protocols;
    FakeSocket.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code, reason) {
    this.closed = { code, reason };
  }

  // The server's side.
  open() {
    this.onopen?.({});
  }

  say(message) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }

  notify(method, params) {
    this.say({ jsonrpc: "2.0", method, params });
  }

  answer(method, result) {
    const request = this.requests(method).at(-1);
    if (request === undefined) throw new Error(`the page has not called ${method}: ${JSON.stringify(this.sent)}`);
    this.say({ jsonrpc: "2.0", id: request.id, result });
  }

  drop(code = 1006, reason = "") {
    this.onclose?.({ code, reason });
  }

  requests(method) {
    return this.sent.filter((message) => message.method === method);
  }
}

/** A page's world: fake sockets, a fake fetch, a fake clock. */
export function world({ random = () => 0.5, fetch = refuse, sockets = true } = {}) {
  FakeSocket.all = [];
  const clock = new Clock();
  const page = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const reported = [];
  const environment = {
    fetch,
    WebSocket: sockets ? FakeSocket : undefined,
    setTimeout: (action, milliseconds) => clock.set(action, milliseconds),
    clearTimeout: (id) => clock.timers.delete(id),
    random,
    report: (error) => reported.push(error),
    page,
    document,
  };
  return { clock, page, document, reported, environment };
}

async function refuse() {
  throw new TypeError("fetch failed");
}

/** A fetch that answers from a list of handlers `(url, init) => Response` and remembers what was asked. */
export function scripted(handler) {
  const requests = [];
  const fetch = async (input, init = {}) => {
    const url = new URL(input);
    requests.push({ url, method: init.method ?? "GET", init });
    return handler(url, init, requests.length);
  };
  return { fetch, requests };
}

export function json(body, status = 200, headers = {}) {
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
}

export function lines(...records) {
  return new Response(records.map((record) => `${JSON.stringify(record)}\n`).join(""), { headers: { "Content-Type": "application/x-ndjson" } });
}
