/** In a layer, so that any rule of the page counts for more. */
const text = `
@layer tangor {
  :root {
    --tangor-text: #1b1f24; --tangor-muted: #5b6570; --tangor-surface: #ffffff; --tangor-border: #c9d1d9;
    --tangor-accent: #0b62c4; --tangor-on-accent: #ffffff; --tangor-error: #b3261e;
    --tangor-series-1: #0b62c4; --tangor-series-2: #c2500b; --tangor-series-3: #1f7a3d; --tangor-series-4: #8b3bb5;
    --tangor-series-5: #a3770a; --tangor-series-6: #0d7f86; --tangor-series-7: #b5305f; --tangor-series-8: #5b6570;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --tangor-text: #e6edf3; --tangor-muted: #9aa5b1; --tangor-surface: #161b22; --tangor-border: #3d4650;
      --tangor-accent: #6cb0ff; --tangor-on-accent: #0d1117; --tangor-error: #ff8a80;
      --tangor-series-1: #6cb0ff; --tangor-series-2: #ff9d5c; --tangor-series-3: #6fd08c; --tangor-series-4: #d39bf0;
      --tangor-series-5: #e6c34d; --tangor-series-6: #5fd0d6; --tangor-series-7: #ff8fb5; --tangor-series-8: #9aa5b1;
    }
  }
  tangor-value, tangor-input, tangor-call, tangor-channel { display: inline-block; color: var(--tangor-text); }
  tangor-progress, tangor-log, tangor-chart, tangor-program { display: block; color: var(--tangor-text); }
  tangor-value, tangor-channel { font-variant-numeric: tabular-nums; white-space: pre-wrap; }
  .tangor-error { color: var(--tangor-error); font-size: 0.875em; }
  .tangor-error:empty, .tangor-result:empty { display: none; }
  tangor-input label, tangor-call label { display: inline-flex; gap: 0.5em; align-items: center; }
  tangor-input [aria-invalid="true"], tangor-call [aria-invalid="true"] { outline: 2px solid var(--tangor-error); outline-offset: 1px; }
  tangor-call form { display: inline-flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; }
  tangor-program { block-size: 26em; display: flex; flex-direction: column; gap: 0.4em; align-items: start; }
  tangor-program .tangor-stage { flex: 1; inline-size: 100%; min-block-size: 6em; position: relative; background: var(--tangor-stage, #171f2e); }
  tangor-program .tangor-stage > * { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border: 0; }
  tangor-program canvas { object-fit: contain; touch-action: none; cursor: grab; }
  tangor-program canvas:active { cursor: grabbing; }
  tangor-program:is([data-program="ended"], [data-program="failed"], [data-program="lost"]) canvas { opacity: 0.4; cursor: default; }
  tangor-program :is(.tangor-note, .tangor-output) { flex: 0 1 auto; min-block-size: 3em; overflow: auto; }
  tangor-program .tangor-note { margin: 0; max-block-size: 9em; min-block-size: 1.4em; color: var(--tangor-muted); font-size: 0.875em; }
  tangor-program .tangor-note:empty { display: none; }
  tangor-program[data-program="failed"] .tangor-note { color: var(--tangor-error); white-space: pre-wrap; overflow-wrap: anywhere; }
  tangor-program .tangor-output { margin: 0; inline-size: 100%; max-block-size: 10em; font-size: 0.8125em; box-sizing: border-box; }
  tangor-call button, tangor-program button {
    font: inherit; padding: 0.3em 0.9em; border: 1px solid var(--tangor-accent); border-radius: 0.35em;
    background: var(--tangor-accent); color: var(--tangor-on-accent); cursor: pointer;
  }
  tangor-call button:disabled { opacity: 0.6; cursor: default; }
  tangor-progress progress { inline-size: 100%; accent-color: var(--tangor-accent); }
  tangor-progress .tangor-note { color: var(--tangor-muted); font-size: 0.875em; }
  tangor-log > [role="log"] {
    block-size: 100%; min-block-size: 4em; overflow: auto; overflow-anchor: none; font-family: ui-monospace, monospace; font-size: 0.875em;
    background: var(--tangor-surface); border: 1px solid var(--tangor-border); border-radius: 0.35em; padding: 0.4em 0.6em; box-sizing: border-box;
  }
  tangor-log { block-size: 14em; }
  tangor-log [role="log"] > div { white-space: pre-wrap; overflow-wrap: anywhere; }
  tangor-log time { color: var(--tangor-muted); margin-inline-end: 0.8em; }
  tangor-chart .tangor-plot { position: relative; block-size: var(--tangor-chart-height, 14em); }
  tangor-chart canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; }
  tangor-chart .tangor-legend { display: flex; flex-wrap: wrap; gap: 0.2em 0.8em; margin: 0.3em 0 0; padding: 0; list-style: none; }
  tangor-chart .tangor-legend button {
    font: inherit; font-size: 0.875em; border: 0; background: none; color: inherit; cursor: pointer; padding: 0.15em 0.3em; border-radius: 0.3em;
  }
  tangor-chart .tangor-legend button[aria-pressed="false"] { opacity: 0.45; text-decoration: line-through; }
  tangor-chart .tangor-legend button::before {
    content: ""; display: inline-block; inline-size: 0.9em; block-size: 0.25em; margin-inline-end: 0.4em; vertical-align: middle;
    background: var(--tangor-swatch);
  }
  tangor-chart output { display: block; min-block-size: 1.3em; font-size: 0.875em; color: var(--tangor-muted); font-variant-numeric: tabular-nums; }
  tangor-chart canvas:focus-visible, tangor-log [role="log"]:focus-visible, tangor-call button:focus-visible,
  tangor-program :is(canvas, iframe, button, pre):focus-visible {
    outline: 2px solid var(--tangor-accent); outline-offset: 2px;
  }
}
`;

/** @type {CSSStyleSheet | undefined} */
let sheet;
/** @type {WeakSet<Node>} */
const styled = new WeakSet();

/**
 * Gives a document or shadow tree the elements' style, once. As a constructed sheet it passes a strict policy for styles.
 *
 * @param {Node} root
 */
export function style(root) {
  if (styled.has(root) || !(root instanceof Document || root instanceof ShadowRoot)) return;
  styled.add(root);
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
  }
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
