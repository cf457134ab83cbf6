import { Status, element } from "../elements.js";
import { openPage, part } from "../page.js";
import { someName } from "../whiteboard/people.js";
import { listenByPolls, listenLive, sayByPost } from "./room.js";
import { source } from "./source.js";

/** Lines shown at a time. */
const maxLines = 300;
/** People shown at a time. */
const maxPeople = 100;

const tangor = openPage("chat", source);
const status = new Status(part("status"));
const list = part("lines");
const nameField = /** @type {HTMLInputElement} */ (part("name"));
const transport = /** @type {HTMLSelectElement} */ (part("transport"));
const text = /** @type {HTMLInputElement} */ (part("text"));

nameField.value = sessionStorage.getItem("chat.name") ?? someName();
if (new URLSearchParams(location.search).has("poll")) transport.value = "poll";

// MARK: Listening

/** @type {AbortController | undefined} */
let listening;

/** @param {import("./room.js").Line} line */
function show({ name, text }) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(element("li", { "data-line": name }, element("strong", {}, name), " ", text));
  while (list.childElementCount > maxLines) list.firstElementChild?.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function listen() {
  listening?.abort();
  const { signal } = (listening = new AbortController());
  list.replaceChildren();
  list.dataset.state = "starting";
  const listener = {
    line: show,
    /** @param {"listening" | "missed"} state */
    state(state) {
      if (state === "missed") return status.say("running", "Some lines were missed.");
      list.dataset.state = transport.value;
      if (status.element.dataset.status === "error") status.say("idle", "");
    },
    /** @param {unknown} error */
    fail: (error) => status.fail(error),
    /** @param {string} id @param {any} info */
    came(id, info) {
      if (typeof info?.name === "string" && people.size < maxPeople) people.set(id, info.name.slice(0, 30));
      showPeople();
    },
    /** @param {string} id */
    went(id) {
      people.delete(id);
      showPeople();
    },
  };
  people.clear();
  rename = undefined;
  showPeople();
  if (transport.value === "poll") return listenByPolls(tangor.base, listener, signal);
  const told = nameField.value;
  listenLive(tangor, listener, { name: told }, signal).then(
    (renamed) => {
      if (signal.aborted) return;
      rename = renamed;
      if (nameField.value !== told) rename({ name: nameField.value });
      showPeople();
    },
    (error) => signal.aborted || status.fail(error),
  );
}

// MARK: Who is here

/**
 * Names by the connection's id, of those with a live connection.
 * @type {Map<string, string>}
 */
const people = new Map();
/**
 * Tells the others another name, once this page listens live.
 * @type {((info: {name: string}) => void) | undefined}
 */
let rename;

function showPeople() {
  const own = tangor.channels.client;
  const others = [...people].filter(([id]) => id !== own).map(([id, name]) => element("li", { "data-person": id }, name));
  // This page knows itself, whether or not it is told of itself.
  const self = rename === undefined ? [] : [element("li", { "data-person": "self" }, `${nameField.value} (you)`)];
  part("people").replaceChildren(...self, ...others);
}

// MARK: Speaking

part("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const line = { name: nameField.value, text: text.value };
  if (line.text.trim() === "") return;
  try {
    if (transport.value === "poll") await sayByPost(tangor.base, line);
    else await tangor.call("service.call", { path: "/chat/say", arguments: line });
    if (text.value === line.text) text.value = "";
    status.say("idle", "");
  } catch (error) {
    status.fail(error);
  }
});

part("how").addEventListener("submit", (event) => event.preventDefault());
transport.addEventListener("change", listen);
nameField.addEventListener("change", () => {
  nameField.value = nameField.value.trim() || someName();
  sessionStorage.setItem("chat.name", nameField.value);
  rename?.({ name: nameField.value });
  showPeople();
});
listen();
