/** Which addresses become links, and turning a text into text nodes and such links. */

import { el } from "./dom.js";

/** No quotes, no white space, nothing that cannot be seen or that turns the direction of writing. */
const ADDRESS = /https:\/\/[\x21\x23-\x26\x28-\x3b\x3d\x3f-\x7e]+/g;

/** Where it goes is what it says: no user name in front of the host, no letters of other scripts. @param {string} address */
function isPlain(address) {
  try {
    const { host, username } = new URL(address);
    return !username && address.startsWith(`https://${host}`);
  } catch {
    return false;
  }
}

/**
 * Digits that a phone dials; a US number without its country code keeps working abroad.
 * @param {string} phone
 */
export function telHref(phone) {
  const digits = phone.replace(/[^\d+]/g, "");
  return `tel:${/^\d{10}$/.test(digits) ? "+1" : ""}${digits}`;
}

/**
 * Other numbers stay plain: a patient's own phone in the read-back is not there to be called.
 * @param {string} text
 * @param {string} phone the clinic's
 * @returns {(Node|string)[]} the text, with https addresses and the clinic's number as links
 */
export function linkified(text, phone) {
  /** @type {(Node|string)[]} */
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const href = match[0].replace(match[0].includes("(") ? /[.,;:!?]+$/ : /[.,;:!?)]+$/, "");
    if (!isPlain(href)) continue;
    parts.push(...withPhone(text.slice(end, match.index), phone));
    parts.push(el("a", { href, target: "_blank", rel: "noopener noreferrer" }, href));
    end = match.index + href.length;
  }
  return [...parts, ...withPhone(text.slice(end), phone)];
}

/** @param {string} text @param {string} phone @returns {(Node|string)[]} */
function withPhone(text, phone) {
  if (!phone) return [text];
  return text.split(phone).flatMap((part, index) => (index ? [el("a", { href: telHref(phone) }, phone), part] : [part]));
}
