import { connect } from "./client.js";
import { demos } from "./demos.js";
import { showConnection } from "./connection.js";
import { element } from "./elements.js";
import { pages } from "./pages.js";
import { sourceView } from "./source-view.js";

/**
 * @typedef {import("../tangor.js").Tangor} Tangor
 *
 * @typedef {object} Demo one demonstration; add a module under `demos/` and name it in `demos.js`
 * @property {string} id stands in `data-demo` and in the page's address
 * @property {string} pillar
 * @property {string} title
 * @property {string} summary
 * @property {string} path what it asks the server for
 * @property {string} swift
 * @property {string} javascript
 * @property {(context: {tangor: Tangor}) => (Node | string)[]} parts the live side
 */

const tangor = connect();
showConnection(tangor);

const overview = /** @type {HTMLElement} */ (document.getElementById("overview"));
const main = /** @type {HTMLElement} */ (document.getElementById("demos"));

for (const { href, pillar, title, summary } of pages) {
  const name = element("strong", {}, title, element("span", { class: "goes", "aria-hidden": "true" }, " →"));
  overview.append(element("a", { href, "data-page": href }, element("span", { class: "tag" }, pillar), name, element("span", {}, summary)));
}

for (const demo of demos) {
  const tag = () => element("span", { class: "tag" }, demo.pillar);
  overview.append(
    element("a", { href: `#${demo.id}` }, tag(), element("strong", {}, demo.title), element("span", {}, demo.summary)),
  );
  main.append(
    element(
      "section",
      { class: "demo", id: demo.id, "data-demo": demo.id, "aria-labelledby": `${demo.id}-title` },
      element(
        "div",
        { class: "live" },
        tag(),
        element("h2", { id: `${demo.id}-title` }, demo.title),
        element("p", { class: "summary" }, `${demo.summary} `, element("span", { class: "path" }, demo.path)),
        ...demo.parts({ tangor }),
      ),
      sourceView(demo.id, demo),
    ),
  );
}
// The sections did not stand yet when the browser looked for the address's fragment.
if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();
