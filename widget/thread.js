/** The messages, the typing sign and the open question's input: always what the conversation holds. */

import { bubble, delivery } from "./bubbles.js";
import { el } from "./dom.js";
import { inputFor } from "./inputs.js";
import { Rating } from "./rating.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Outgoing} Outgoing */

const TYPING_MS = 400;
const STAFF_TYPING_MS = 6000;
const NEAR_END_PX = 120;
/** Less is no move of the reader's: lines come and go. */
const MOVED_PX = 40;
/** The lines of one reply may come one by one: together they are the news. */
const ONE_REPLY_MS = 2000;

/** @param {Message} message a visitor's message keeps its name when the server has counted it */
const nameOf = ({ id, seq }) => id ?? `seq-${seq}`;

export class Thread {
  /** @type {Map<string, HTMLElement>} */
  #shown = new Map();
  #question = "";
  /** @type {Message | undefined} the message that asks the open question */
  asking;
  #following = true;
  /** Where the thread was last put; what is far from there is where the reader went. */
  #placed = 0;
  /** @type {Element | null} the first line of what came last */
  #news = null;
  /** When the last line came. */
  #newsAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typingTimer;

  /**
   * @param {import("./conversation.js").Conversation} conversation
   * @param {import("./texts.js").Texts} t
   * @param {import("./types.js").Answer} answer
   * @param {(link: {label: string, path: string}) => void} download
   * @param {string} phone
   */
  constructor(conversation, t, answer, download, phone) {
    this.conversation = conversation;
    this.t = t;
    this.answer = answer;
    this.download = download;
    this.phone = phone;
    this.log = el("div", { class: "log", role: "log", "aria-label": t.chat });
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.writer = el("span", { class: "hidden" });
    this.typing = el("div", { class: "typing", hidden: true }, dots, this.writer);
    this.input = el("div", { class: "input" });
    const down = () => (this.follow(), this.element.focus());
    this.more = el("button", { type: "button", class: "button primary more", hidden: true, onclick: down }, t.newMessage);
    this.rating = new Rating(conversation, t);
    const parts = [this.log, this.rating.element, this.typing, this.input, this.more];
    this.element = el("div", { class: "scroller", tabindex: 0, role: "group", "aria-label": t.chat }, ...parts);
    this.input.addEventListener("ready", () => this.settle());
    this.element.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    conversation.addEventListener("typing", (event) => {
      this.#showTyping(0, /** @type {CustomEvent} */ (event).detail, STAFF_TYPING_MS);
    });
  }

  /** Bring the page in line with the conversation, touching only what changed. @param {boolean} [old] known before */
  render(old = false) {
    const { outbox, ordered } = this.conversation;
    const known = new Set(ordered.map(({ id }) => id));
    const unsent = outbox
      .filter(({ id }) => !known.has(id))
      .map(({ id, shown }) => /** @type {Message} */ ({ seq: 0, from: "visitor", text: shown, id }));
    const alerts = outbox.flatMap(({ id, alert }) =>
      alert ? [/** @type {Message} */ ({ seq: 0, from: "bot", id: `alert-${id}`, ...alert })] : [],
    );
    const all = [...ordered, ...unsent, ...alerts];
    /** @type {HTMLElement[]} */
    const fresh = [];
    // what was said before is not read out again
    const isNews = all.some((message) => !this.#shown.has(nameOf(message)));
    if (isNews) this.log.setAttribute("aria-live", old ? "off" : "polite");
    let next = this.log.firstChild;
    for (const message of all) {
      const isNew = !this.#shown.has(nameOf(message));
      const node = this.#node(message, old);
      if (isNew) fresh.push(node);
      if (node === next) next = node.nextSibling;
      else this.log.insertBefore(node, next);
    }
    this.#dropOthers(all);
    this.#showDelivery(all);
    this.#showInput(all);
    this.rating.show(all[all.length - 1]);
    const waiting = outbox.find(({ state }) => state !== "failed");
    if (waiting?.state === "sending" && this.conversation.handledBy === "bot") this.#showTyping(TYPING_MS, "bot");
    else this.#hideTyping();
    if (fresh.length) this.#place(fresh, old);
  }

  /** Show what is new, or say that it is there to who is reading or filling in something else. */
  #place(/** @type {HTMLElement[]} */ fresh, /** @type {boolean} */ old) {
    const before = fresh[0].previousElementSibling;
    const first = old ? [...this.log.querySelectorAll(".visitor")].pop() : before?.matches(".visitor") ? before : fresh[0];
    const busy = this.input.matches(":focus-within") || !this.#following || !this.element.clientHeight;
    const goesOn = this.#news && !fresh[0].matches(".visitor, .staff") && Date.now() - this.#newsAt < ONE_REPLY_MS;
    if (this.more.hidden && !goesOn) this.#news = first ?? fresh[0];
    this.#newsAt = Date.now();
    if (!busy) this.toNews();
    else if (fresh.some((node) => !node.matches(".visitor"))) this.more.hidden = false;
  }

