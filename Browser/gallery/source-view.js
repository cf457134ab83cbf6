import { element } from "./elements.js";

const keywords = {
  swift: "as|async|await|case|defer|else|false|for|func|guard|if|import|in|let|nil|return|self|struct|throws|true|try|var|while",
  javascript: "async|await|break|const|else|false|for|from|function|if|import|let|new|null|of|return|true|while",
  python: "def|else|for|from|if|import|in|not|return",
};

/** The languages in their order, with their names. */
const languages = /** @type {const} */ ([["swift", "Swift"], ["python", "Python"], ["javascript", "JavaScript"]]);

/** @typedef {{swift?: string, python?: string, javascript: string}} Sources */

/**
 * Marks up a few lines of code.
 *
 * @param {string} code
 * @param {keyof typeof keywords} language
 * @returns {DocumentFragment}
 */
export function highlight(code, language) {
  const comment = `(?<c>${language === "python" ? "#" : "//"}[^\\n]*)`;
  const text = '(?<s>"(?:[^"\\\\\\n]|\\\\.)*"|`[^`]*`)';
  const keyword = `(?<k>\\b(?:${keywords[language]})\\b)`;
  const pattern = new RegExp(`${text}|${comment}|${keyword}|(?<n>\\b\\d[\\d_.]*\\b)|(?<t>\\b[A-Z]\\w*)`, "g");
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    fragment.append(code.slice(end, match.index));
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? "";
    fragment.append(element("span", { class: kind }, match[0]));
    end = (match.index ?? 0) + match[0].length;
  }
  fragment.append(code.slice(end));
  return fragment;
}

/**
 * The two sides of a demonstration, one under the other.
 *
 * @param {string} id
 * @param {Sources} sources
 * @returns {HTMLElement}
 */
export function sourceView(id, sources) {
  const view = element("div", { class: "source" });
  for (const [language, name] of languages) {
    const source = sources[language];
    if (source === undefined) continue;
    const code = element("code");
    code.append(highlight(source.trim(), language));
    // Focusable, so that the keyboard can scroll long lines.
    const listing = element("pre", { id: `${id}-${language}`, "aria-labelledby": `${id}-${language}-name`, tabindex: 0 }, code);
    view.append(element("figure", {}, element("figcaption", { id: `${id}-${language}-name` }, name), listing));
  }
  return view;
}
