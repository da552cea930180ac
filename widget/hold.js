/** How much longer a picked time is kept: one line, from two minutes before its end on. */

import { el } from "./dom.js";

const NOTICE_MS = 120_000;
export const MINUTE_MS = 60_000;
/** Timers stand still while a computer sleeps: the clock is looked at this often. */
const LOOK_MS = 15_000;

export class Hold {
  #until = NaN;
  /** What was read out: each end once, and once that it has come. */
  #said = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./texts.js").Texts} t
   * @param {() => void} keep
   * @param {() => void} focus where the keyboard goes when its button is no more
   */
  constructor(t, keep, focus) {
    this.t = t;
    this.focus = focus;
    this.line = el("p");
    this.button = el("button", { type: "button", class: "button", onclick: keep }, t.keepLonger);
    this.element = el("div", { class: "hold", hidden: true }, this.line, this.button);
    // the line itself is silent, or it would be read out each minute
    this.news = el("p", { class: "hidden", role: "status" });
  }

  /** @param {string} [until] ISO 8601; nothing where no time is kept */
  show(until = "") {
    const end = Date.parse(until);
    if (Object.is(end, this.#until)) return;
    this.#until = end;
    this.look();
  }

  /** Bring the line in step with the clock. */
  look() {
    clearTimeout(this.#timer);
    const left = this.#until - Date.now();
    const minutes = Math.max(0, Math.ceil(left / MINUTE_MS));
    const shown = left <= NOTICE_MS; // not where nothing is kept: no comparison with NaN is true
    const hadFocus = this.button.matches(":focus");
    const appears = shown && this.element.hidden;
    this.element.hidden = !shown;
    this.button.hidden = !minutes;
    this.line.textContent = !shown ? "" : minutes ? this.t.keptFor(minutes) : this.t.keptNoMore;
    this.#tell(shown ? `${this.#until} ${minutes > 0}` : "");
    if (hadFocus && !(shown && minutes)) this.focus();
    if (appears) this.#keepFieldInView();
    if (left > 0) {
      const next = shown ? left - (minutes - 1) * MINUTE_MS : left - NOTICE_MS;
      this.#timer = setTimeout(() => this.look(), Math.min(next, LOOK_MS));
    }
  }

  /** The line takes room from the thread: what is being filled in there must not slip out of sight. */
  #keepFieldInView() {
    const root = /** @type {ShadowRoot} */ (this.element.getRootNode());
    root.activeElement?.scrollIntoView({ block: "nearest" });
  }

  /** Read the line out, unless that was done or nobody can hear it in a closed chat. @param {string} what */
  #tell(what) {
    const isNews = what && what !== this.#said && this.element.getClientRects().length > 0;
    this.news.textContent = isNews ? this.line.textContent : "";
    if (isNews) this.#said = what;
  }
}
