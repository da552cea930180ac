/**
 * The chat as one custom element. One script tag is enough:
 * <script type="module" src="https://clinic.example/widget/knee-intake.js" data-clinic="…" data-phone="…"></script>
 */

import { badgeOn } from "./badge.js";
import { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import { adoptStyles, el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { idleMinutes } from "./idle.js";
import { Panel } from "./panel.js";
import { Storage } from "./storage.js";
import { textsFor } from "./texts.js";
import { onWake } from "./wake.js";

const TAG = "knee-intake";

class KneeIntake extends HTMLElement {
  /** @type {Panel | undefined} */
  #panel;
  /** @type {HTMLButtonElement | undefined} */
  #launcher;
  #connected = new AbortController();

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    const { conversation, idle } = /** @type {Panel} */ (this.#panel);
    const { signal } = (this.#connected = new AbortController());
    idle.watch(signal);
    onWake(() => (idle.look(), conversation.wake()), () => conversation.stopListening(), signal);
    conversation.storage.onChange(() => conversation.follow(), signal);
    if (!document.hidden) void conversation.listen(true);
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    const { clinic, phone = "", hours = "", notice = "", launcher, api = "../api/", key, lang, open } = this.dataset;
    const language = lang ?? (document.documentElement.lang || "en");
    const t = textsFor(language);
    const base = new URL(api, import.meta.url);
    const conversation = new Conversation(new Client(base), new Storage(key ?? base.host));
    const facts = { clinic: clinic ?? t.clinic, phone, hours, notice, lang: language.slice(0, 2).toLowerCase(), idle: idleMinutes(this.dataset) };
    const panel = (this.#panel = new Panel(conversation, t, facts, () => this.close()));
    const button = (this.#launcher = el(
      "button",
      { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.open() },
      icon(ICONS.speech),
      el("span", {}, launcher ?? t.launcher),
    ));
    panel.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.stopPropagation();
      if (!panel.closeMenu()) this.close();
    });
    const badge = badgeOn(button, t);
    for (const news of ["change", "end"]) conversation.addEventListener(news, () => badge.show(panel.element.hidden ? conversation.unread : 0));
    root.append(el("div", { class: "widget" }, button, badge.news, panel.element));
    // nothing is shown before its styles; where they cannot be had, the chat works without
    this.hidden = true;
    const show = () => {
      this.hidden = false;
      if (open !== undefined) this.open();
    };
    adoptStyles(root, "knee-intake.css").then(show, show);
  }

  disconnectedCallback() {
    this.close();
    this.#connected.abort();
    this.#panel?.conversation.stopListening();
  }

  /** Show the chat and put the keyboard into it. */
  open() {
    if (!this.#panel?.element.hidden) return;
    this.#show(true);
    void this.#panel.open();
    this.#panel.focus();
  }

  /** Hide the chat and give the keyboard back. */
  close() {
    if (!this.#panel || this.#panel.element.hidden) return;
    this.#show(false);
    void this.#panel.conversation.listen(true);
    this.#launcher?.focus();
  }

  /** @param {boolean} open */
  #show(open) {
    const [panel, launcher] = [/** @type {Panel} */ (this.#panel), /** @type {HTMLElement} */ (this.#launcher)];
    panel.element.hidden = !open;
    launcher.hidden = open;
    launcher.setAttribute("aria-expanded", String(open));
    this.dispatchEvent(new CustomEvent(`knee-intake-${open ? "open" : "close"}`, { bubbles: true, composed: true }));
  }
}

if (!customElements.get(TAG)) {
  customElements.define(TAG, KneeIntake);
  // a module has no document.currentScript: its own tag is the one with its own address
  const script = [...document.scripts].find(({ src }) => src === import.meta.url);
  if (script && !document.querySelector(TAG)) {
    const widget = document.createElement(TAG);
    Object.assign(widget.dataset, script.dataset);
    document.body.append(widget);
  }
}
