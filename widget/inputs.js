/** The answers that can be given without typing. Each sends words, and whatever it asks can be typed as well. */

import { adoptStyles, el, unique } from "./dom.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Choice} Choice */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./texts.js").Texts} Texts */
/** @typedef {(message: Message, t: Texts, answer: Answer) => HTMLElement} Maker */

/** Longer labels, or more of them, stand below each other over the whole width: big and easy to hit. */
const SHORT_LABEL = 16;
const FEW = 3;

/** @type {Record<string, Maker>} */
const MAKERS = { choices, multi_choice: multiChoice, knee_map: kneeMap, pain_scale: painScale, slots, contact };

/**
 * @param {Message} message
 * @param {Texts} t
 * @param {Answer} answer
 * @returns {HTMLElement | null} null where only typing is asked for
 */
export function inputFor(message, t, answer) {
  const kind = message.input?.kind ?? (message.choices?.length ? "choices" : "text");
  return MAKERS[kind]?.(message, t, answer) ?? null;
}

/** @param {Choice} choice @param {Answer} answer @param {string} [shown] */
function choiceButton({ label, value }, answer, shown = label) {
  const name = shown === label ? null : label;
  return el(
    "button",
    { type: "button", class: "choice", "data-value": value, "aria-label": name, onclick: () => answer(value, label) },
    shown,
  );
}

/** @type {Maker} */
function choices(message, t, answer) {
  const group = choiceGroup(message.choices ?? [], t, answer);
  // the read-back waits for one word; everything else there leads back
  if (message.input?.for === "read_back") group.querySelector('[data-value="yes"]')?.classList.add("primary");
  return group;
}

/** @param {Choice[]} offered @param {Texts} t @param {Answer} answer */
function choiceGroup(offered, t, answer) {
  const short = offered.length <= FEW && offered.every(({ label }) => label.length <= SHORT_LABEL);
  const attributes = { class: short ? "choices" : "choices list", role: "group", "aria-label": t.choose };
  return el("div", attributes, ...offered.map((choice) => choiceButton(choice, answer)));
}

/**
 * A form with one button. `read` gives the answer, or says what is missing and throws nothing away.
 * @param {Record<string, unknown>} attributes
 * @param {string} done
 * @param {(HTMLElement|string|null)[]} children
 * @param {() => {text: string, shown?: string} | {missing: string, at?: HTMLElement}} read
 * @param {Answer} answer
 */
export function answerForm(attributes, done, children, read, answer) {
  const error = el("p", { class: "error", id: unique("error"), role: "alert" });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = read();
    if ("text" in given) return answer(given.text, given.shown);
    const at = /** @type {HTMLElement} */ (given.at ?? form.querySelector("input"));
    // beside what it is about, or a long form hides it
    const row = at.closest(".field-row");
    if (row) row.append(error);
    else at.closest("fieldset")?.querySelector("legend")?.after(error);
    error.textContent = given.missing;
    at.setAttribute("aria-describedby", error.id);
    at.focus();
    error.scrollIntoView({ block: "nearest" });
  };
  const form = el(
    "form",
    { ...attributes, novalidate: true, onsubmit: submit },
    error,
    ...children,
    el("button", { class: "button primary", type: "submit" }, done),
  );
  form.addEventListener("change", () => (error.textContent = ""));
  return form;
}

/**
 * @param {"checkbox"|"radio"} type
 * @param {string} name
 * @param {Choice} choice
 * @param {string} [hint]
 */
export function tick(type, name, { label, value }, hint) {
  const box = el("input", { type, name, value, "data-label": label });
  const small = hint ? el("small", {}, hint) : null;
  return { box, row: el("label", { class: "tick" }, box, el("span", {}, label, small && " ", small)) };
}

/** @type {Maker} */
function multiChoice(message, t, answer) {
  const input = message.input;
  const none = input?.none_value ?? "none";
  const offered = [...(message.choices ?? [])];
  if (!offered.some(({ value }) => value === none)) offered.push({ label: t.noneOfThese, value: none });
  const name = unique("many");
  const ticks = offered.map((choice) => tick("checkbox", name, choice));
  const boxes = ticks.map(({ box }) => box);
  // "none of these" and anything else cannot both be true
  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (!box.checked) return;
      for (const other of boxes) if ((other.value === none) !== (box.value === none)) other.checked = false;
    });
  }
  const read = () => {
    const ticked = boxes.filter((box) => box.checked);
    if (!ticked.length) return { missing: t.pickOne };
    return {
      text: ticked.map((box) => box.value).join(", "),
      shown: ticked.map((box) => box.dataset.label).join(", "),
    };
  };
  const rows = el("fieldset", {}, el("legend", {}, t.chooseMany), ...ticks.map(({ row }) => row));
  return answerForm({ class: "multi" }, input?.done_label ?? t.done, [rows], read, answer);
}

