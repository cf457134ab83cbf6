import { Status, append, button, element, field } from "../elements.js";

/** @type {import("../gallery.js").Demo} */
export const echo = {
  id: "echo",
  pillar: "Sockets",
  title: "Echo",
  summary: "A plain WebSocket of your own: text and binary come back as they went.",
  path: "/echo",
  swift: `
app.webSocket("/echo", configuration: echo) { _ in WebSocketEcho() }

// Without its short cut on the event loop the same is:
app.webSocket("/echo") { socket in
  for await message in socket.messages {
    try await socket.send(message)
  }
}`,
  javascript: `
const socket = new WebSocket(new URL("echo", tangor.base.href.replace(/^http/, "ws")));

socket.onmessage = ({ data }) => output.append(data, "\\n");
socket.onopen = () => socket.send("hello");`,
  parts({ tangor }) {
    const message = field("Message", {
      type: "text", value: "hello", maxlength: 10_000, id: "echo-message", class: "wide", "data-input": "message",
    });
    const send = button("start", "Send", { class: "primary", type: "submit" });
    const stop = button("stop", "Close", { disabled: true });
    const output = element("div", {
      class: "output lines", "data-output": true, role: "log", tabindex: 0, "aria-label": "Echoes", "data-empty": "Send something.",
    });
    const status = new Status();
    /** @type {WebSocket | undefined} */
    let socket;
    /** @type {Map<string, number>} when each text was sent */
    const sent = new Map();

    /** @returns {WebSocket} */
    const open = () => {
      const url = new URL("echo", tangor.base);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      const fresh = new WebSocket(url);
      fresh.onopen = () => (stop.disabled = false);
      fresh.onmessage = ({ data }) => {
        append(output, `${data}\n`, 20_000);
        const since = performance.now() - (sent.get(data) ?? performance.now());
        sent.delete(data);
        status.say("running", `Back after ${since.toFixed(1)} ms.`);
      };
      fresh.onclose = ({ code, reason }) => {
        if (socket !== fresh) return;
        socket = undefined;
        stop.disabled = true;
        sent.clear();
        if (code === 1000) status.say("stopped", "Closed.");
        else status.say("error", `The socket closed with ${code}${reason ? `, ${reason}` : ""}. Send again to open a new one.`);
      };
      return fresh;
    };

    const form = element("form", { class: "controls" }, message.label, send, stop);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = message.input.value;
      const current = (socket ??= open());
      const deliver = () => {
        sent.set(text, performance.now());
        current.send(text);
      };
      if (current.readyState === WebSocket.OPEN) deliver();
      else if (current.readyState === WebSocket.CONNECTING) current.addEventListener("open", deliver, { once: true });
    });
    stop.addEventListener("click", () => socket?.close(1000));
    return [form, output, status.element];
  },
};
