/** The dialog: header, ways to reach the clinic, the thread, the composer, and what stands there without a chat. */

import { ApiError } from "./client.js";
import { el, icon } from "./dom.js";
import { Hold } from "./hold.js";
import { ICONS } from "./icons.js";
import { Idle } from "./idle.js";
import { telHref } from "./links.js";
import { Thread } from "./thread.js";

/**
 * @typedef {object} Facts from the tag and from the clinic's server
 * @property {string} clinic
 * @property {string} title
 * @property {string} greeting a line of the site's own before the first message
 * @property {string} phone
 * @property {string} hours
 * @property {string[]} notices
 * @property {import("./element.js").Mode} mode
 * @property {boolean} inline it stands in the page: nothing to close
 * @property {string} lang
 * @property {number} idle minutes without a touch after which the chat is locked; 0: never
 */
/** @typedef {"closed"|"opening"|"ready"|"unreachable"|"off"|"ended"} State */

const UNREACHABLE_MS = 3000;
const TRIES = 3;
const TRY_AGAIN_MS = 300;
const TEXT_SIZES = [1, 1.25, 1.5];
const MAX_TEXT = 4000;
/** The words that the server understands at any question while a time is kept. */
const KEEP_LONGER = "keep it longer";
/** A mouse or trackpad: putting the cursor into the text box opens no keyboard over the chat. */
const HAS_MOUSE = "(hover: hover) and (pointer: fine)";