/** @type {Maker} */
function painScale(message, t, answer) {
  const name = unique("scale");
  const { min_label: min = t.scaleMin, max_label: max = t.scaleMax, done_label: done = t.done } = message.input ?? {};
  const boxes = Array.from({ length: 11 }, (_, value) => {
    const anchor = value === 0 ? min : value === 10 ? max : null;
    return el("input", { type: "radio", name, value, "aria-label": anchor ? `${value}, ${anchor}` : value });
  });
  const cells = boxes.map((box) => el("label", { class: "degree" }, box, el("span", {}, box.value)));
  // the words stand at their own ends of the two rows; each is part of its number's name already
  const anchor = (/** @type {string} */ words) => el("p", { class: "anchor", "aria-hidden": "true" }, words);
  const read = () => {
    const ticked = boxes.find((box) => box.checked);
    return ticked ? { text: ticked.value } : { missing: t.scalePick };
  };
  const legend = el("legend", { class: "hidden" }, t.scale);
  const field = el("fieldset", {}, legend, anchor(`0 = ${min}`), el("div", { class: "degrees" }, ...cells), anchor(`10 = ${max}`));
  return answerForm({ class: "scale" }, done, [field], read, answer);
}

/** @param {string} value an ISO time with the clinic's offset: its own words are the clinic's wall time */
function wallTime(value) {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(value);
  return match && { day: match[1], at: new Date(`${match[1]}T${match[2]}Z`) };
}

/** @type {Maker} */
function slots(message, t, answer) {
  const day = new Intl.DateTimeFormat("en-US", { weekday: "long", month: "long", day: "numeric", timeZone: "UTC" });
  const hour = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  const group = el("div", { class: "slots", role: "group", "aria-label": t.slots });
  /** @type {Choice[]} */
  const others = [];
  /** @type {Map<string, HTMLElement>} */
  const days = new Map();
  for (const choice of message.choices ?? []) {
    const time = wallTime(choice.value);
    if (!time) {
      others.push(choice);
      continue;
    }
    if (!days.has(time.day)) {
      const heading = el("p", { class: "day", id: unique("day") }, day.format(time.at));
      const times = el("div", { class: "times", role: "group", "aria-labelledby": heading.id });
      group.append(heading, times);
      days.set(time.day, times);
    }
    days.get(time.day)?.append(choiceButton(choice, answer, hour.format(time.at)));
  }
  if (days.size) group.append(el("p", { class: "hint" }, t.clinicTime));
  if (others.length) group.append(choiceGroup(others, t, answer));
  return group;
}

/** @type {Maker} */
function contact(message, t, answer) {
  const field = (/** @type {string} */ label, /** @type {Record<string, unknown>} */ attributes) => {
    const box = el("input", { id: unique("field"), class: "field", ...attributes });
    return { box, row: el("div", { class: "field-row" }, el("label", { for: box.id }, label), box) };
  };
  const name = field(t.firstName, { type: "text", name: "name", autocomplete: "given-name", required: true });
  const phone = field(t.phone, { type: "tel", name: "phone", autocomplete: "tel", inputmode: "tel" });
  const email = field(t.email, { type: "email", name: "email", autocomplete: "email", inputmode: "email" });
  const read = () => {
    const [who, ...ways] = [name, phone, email].map(({ box }) => box.value.replace(/[,\s]+/g, " ").trim());
    const given = ways.filter(Boolean);
    for (const { box } of [name, phone, email]) box.removeAttribute("aria-invalid");
    const wrong = !who ? name.box : given.length ? null : phone.box;
    wrong?.setAttribute("aria-invalid", "true");
    if (wrong) return { missing: who ? t.reachMissing : t.nameMissing, at: wrong };
    return { text: [who, ...given].join(", ") };
  };
  const hint = el("p", { class: "hint" }, t.phoneOrEmail);
  const fields = el("fieldset", {}, el("legend", { class: "hidden" }, t.contact), name.row, hint, phone.row, email.row);
  return answerForm({ class: "contact" }, message.input?.done_label ?? t.send, [fields], read, answer);
}

/** The picture and its styles come when they are first needed. @type {Maker} */
function kneeMap(message, t, answer) {
  const place = el("div", { class: "knee-map" });
  const load = async () => {
    const [{ kneePicture }] = await Promise.all([
      import("./knee-map.js"),
      adoptStyles(/** @type {ShadowRoot} */ (place.getRootNode()), "knee-map.css"),
    ]);
    place.replaceChildren(kneePicture(message, t, answer, { answerForm, tick }));
    place.dispatchEvent(new Event("ready", { bubbles: true }));
  };
  // a turn later, for only then is it in the shadow tree whose styles it extends
  queueMicrotask(() => load().catch(() => place.replaceChildren(el("p", { class: "hint" }, t.pictureFailed))));
  return place;
}
