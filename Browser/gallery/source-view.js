import { element } from "./elements.js";

const keywords = {
  swift: "actor|as|async|await|case|else|enum|false|for|func|guard|if|import|in|let|nil|return|self|some|struct|throws|true|try|var|while|yield",
  javascript: "async|await|break|const|else|export|false|for|from|function|if|import|let|new|null|of|return|true|undefined|while",
};

/**
 * Marks up a few lines of code.
 *
 * @param {string} code
 * @param {"swift" | "javascript"} language
 * @returns {DocumentFragment}
 */
export function highlight(code, language) {
  const pattern = new RegExp(
    `(?<c>//[^\\n]*)|(?<s>"(?:[^"\\\\\\n]|\\\\.)*"|\`[^\`]*\`)|(?<k>\\b(?:${keywords[language]})\\b)|(?<n>\\b\\d[\\d_.]*\\b)|(?<t>\\b[A-Z]\\w*)`,
    "g",
  );
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
 * The two sides of a demonstration, as tabs.
 *
 * @param {string} id
 * @param {{swift: string, javascript: string}} sources
 * @returns {HTMLElement}
 */
export function sourceView(id, sources) {
  const tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "Source" });
  const view = element("div", { class: "source" }, tabs);
  /** @type {{tab: HTMLElement, pane: HTMLElement}[]} */
  const pairs = [];
  /** @param {number} chosen @param {boolean} focus */
  const choose = (chosen, focus) => {
    pairs.forEach(({ tab, pane }, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      pane.hidden = index !== chosen;
    });
    if (focus) pairs[chosen]?.tab.focus();
  };
  const languages = /** @type {const} */ (["swift", "javascript"]);
  languages.forEach((language, index) => {
    const tabID = `${id}-${language}-tab`;
    const paneID = `${id}-${language}`;
    const name = language === "swift" ? "Swift" : "JavaScript";
    const tab = element("button", { type: "button", role: "tab", id: tabID, "aria-controls": paneID, click: () => choose(index, false) }, name);
    tab.addEventListener("keydown", (event) => {
      const steps = /** @type {Record<string, number>} */ ({ ArrowRight: 1, ArrowLeft: languages.length - 1 });
      const step = steps[event.key];
      if (step !== undefined) choose((index + step) % languages.length, true);
    });
    const code = element("code");
    code.append(highlight(sources[language].trim(), language));
    const pane = element("pre", { id: paneID, role: "tabpanel", "aria-labelledby": tabID, tabindex: 0 }, code);
    pairs.push({ tab, pane });
    tabs.append(tab);
    view.append(pane);
  });
  choose(0, false);
  return view;
}
