/** One message as an element. */

import { el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { linkified, telHref } from "./links.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./texts.js").Texts} Texts */

/** A line of the read-back: "3. Signs: swelling". */
const NUMBERED = /^(\d+)\. ([^:]+): (.+)$/;

/**
 * @param {Message} message
 * @param {Texts} t
 * @param {{fresh: boolean, phone: string, answer: Answer, download: (link: {label: string, path: string}) => void}} options
 *   fresh: it arrived just now, so an alert is spoken at once; phone: the clinic's
 */
export function bubble(message, t, { fresh, phone, answer, download }) {
  const readBack = message.input?.for === "read_back";
  const words = message.text ?? t.keptBack;
  // what visitors paste themselves is not for tapping
  const plain = () => (message.from === "visitor" ? [words] : linkified(words, phone));
  const body = el("div", { class: "text" }, ...(readBack ? summary(words, t, answer) : plain()));
  const sender = { visitor: t.you, bot: t.helper, staff: t.staff }[message.from];
  const name = el("span", { class: message.from === "staff" ? "sender" : "sender hidden" }, `${sender}: `);
  if (message.alert) return alertBox(message, t, fresh, body, phone);
  const link = message.link;
  return el(
    "div",
    { class: `message ${message.from}`, "data-seq": message.seq },
    el("div", { class: "bubble" }, name, body),
    link && el("button", { type: "button", class: "button", onclick: () => download(link) }, icon(ICONS.download), link.label),
  );
}

/**
 * The read-back with a button at each line; they go once it is answered, for then it is no longer the last message.
 * @param {string} words
 * @param {Texts} t
 * @param {Answer} answer
 */
function summary(words, t, answer) {
  return words.split("\n").map((line) => {
    const [, number, name, value] = NUMBERED.exec(line) ?? [];
    if (!number) return el("p", {}, line);
    const change = () => answer(`change ${number}`, `${t.change}: ${name}`);
    const label = `${t.change} ${number}. ${name}`;
    const button = el("button", { type: "button", class: "edit", "aria-label": label, onclick: change }, t.change);
    return el("div", { class: "line" }, el("p", {}, el("b", {}, `${number}. ${name}: `), value), button);
  });
}

/** @param {Message} message @param {Texts} t @param {boolean} fresh @param {HTMLElement} body @param {string} phone */
function alertBox(message, t, fresh, body, phone) {
  const emergency = /^emergency/.test(message.alert ?? "");
  const head = el("strong", { class: "alert-head" }, icon(ICONS.warning), emergency ? t.urgent : t.important);
  const calls = el("div", { class: "calls" });
  const call = (/** @type {string} */ href, /** @type {string} */ label) =>
    calls.append(el("a", { class: "button call", href }, icon(ICONS.phone), label));
  const words = message.text ?? "";
  // in the order of the words: what comes first there comes first here
  for (const number of new Set(words.match(/\b(?:911|988)\b/g))) {
    call(`tel:${number}`, t.call(number));
    if (number === "988") call("sms:988", t.text988);
  }
  if (phone && words.includes(phone)) call(telHref(phone), t.call(phone));
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
    el("button", { type: "button", class: "button", onclick: retry }, t.tryAgain),
  );
}
