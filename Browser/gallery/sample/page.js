import { Status, append, element } from "../elements.js";
import { use } from "../live-elements.js";
import { openPage, part } from "../page.js";
import { readArguments, rows } from "./description.js";
import { source } from "./source.js";

const tangor = openPage("sample", source);
// One connection for the page and its elements.
use(tangor);
const status = new Status(part("status"));
const output = part("output");
const method = /** @type {HTMLSelectElement} */ (part("method"));
const stop = /** @type {HTMLButtonElement} */ (part("stop"));

/** @param {string} id */
const typed = (id) => /** @type {HTMLInputElement} */ (part(id)).value.trim();

/** @param {string} text */
const print = (text) => append(output, `${text}\n`, 20_000);

/** @param {() => Promise<void>} action */
async function attempt(action) {
  status.say("running", "…");
  try {
    await action();
    status.say("finished", "Done.");
  } catch (error) {
    status.fail(error);
  }
}

// MARK: Get, set, delete

/** @param {string} path @returns {string} */
const whole = (path) => (path.startsWith("[") ? `sample${path}` : `sample.${path}`);

part("get").addEventListener("click", () =>
  attempt(async () => {
    const path = typed("member");
    print(`sample.${path} is ${JSON.stringify(await tangor.get(whole(path)))}`);
  }),
);
part("set").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const path = typed("member");
    let value;
    try {
      value = JSON.parse(typed("value"));
    } catch {
      throw new SyntaxError(`'${typed("value")}' is not JSON. Texts stand in double quotes.`);
    }
    await tangor.set(whole(path), value);
    print(`sample.${path} = ${JSON.stringify(value)}`);
  });
});
part("delete").addEventListener("click", () =>
  attempt(async () => {
    const path = typed("member");
    await tangor.delete(whole(path));
    print(`delete sample.${path}`);
  }),
);

// MARK: Calls

/** @type {{cancel: () => void} | undefined} */
let streaming;
part("call").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const path = method.value;
    const values = readArguments(typed("arguments"));
    const isStream = method.selectedOptions[0]?.dataset.stream !== undefined;
    const result = await tangor.callObject(path, values);
    if (!isStream) return print(`${path}(${typed("arguments")}) is ${JSON.stringify(result)}`);
    streaming?.cancel();
    streaming = result;
    stop.disabled = false;
    print(`${path}(${typed("arguments")}):`);
    try {
      for await (const value of result) print(`  ${JSON.stringify(value)}`);
    } finally {
      if (streaming === result) stop.disabled = true;
    }
  });
});
stop.addEventListener("click", () => streaming?.cancel());

// MARK: Description and live values

/** @param {import("../../tangor").MemberDescription[]} members */
function follow(members) {
  const body = part("tracked");
  /** @type {string[]} */
  const channels = [];
  body.replaceChildren();
  for (const { name, channel } of members) {
    if (channel === undefined) continue;
    channels.push(channel);
    body.append(
      element("tr", {}, element("th", { scope: "row" }, `sample.${name}`), element("td", { "data-tracked": name, "data-channel": channel }, "…")),
    );
  }
  if (channels.length === 0) return undefined;
  return tangor.channels.subscribe(channels, (data, { channel }) => {
    for (const cell of body.querySelectorAll("td")) if (cell.dataset.channel === channel) cell.textContent = JSON.stringify(data);
  });
}

/** @type {import("../../tangor").ChannelSubscription | undefined} */
let following;
async function show() {
  try {
    const description = await tangor.describe("sample", { idempotent: true });
    const all = rows(description.members, "sample");
    part("description").querySelector("tbody")?.replaceChildren(
      ...all.map((row) => {
        const name = element("th", { scope: "row" }, element("code", {}, row.signature));
        name.style.paddingInlineStart = `${0.75 + row.depth * 1.25}rem`;
        return element("tr", { "data-member": row.path }, name, element("td", {}, element("code", {}, row.type)), element("td", {}, row.may), element("td", {}, row.doc));
      }),
    );
    const chosen = method.value || "sample.test_sum";
    method.replaceChildren(
      ...all
        .filter(({ kind }) => kind === "method")
        .map(({ path, may }) => element("option", { value: path, "data-stream": may.includes("sequence") }, path.replace(/^sample\./, ""))),
    );
    if ([...method.options].some(({ value }) => value === chosen)) method.value = chosen;
    following?.unsubscribe();
    following = follow(description.members);
  } catch (error) {
    status.fail(error);
  }
}
show();
