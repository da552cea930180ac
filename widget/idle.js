/** For computers that many people use: after a while without a touch a warning, two minutes later the chat is locked. */

import { el } from "./dom.js";
import { MINUTE_MS } from "./hold.js";

const LOCK_MINUTES = 2;
const IDLE_LOOK_MS = 5_000;

/** How many minutes the tag asks for. @param {{shared?: string, idleMinutes?: string}} data @returns {number} 0: never */
export function idleMinutes({ shared, idleMinutes = shared === undefined ? "" : "20" }) {
  return Math.max(0, Number(idleMinutes)) || 0;
}

export class Idle {
  /**
   * The clock counts, not timers, and all tabs count as one; so it holds over sleep, reload and a closed tab.
   * @param {number} minutes
   * @param {import("./storage.js").Storage} storage
   * @param {import("./texts.js").Texts} t
   * @param {() => void} lock
   * @param {() => void} focus where the keyboard goes when its button is no more
   */
  constructor(minutes, storage, t, lock, focus) {
    this.limit = minutes * MINUTE_MS;
    this.storage = storage;
    this.t = t;
    this.lock = lock;
    this.focus = focus;
    this.news = el("p", { role: "status" });
    this.button = el("button", { type: "button", class: "button", onclick: () => this.touch() }, t.stillHere);
    this.button.hidden = true;
    this.element = el("div", { class: "idle" }, this.news, this.button);
  }

  /** @param {AbortSignal} signal ends it */
  watch(signal) {
    if (!this.limit) return;
    const beat = setInterval(() => this.look(), IDLE_LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(beat));
    this.look();
  }

  /** Somebody is here. */
  touch() {
    if (!this.limit || this.look()) return; // who comes too late does not open what has to be closed
    this.storage.note({ at: Date.now() });
    this.look();
  }

  /** Bring it in step with the clock. @returns {boolean} it has been locked */
  look() {
    if (!this.limit) return false;
    const { key } = this.storage;
    if (key && !key.at) this.storage.note({ at: Date.now() });
    const left = (key?.at ?? Date.now()) + this.limit + LOCK_MINUTES * MINUTE_MS - Date.now();
    const warns = !!key && left > 0 && left <= LOCK_MINUTES * MINUTE_MS;
    const hadFocus = this.button.matches(":focus");
    if (this.button.hidden === warns) {
      this.button.hidden = !warns;
      this.element.classList.toggle("on", warns);
      this.news.textContent = warns ? this.t.stillThere : "";
    }
    if (key && left <= 0) return this.lock(), true;
    if (hadFocus && !warns) this.focus();
    return false;
  }
}