export class Panel {
  /** @type {State} */
  state = "closed";
  #attempt = new AbortController();
  #visits = 0;
  /** Called when a visit was asked for while somebody looks on. */
  onbooked = () => {};

  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {import("./texts.js").Texts} t
   * @param {Facts} facts
   * @param {() => void} close
   */
  constructor(conversation, t, facts, close) {
    this.conversation = conversation;
    this.t = t;
    this.facts = facts;
    const answer = (/** @type {string} */ text, /** @type {string | undefined} */ shown = undefined) => (this.#say(text, shown), this.focus());
    this.thread = new Thread(conversation, t, answer, (link) => this.#download(link), facts.phone);
    this.hold = new Hold(t, () => answer(KEEP_LONGER, t.keepLonger), () => this.focus());
    const locked = () => (conversation.leave(), this.#ended(t.locked));
    this.idle = new Idle(facts.idle, conversation.storage, t, locked, () => this.focus());
    this.card = el("div", { class: "card", hidden: true });
    this.offline = el("p", { class: "offline", role: "status" });
    this.box = this.#textBox();
    this.composer = this.#composer();
    this.menuButton = this.#round(t.menu, ICONS.menu, () => this.#showMenu(Boolean(this.menu.hidden)));
    this.larger = this.#round(t.larger, ICONS.larger, () => this.#nextTextSize());
    this.menu = this.#menu(answer);
    this.#showMenu(false);
    this.element = el(
      "section",
      { class: "panel", role: facts.inline ? "region" : "dialog", "aria-labelledby": "title", hidden: true },
      this.#header(close),
      ...facts.notices.map((notice) => el("p", { class: "notice" }, notice)),
      this.#reach(),
      this.offline,
      this.thread.element,
      this.card,
      this.hold.element,
      this.hold.news,
      this.idle.element,
      this.composer,
    );
    this.#showTextSize();
    for (const used of ["pointerdown", "keydown", "input"]) this.element.addEventListener(used, () => this.idle.touch());
    conversation.addEventListener("change", () => this.state === "ready" && this.#render());
    conversation.addEventListener("end", () => (this.#enter("closed"), this.element.hidden || this.#ended(t.ended)));
    if (facts.greeting) this.thread.element.prepend(el("p", { class: "hello" }, facts.greeting));
  }

  /** Hear of the connection for as long as the chat is in the page. @param {AbortSignal} signal */
  attend(signal) {
    const online = () => {
      this.#showOffline();
      if (this.state === "unreachable" && !this.element.hidden) void this.open();
    };
    addEventListener("online", online, { signal });
    addEventListener("offline", () => this.#showOffline(), { signal });
  }

  /** Whether a new chat may begin, as far as is known here. */
  get takesNew() {
    return this.facts.mode === "on" || this.facts.mode === "no_booking";
  }

  /** Show the conversation, or after three seconds how else to reach the clinic. */
  async open() {
    if (this.state === "ready") {
      this.#render();
      this.thread.shown();
      this.hold.look();
      return void this.conversation.listen();
    }
    if (this.state !== "ended") return this.#begin();
  }

  async #begin() {
    this.#attempt.abort();
    if (!this.takesNew && !this.conversation.storage.key) return this.#enter("off");
    const { signal } = (this.#attempt = new AbortController());
    this.#enter("opening");
    const timer = setTimeout(() => this.#enter("unreachable"), UNREACHABLE_MS);
    try {
      await this.#reachServer(signal);
      this.#enter("ready");
      if (!this.element.hidden) void this.conversation.listen();
    } catch (error) {
      const closed = error instanceof ApiError && error.code === "chat_closed";
      if (!signal.aborted) this.#enter(closed ? "off" : "unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  /** One request that is lost on its way is no reason to give up. @param {AbortSignal} signal */
  async #reachServer(signal) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.conversation.open(signal);
      } catch (error) {
        if (signal.aborted || tries === TRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS * tries));
      }
    }
  }

  /** Where the keyboard goes when the dialog opens and after an answer. */
  focus() {
    const typing = !this.composer.hidden && matchMedia(HAS_MOUSE).matches;
    if (typing) this.box.focus();
    else (this.thread.element.hidden ? this.card : this.thread.element).focus();
  }

  /** @param {State} state */
  #enter(state) {
    const hadFocus = this.element.matches(":focus-within");
    this.state = state;
    this.composer.hidden = state !== "ready";
    this.thread.element.hidden = state !== "ready";
    this.#showOffline();
    if (state === "opening") this.#showCard(el("p", { class: "opening", role: "status" }, this.t.opening));
    if (state === "unreachable") this.#showCard(...this.#unreachable());
    if (state === "off") this.#showCard(...this.#closedForNow());
    if (state === "ready") {
      this.#showCard();
      // a fresh greeting is news, a resumed chat is not
      this.#render(this.conversation.messages.size > 2);
      this.thread.follow();
    }
    if (hadFocus && state !== "opening") this.focus();
  }

  /** @param {boolean} [old] known before */
  #render(old) {
    this.thread.render(old);
    this.hold.show(this.thread.asking?.input?.hold_until);
    const visits = [...this.conversation.messages.values()].filter(({ visit }) => visit).length;
    if (visits > this.#visits && !old) this.onbooked();
    this.#visits = visits;
    if (!this.element.hidden) this.conversation.see();
  }

  /** @param {string} text @param {string} [shown] */
  #say(text, shown) {
    this.conversation.send(text, shown);
    this.thread.follow();
  }

  /** @param {string} label @param {string} path @param {() => void} onclick */
  #round(label, path, onclick) {
    return el("button", { type: "button", class: "round", "aria-label": label, onclick }, icon(path));
  }

  /** @param {() => void} close */
  #header(close) {
    const { t, facts } = this;
    const title = el("h2", { id: "title" }, facts.title, el("span", { class: "hidden" }, ` ${t.chat}`));
    const who = el("div", { class: "who" }, title, el("p", {}, t.role));
    const closing = facts.inline ? null : this.#round(t.close, ICONS.close, close);
    const mark = el("span", { class: "mark" }, icon(ICONS.knee));
    return el("div", { class: "head" }, mark, who, this.larger, this.menuButton, this.menu, closing);
  }

  /** @param {import("./types.js").Answer} answer */
  #menu(answer) {
    const { t } = this;
    const item = (/** @type {string} */ label, /** @type {() => void} */ act) =>
      el("button", { type: "button", onclick: () => (this.closeMenu(), act()) }, label);
    return el(
      "div",
      { class: "menu" },
      item(t.startOver, () => (this.state === "ready" ? answer(t.startOver) : void this.#begin())),
      item(t.save, () => this.#saveTranscript()),
      item(t.forget, () => this.#askForget()),
    );
  }

  /** Always in view: a person is one tap away. */
  #reach() {
    const { t, facts } = this;
    return el(
      "div",
      { class: "reach" },
      facts.phone ? el("a", { href: telHref(facts.phone) }, t.call(facts.phone)) : null,
      el("a", { href: "tel:911", class: "help" }, t.emergency),
    );
  }

  #textBox() {
    const { t } = this;
    const box = el("textarea", { id: "box", rows: 1, maxlength: MAX_TEXT, placeholder: t.placeholder, enterkeyhint: "send" });
    box.addEventListener("input", () => this.#grow());
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#sendTyped();
    });
    return box;
  }

  #composer() {
    const { t } = this;
    const onsubmit = (/** @type {Event} */ event) => (event.preventDefault(), this.#sendTyped());
    return el(
      "form",
      { class: "composer", hidden: true, onsubmit },
      el("label", { for: "box", class: "hidden" }, t.message),
      this.box,
      el("button", { type: "submit", class: "round send", "aria-label": t.send }, icon(ICONS.send)),
    );
  }

  #sendTyped() {
    const text = this.box.value.trim();
    if (!text) return;
    this.box.value = "";
    this.#grow();
    this.#say(text);
  }

  /** As many lines as the text needs, five at most. */
  #grow() {
    const { value } = this.box;
    this.box.rows = Math.min(5, value.split("\n").length + Math.floor(value.length / 36));
  }