  clear() {
    this.#shown.clear();
    this.#question = "";
    this.asking = undefined;
    this.#news = null;
    this.#placed = 0;
    this.#following = this.more.hidden = true;
    this.#hideTyping();
    this.rating.show();
    this.log.replaceChildren();
    this.input.replaceChildren();
  }

  /** After an own message: whatever comes next is shown. */
  follow() {
    this.#following = true;
    this.more.hidden = true;
    this.toNews();
  }

  /** The lines have moved: who was at the news stays there. */
  settle() {
    if (this.#following) this.toNews();
  }

  /** The chat is shown again: where it was left, or at what came meanwhile. */
  shown() {
    this.element.scrollTop = this.#placed;
    if (this.#following) this.follow();
  }

  /** Scroll to the end, but never past the first line of what is new, and never back. */
  toNews() {
    requestAnimationFrame(() => {
      const { element } = this;
      if (!element.clientHeight) return;
      const end = element.scrollHeight - element.clientHeight;
      const first = /** @type {HTMLElement | null} */ (this.#news)?.offsetTop ?? 0;
      element.scrollTop = Math.max(element.scrollTop, Math.min(end, first - 12));
      this.#placed = element.scrollTop;
    });
  }

  /** Who scrolls away is left there; who is back at the end follows again. */
  #scrolled() {
    const { element } = this;
    if (!element.clientHeight) return;
    if (this.#nearEnd()) {
      this.#following = this.more.hidden = true;
    } else if (Math.abs(element.scrollTop - this.#placed) > MOVED_PX) {
      this.#following = false;
    }
    if (!this.#following || this.#nearEnd()) this.#placed = element.scrollTop;
  }

  #nearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  /** @param {Message} message @param {boolean} old */
  #node(message, old) {
    const name = nameOf(message);
    const { download, phone, answer } = this;
    const node = this.#shown.get(name) ?? bubble(message, this.t, { fresh: !old, phone, answer, download });
    this.#shown.set(name, node);
    return node;
  }

  /** An alert that stood in for a failed answer goes when the answer is here. */
  #dropOthers(/** @type {Message[]} */ all) {
    const names = new Set(all.map(nameOf));
    for (const [name, node] of this.#shown) {
      if (names.has(name)) continue;
      node.remove();
      this.#shown.delete(name);
    }
  }

  /** Sending or failed under all that is not answered yet; sent under the last words until the answer is here. */
  #showDelivery(/** @type {Message[]} */ all) {
    const { ordered, outbox } = this.conversation;
    const waiting = new Map(outbox.map((item) => [item.id, item]));
    for (const message of all) {
      if (message.from !== "visitor") continue;
      const item = waiting.get(message.id ?? "");
      const state = item?.state ?? (message === ordered[ordered.length - 1] ? "sent" : "");
      const node = this.#shown.get(nameOf(message));
      if (!node || (node.dataset.state ?? "") === state) continue;
      node.dataset.state = state;
      node.querySelector(".delivery")?.remove();
      if (state) node.append(delivery(item, this.t, () => this.conversation.retry()));
    }
  }

  /** The input of the last question, unless it is answered already. */
  #showInput(/** @type {Message[]} */ all) {
    const answered = all.map(({ from }) => from).lastIndexOf("visitor");
    const open = all.slice(answered + 1).filter(({ input, choices }) => input || choices?.length);
    const asking = (this.asking = open[open.length - 1]);
    const name = asking ? nameOf(asking) : "";
    if (name === this.#question) return;
    this.#question = name;
    const input = asking && inputFor(asking, this.t, this.answer);
    const hadFocus = this.input.matches(":focus-within");
    this.input.replaceChildren(...(input ? [input] : []));
    if (hadFocus) this.element.focus({ preventScroll: true });
    this.input.dataset.kind = asking?.input?.kind ?? "";
  }

  /** Three dots once somebody takes longer than a moment. @param {number} after @param {string} who @param {number} [lasting] */
  #showTyping(after, who, lasting) {
    clearTimeout(this.#typingTimer);
    this.#typingTimer = setTimeout(() => {
      this.writer.textContent = who === "staff" ? this.t.staffTyping : this.t.typing;
      this.typing.hidden = false;
      if (this.#following) this.toNews();
      if (lasting) this.#typingTimer = setTimeout(() => this.#hideTyping(), lasting);
    }, after);
  }

  #hideTyping() {
    clearTimeout(this.#typingTimer);
    this.typing.hidden = true;
  }
}
