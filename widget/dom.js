/** Elements without markup: strings become text nodes, so nothing that anybody typed can ever run. */

import { STYLES } from "./styles.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {Element} node
 * @param {Record<string, unknown>} attributes `onclick` and the like become listeners; null and false are left out
 * @param {(Node|string|null|undefined)[]} children
 */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child);
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node|string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  fill(node, attributes, children);
  return /** @type {SVGElement} */ (node);
}

/**
 * A 24 by 24 line icon, hidden from assistive technology: the words beside it or the label say what it is.
 * @param {string} path
 */
export function icon(path) {
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, svg("path", { d: path }));
}

/**
 * A style sheet that needs no `style-src` on the host page: constructed from text, which came along or is fetched.
 * @param {ShadowRoot} root
 * @param {string} name a file beside the module
 * @returns {Promise<void> | undefined} nothing to wait for where the text came along
 */
export function adoptStyles(root, name) {
  const adopt = (/** @type {string} */ text) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };
  if (name in STYLES) return void adopt(STYLES[name]);
  return fetch(new URL(name, import.meta.url)).then(async (response) => {
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    adopt(await response.text());
  });
}

let counter = 0;

/** A name for `id`, `for` and `name`, unique on the page. @param {string} stem */
export function unique(stem) {
  counter += 1;
  return `ki-${stem}-${counter}`;
}
