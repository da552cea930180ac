/** One message as an element. */

import { el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { linkified } from "./links.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./texts.js").Texts} Texts */

/**
 * @param {Message} message
 * @param {Texts} t
 * @param {{fresh: boolean, phone: string, download: (link: {label: string, path: string}) => void}} options
 *   fresh: it arrived just now, so an alert is spoken at once; phone: the clinic's
 */
export function bubble(message, t, { fresh, phone, download }) {
  const words = message.text ?? t.keptBack;
  // what visitors paste themselves is not for tapping
  const body = el("div", { class: "text" }, ...(message.from === "visitor" ? [words] : linkified(words, phone)));
  const sender = { visitor: t.you, bot: t.helper, staff: t.staff }[message.from];
  const name = el("span", { class: message.from === "staff" ? "sender" : "sender hidden" }, `${sender}: `);
  if (message.alert) return alertBox(message, t, fresh, body);
  const link = message.link;
  return el(
    "div",
    { class: `message ${message.from}`, "data-seq": message.seq },
    el("div", { class: "bubble" }, name, body),
    link && el("button", { type: "button", class: "button", onclick: () => download(link) }, icon(ICONS.download), link.label),
  );
}

/** @param {Message} message @param {Texts} t @param {boolean} fresh @param {HTMLElement} body */
function alertBox(message, t, fresh, body) {
  const emergency = /^emergency/.test(message.alert ?? "");
  const head = el("strong", { class: "alert-head" }, emergency ? t.urgent : t.important);
  const calls = el("div", { class: "calls" });
  const call = (/** @type {string} */ href, /** @type {string} */ label) =>
    calls.append(el("a", { class: "button call", href }, icon(ICONS.phone), label));
  const words = message.text ?? "";
  if (/\b988\b/.test(words)) {
    call("tel:988", t.call988);
    call("sms:988", t.text988);
  }
  if (/\b911\b/.test(words)) call("tel:911", t.call911);
  return el(
    "div",
    {
      class: `message alert ${emergency ? "emergency" : ""}`,
      role: fresh ? "alert" : "group",
      "aria-label": fresh ? null : head.textContent,
      "data-seq": message.seq,
    },
    head,
    body,
    calls.childElementCount ? calls : null,
  );
}

/**
 * What became of the visitor's own words.
 * @param {import("./types.js").Outgoing | undefined} item undefined: it was answered
 * @param {Texts} t
 * @param {() => void} retry
 */
export function delivery(item, t, retry) {
  if (!item) return el("span", { class: "delivery" }, t.sent);
  if (item.state !== "failed") return el("span", { class: "delivery" }, t[item.state]);
  return el(
    "span",
    { class: "delivery failed" },
    `${t.failed} ${item.problem ?? ""} `,
    el("button", { type: "button", class: "text-button", onclick: retry }, t.tryAgain),
  );
}
