/** One quiet button under the last answer, where the server says that it may be rated: it is not what was meant. */

import { el } from "./dom.js";

/** @typedef {import("./types.js").Message} Message */

export class Rating {
  /** @type {Message | undefined} */
  #answer;

  /** @param {import("./conversation.js").Conversation} conversation @param {import("./texts.js").Texts} t */
  constructor(conversation, t) {
    this.conversation = conversation;
    this.t = t;
    this.button = el("button", { type: "button", onclick: () => this.#press() }, t.notMeant);
    this.note = el("span", { role: "status" });
    this.element = el("div", { class: "rating", hidden: true }, this.button, this.note);
  }

  /** @param {Message} [last] what was said last, by whomever */
  show(last) {
    if (last === this.#answer) return;
    this.#answer = last;
    if (this.element.matches(":focus-within")) this.element.parentElement?.focus({ preventScroll: true });
    this.element.hidden = last?.down === undefined;
    this.#say("");
  }

  /** @param {string} note */
  #say(note) {
    this.note.textContent = note;
    this.button.setAttribute("aria-pressed", String(!!this.#answer?.down));
  }

  /** Put the thumb down, or take it back. */
  async #press() {
    const { conversation, t } = this;
    const answer = this.#answer;
    if (!answer || !conversation.key) return;
    const down = !answer.down;
    let note = down ? t.noted : "";
    try {
      await conversation.client.thumb(conversation.key, answer.seq, down);
      answer.down = down;
    } catch {
      note = t.notNoted;
    }
    if (answer === this.#answer) this.#say(note);
  }
}
