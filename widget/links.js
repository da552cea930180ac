/** Which addresses become links, and turning a text into text nodes and such links. */

import { el } from "./dom.js";

const FOUND = /https:\/\/[^\s<>"']+|(?:\(\d{3}\) ?|\b\d{3}[ .-])?\b\d{3}[.-]\d{4}\b/g;

/**
 * Digits that a phone dials; a US number without its country code keeps working abroad.
 * @param {string} phone
 */
export function telHref(phone) {
  const digits = phone.replace(/[^\d+]/g, "");
  return `tel:${/^\d{10}$/.test(digits) ? "+1" : ""}${digits}`;
}

/**
 * @param {string} text
 * @returns {(Node|string)[]} the text, its https addresses and phone numbers as links
 */
export function linkified(text) {
  /** @type {(Node|string)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(FOUND)) {
    const shown = match[0].replace(/[.,;:!?)]+$/, "");
    parts.push(text.slice(end, match.index));
    parts.push(
      shown.startsWith("https:")
        ? el("a", { href: shown, target: "_blank", rel: "noopener noreferrer" }, shown)
        : el("a", { href: telHref(shown) }, shown),
    );
    end = match.index + shown.length;
  }
  return [...parts, text.slice(end)];
}
