/**
 * The chat as one custom element. One script tag is enough:
 * <script type="module" src="https://clinic.example/widget/knee-intake.js" data-clinic="…" data-phone="…"></script>
 */

import { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import { adoptStyles, el, icon } from "./dom.js";
import { ICONS } from "./icons.js";
import { Panel } from "./panel.js";
import { Storage } from "./storage.js";
import { textsFor } from "./texts.js";

const TAG = "knee-intake";

class KneeIntake extends HTMLElement {
  /** @type {Panel | undefined} */
  #panel;
  /** @type {HTMLButtonElement | undefined} */
  #launcher;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const { clinic, phone = "", hours = "", notice = "", launcher, api = "../api/", key, lang, open } = this.dataset;
    const t = textsFor(lang ?? (document.documentElement.lang || "en"));
    const base = new URL(api, import.meta.url);
    const conversation = new Conversation(new Client(base), new Storage(key ?? base.host));
    const facts = { clinic: clinic ?? t.clinic, phone, hours, notice };
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
    root.append(el("div", { class: "widget" }, button, panel.element));
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
    this.#panel.conversation.stopListening();
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
