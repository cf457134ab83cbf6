/**
 * Where the server says that Perspective's packages are.
 *
 * @typedef {object} Place
 * @property {string} version
 * @property {string} base what stands before `@finos/…`, relative to the page
 * @property {string} websocket where the tables are, relative to the page; empty when they are switched off
 */

/**
 * Loads Perspective's client, viewer, datagrid and charts, from this server or from where it says.
 *
 * @returns {Promise<{perspective: any, place: Place, isServed: boolean}>}
 */
export async function loadViewer() {
  const answer = await fetch("viewer");
  if (!answer.ok) throw new Error(`The server does not say where the viewer is: ${answer.status}.`);
  const place = /** @type {Place} */ (await answer.json());
  const base = new URL(place.base, document.baseURI);
  /** @param {string} name @param {string} file */
  const at = (name, file) => new URL(`@finos/${name}@${place.version}/dist/${file}`, base).href;
  const isServed = base.origin === location.origin;
  try {
    await themes(at("perspective-viewer", "css/themes.css"));
    // The viewer first: the client takes its WebAssembly from there, and the others draw in it.
    await import(at("perspective-viewer", "cdn/perspective-viewer.js"));
    const names = ["perspective-viewer-datagrid", "perspective-viewer-d3fc"];
    await Promise.all(names.map((name) => import(at(name, `cdn/${name}.js`))));
    const { default: perspective } = await import(at("perspective", "cdn/perspective.js"));
    return { perspective, place, isServed };
  } catch (error) {
    const advice = isServed ? "" : " 'make demo' brings it along, so that no other server is needed.";
    throw new Error(`Perspective's viewer could not be loaded from ${base.host}.${advice}`, { cause: error });
  }
}

/**
 * The viewer looks for its themes in the page's style sheets, so they are there before it.
 *
 * @param {string} href
 * @returns {Promise<void>}
 */
function themes(href) {
  return new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.crossOrigin = "anonymous";
    link.href = href;
    link.onload = () => resolve();
    link.onerror = () => reject(new Error(`${href} did not come`));
    document.head.append(link);
  });
}