  /** Esc closes the menu first. @returns {boolean} whether there was one to close */
  closeMenu() {
    if (this.menu.hidden) return false;
    this.#showMenu(false);
    this.menuButton.focus();
    return true;
  }

  /** @param {boolean} open */
  #showMenu(open) {
    this.menu.hidden = !open;
    if (open) import("./transcript.js").catch(() => {}); // there when the way to the server is not
    this.menuButton.setAttribute("aria-expanded", String(open));
  }

  #showOffline() {
    this.offline.textContent = navigator.onLine || this.state !== "ready" ? "" : this.t.offline;
  }

  /** @param {...Node} children nothing hides it */
  #showCard(...children) {
    this.card.replaceChildren(...children);
    this.card.hidden = !children.length;
    this.card.setAttribute("tabindex", "-1");
  }

  /** How else the clinic can be reached. */
  #otherWays() {
    const { t, facts } = this;
    return [
      ...(facts.phone ? [el("a", { class: "button primary", href: telHref(facts.phone) }, t.call(facts.phone))] : []),
      ...(facts.hours ? [el("p", {}, facts.hours)] : []),
    ];
  }

  #closedForNow() {
    const { t, facts } = this;
    const byPhone = facts.mode === "phone_only" && facts.phone;
    const [title, text] = byPhone ? [t.phoneOnly, t.phoneOnlyText] : [t.closed, facts.phone ? t.closedText : t.closedNoPhone];
    return [el("h3", {}, title), el("p", {}, text), ...this.#otherWays()];
  }

  #unreachable() {
    const { t } = this;
    const again = () => (void this.#begin(), this.card.focus());
    return [
      el("h3", {}, t.unreachable),
      el("p", {}, t.unreachableText),
      ...this.#otherWays(),
      el("button", { type: "button", class: "button", onclick: again }, t.tryAgain),
    ];
  }

  /** @param {string} note why there is no chat any more */
  #ended(note) {
    this.thread.clear();
    this.hold.show();
    this.box.value = "";
    this.#grow();
    this.#enter("ended");
    const again = () => (void this.#begin(), this.card.focus());
    this.#showCard(
      el("p", { role: "status" }, note),
      el("button", { type: "button", class: "button primary", onclick: again }, this.t.newChat),
    );
    this.card.focus();
  }

  #askForget() {
    const { t } = this;
    const failed = el("p", { class: "error", role: "alert" });
    const yes = () =>
      this.conversation.forget().then(
        ({ gone, detail }) => this.#ended(gone ? t.forgotten : detail || t.forgetPassedOn),
        () => (failed.textContent = t.forgetFailed),
      );
    const no = () => (this.#showCard(), this.focus());
    this.#showCard(
      el("h3", {}, t.forgetTitle),
      el("p", {}, t.forgetText),
      failed,
      el("button", { type: "button", class: "button danger", onclick: yes }, t.forgetYes),
      el("button", { type: "button", class: "button", onclick: no }, t.forgetNo),
    );
    this.card.focus();
  }

  /** @param {{label: string, path: string}} link a file of this conversation; the token goes with the request */
  async #download({ label, path }) {
    if (!this.conversation.key) return;
    try {
      this.#save(await this.conversation.client.download(this.conversation.key, path), path.split("/").pop() || label);
    } catch {
      this.offline.textContent = this.t.downloadFailed;
    }
  }

  async #saveTranscript() {
    try {
      const { transcript } = await import("./transcript.js");
      const { blob, name } = transcript(this.conversation, this.t, this.facts);
      this.#save(blob, name);
    } catch {
      this.offline.textContent = this.t.downloadFailed;
    }
  }

  /** @param {Blob} blob @param {string} name */
  #save(blob, name) {
    const href = URL.createObjectURL(blob);
    el("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    this.offline.textContent = "";
  }

  get #textSizeIndex() {
    return Math.max(0, TEXT_SIZES.indexOf(this.conversation.storage.textSlot.read()));
  }

  /** Larger, and from the largest back to where it began. */
  #nextTextSize() {
    const next = (this.#textSizeIndex + 1) % TEXT_SIZES.length;
    this.conversation.storage.textSlot.write(next ? TEXT_SIZES[next] : null);
    this.#showTextSize();
    this.thread.settle();
  }

  #showTextSize() {
    const index = this.#textSizeIndex;
    this.element.style.fontSize = `${TEXT_SIZES[index]}em`;
    this.larger.setAttribute("aria-label", index + 1 < TEXT_SIZES.length ? this.t.larger : this.t.normal);
  }
}
