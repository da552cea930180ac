/** The chat as a text file that its owner can keep; loaded when the menu is first opened. */

/** @type {Record<string, {copy: (clinic: string, at: string) => string, notSent: string}>} */
const WORDS = {
  en: {
    copy: (clinic, at) =>
      `${clinic}: a copy of your chat, saved on ${at}\nThis is not a medical record. Times are those of your device.`,
    notSent: "not sent",
  },
};

/**
 * @param {import("./conversation.js").Conversation} conversation
 * @param {import("./texts.js").Texts} t
 * @param {{clinic: string, lang: string}} facts
 * @returns {{blob: Blob, name: string}} the day is in its name
 */
export function transcript({ ordered, outbox }, t, { clinic, lang }) {
  const words = WORDS[lang] ?? WORDS.en;
  const format = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });
  const names = { visitor: t.you, bot: t.helper, staff: t.staff };
  const known = new Set(ordered.map(({ id }) => id));
  const lines = ordered.map(({ at = "", from, alert = "", text }) => {
    const time = Date.parse(at) ? `[${format.format(new Date(at))}] ` : "";
    const mark = alert && `*** ${(/^emergency/.test(alert) ? t.urgent : t.important).toUpperCase()} *** `;
    return `${time}${names[from]}: ${mark}${text ?? t.keptBack}`;
  });
  for (const { id, shown } of outbox) if (!known.has(id)) lines.push(`${t.you} (${words.notSent}): ${shown}`);
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  const text = [words.copy(clinic, format.format(now)), ...lines].join("\n\n");
  return { blob: new Blob([text, "\n"], { type: "text/plain" }), name: `knee-chat-${day}.txt` };
}
