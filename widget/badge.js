/** How many messages wait behind the closed launcher: a number to see, words to hear. */

import { el } from "./dom.js";

/**
 * @param {HTMLElement} launcher
 * @param {import("./texts.js").Texts} t
 */
export function badgeOn(launcher, t) {
  const count = el("span", { class: "badge", "aria-hidden": "true", hidden: true });
  const words = el("span", { class: "hidden" });
  const news = el("p", { class: "hidden", role: "status" });
  launcher.append(words, count);
  return {
    news,
    /** @param {number} unread */
    show(unread) {
      if (count.textContent === String(unread)) return;
      count.textContent = String(unread);
      count.hidden = !unread;
      news.textContent = unread ? t.unread(unread) : "";
      words.textContent = news.textContent && ` ${news.textContent}`;
    },
  };
}
