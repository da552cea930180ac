/** The chat as one custom element: the launcher, the panel, and what the page around it may ask of them. */

import { badgeOn } from "./badge.js";
import { Client } from "./client.js";
import { accentProperties } from "./colours.js";
import { Conversation } from "./conversation.js";
import { adoptStyles, el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { idleMinutes } from "./idle.js";
import { Panel } from "./panel.js";
import { slot, Storage } from "./storage.js";
import { textsFor } from "./texts.js";
import { onWake } from "./wake.js";

/** @typedef {"on"|"no_booking"|"phone_only"|"off"} Mode */
/**
 * @typedef {object} ClinicFacts
 * @property {string} clinic
 * @property {string} phone
 * @property {string} hours
 * @property {Mode} mode
 * @property {string} notice
 * @property {boolean} demo
 */

const TAG = "knee-intake";
/** Where a chat that opens by itself would cover the page, or bring up a keyboard. */
const SMALL = "(max-width: 48em), (pointer: coarse)";
/** @type {Partial<ClinicFacts>} */
let served = {};
/** @type {Set<KneeIntake>} those in the page, oldest first: the first is the chat, the others stand by */
const present = new Set();

/** Who has closed it in this tab is not met with it on every page. */
const closedByVisitor = slot("sessionStorage", "knee-intake:closed");

class KneeIntake extends HTMLElement {
  /** @type {Panel | undefined} */
  #panel;
  #launcher = el("button", { type: "button", class: "launcher", onclick: () => this.open() });
  #widget = el("div", { class: "widget" });
  #here = new AbortController();
  #active = false;

  connectedCallback() {
    present.add(this);
    const [first] = present;
    if (first === this) this.#appear();
  }

  disconnectedCallback() {
    // one that is only moved comes back at once
    queueMicrotask(() => this.isConnected || this.#leave());
  }

  /** Show the chat and put the keyboard into it. */
  open() {
    this.#show(true);
    this.#panel?.focus();
  }

  /** Hide the chat and give the keyboard back. One that stands in the page cannot be closed. */
  close() {
    if (!this.#panel || this.#panel.element.hidden || this.#isInline) return;
    this.#show(false);
    closedByVisitor.write(1);
    void this.#panel.conversation.listen(true);
    this.#launcher.focus();
  }

  get #isInline() {
    return this.#widget.classList.contains("inline");
  }

  /** In the page again, or for the first time. Attributes count the first time only. */
  #appear() {
    if (this.#active) return;
    this.#active = true;
    this.#here = new AbortController();
    const first = !this.#panel;
    // nothing is shown before its styles; where they cannot be had, the chat works without
    const waiting = first ? this.#build().filter(Boolean) : [];
    if (waiting.length) void Promise.allSettled(waiting).then(() => this.#stand(first));
    else this.#stand(first);
  }

  /** @param {boolean} first */
  #stand(first) {
    const panel = this.#panel;
    if (!panel || !this.#active) return;
    this.#widget.hidden = false;
    this.shadowRoot?.append(this.#widget);
    this.#attend(panel, this.#here.signal);
    if (this.#isInline) return this.#whenSeen(() => this.#show(true));
    // the top layer: no transform, overflow or z-index of the page reaches it
    if ("showPopover" in this.#widget) {
      this.#widget.setAttribute("popover", "manual");
      this.#widget.showPopover();
    }
    if (!panel.element.hidden) void panel.open();
    else if (first && "open" in this.dataset && panel.takesNew && closedByVisitor.read() === null && !matchMedia(SMALL).matches) this.#show(true);
  }

  /** Follow the clock, the connection and other tabs for as long as the chat is in the page. @param {Panel} panel @param {AbortSignal} signal */
  #attend(panel, signal) {
    const { conversation, idle } = panel;
    panel.attend(signal);
    idle.watch(signal);
    onWake(() => (idle.look(), conversation.wake()), () => conversation.stopListening(), signal);
    conversation.storage.onChange(() => conversation.follow(), signal);
    if (!document.hidden) void conversation.listen(true);
  }

  #leave() {
    present.delete(this);
    if (!this.#active) return;
    this.#active = false;
    this.#here.abort();
    this.#widget.hidden = true;
    this.#panel?.conversation.stopListening();
    const [next] = present;
    if (next) next.#appear();
  }

  /** @returns {(Promise<void> | undefined)[]} styles that are still to come */
  #build() {
    const { dataset } = this;
    const { api = "../api/", lang = document.documentElement.lang, accent = "" } = dataset;
    const known = { mode: /** @type {Mode} */ ("on"), notice: "", demo: false, ...served };
    const language = lang || "en";
    const t = { ...textsFor(language) };
    if (dataset.role) t.role = dataset.role;
    const clinic = dataset.clinic ?? known.clinic ?? t.clinic;
    const facts = {
      clinic,
      title: dataset.title ?? clinic,
      greeting: dataset.greeting ?? "",
      phone: dataset.phone ?? known.phone ?? "",
      hours: dataset.hours ?? known.hours ?? "",
      notices: [dataset.notice ?? (known.demo ? t.demo : ""), known.notice].filter(Boolean),
      mode: known.mode,
      inline: "inline" in dataset,
      lang: language.slice(0, 2).toLowerCase(),
      idle: idleMinutes(dataset),
    };
    const base = new URL(api, import.meta.url);
    const conversation = new Conversation(new Client(base), new Storage(dataset.key ?? base.host));
    const panel = new Panel(conversation, t, facts, () => this.close());
    panel.onbooked = () => "bookedEvent" in this.dataset && this.#tell("booked");
    const word = { phone_only: t.launcherPhone, off: t.launcherOff }[/** @type {string} */ (known.mode)];
    this.#launcher.append(icon(ICONS.speech), el("span", {}, word ?? dataset.launcher ?? t.launcher));
    const badge = badgeOn(this.#launcher, t);
    for (const news of ["change", "end"]) {
      conversation.addEventListener(news, () => badge.show(panel.element.hidden ? conversation.unread : 0));
    }
    this.#launcher.setAttribute("aria-haspopup", "dialog");
    this.#launcher.setAttribute("aria-expanded", "false");
    panel.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || (facts.inline && panel.menu.hidden)) return;
      event.stopPropagation();
      if (!panel.closeMenu()) this.close();
    });
    const root = this.attachShadow({ mode: "open" });
    for (const [name, value] of accentProperties(accent)) this.style.setProperty(name, value);
    this.#widget.lang = t.lang;
    this.#widget.dir = this.dir || t.dir;
    if (facts.inline) this.#widget.classList.add("inline");
    this.#widget.append(...(facts.inline ? [] : [this.#launcher, badge.news]), panel.element);
    this.#panel = panel;
    return ["knee-intake.css", "embed.css"].map((name) => adoptStyles(root, name));
  }

  /** @param {() => void} start at once where the chat is in view, else when it is scrolled to */
  #whenSeen(start) {
    const watch = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) watch.disconnect(), start();
    });
    watch.observe(this);
    this.#here.signal.addEventListener("abort", () => watch.disconnect());
  }

  /** @param {boolean} open */
  #show(open) {
    const panel = this.#panel;
    if (!panel) return;
    if (!panel.element.hidden === open) {
      if (open) void panel.open();
      return;
    }
    panel.element.hidden = !open;
    this.#launcher.hidden = open;
    this.#launcher.setAttribute("aria-expanded", String(open));
    if (open) void panel.open();
    this.#tell(open ? "open" : "close");
  }

  /** An event for the page; it carries nothing of what is said. @param {"open"|"close"|"booked"} what */
  #tell(what) {
    this.dispatchEvent(new CustomEvent(`knee-intake-${what}`, { bubbles: true, composed: true }));
  }
}

/**
 * Define the element and, for a page that has only the script tag, put one into the page.
 * @param {string} url of the module that the page embeds
 * @param {Partial<ClinicFacts>} facts what the clinic's server says
 */
export function start(url, facts) {
  if (customElements.get(TAG)) return;
  served = facts;
  customElements.define(TAG, KneeIntake);
  if (document.body) embed(url);
  else addEventListener("DOMContentLoaded", () => embed(url), { once: true });
}

/** @param {string} url */
function embed(url) {
  // a module has no document.currentScript: its own tag is the one with its own address
  const script = [...document.scripts].find(({ src }) => src === url);
  if (!script || "manual" in script.dataset || document.querySelector(TAG)) return;
  const widget = document.createElement(TAG);
  Object.assign(widget.dataset, script.dataset);
  document.body.append(widget);
}
