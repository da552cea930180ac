/** What this browser keeps: the key to the conversation, words that are not delivered yet, the size of the text. */

/** @typedef {import("./types.js").Outgoing} Outgoing */
/** @typedef {import("./client.js").Key} Key */
/** @typedef {Key & {seen?: number, at?: number}} KeptKey seen: the newest message read; at: when the chat was last used */

/**
 * Storage may be forbidden (private windows, strict settings): then things live as long as the page.
 * @param {"localStorage"|"sessionStorage"} kind
 * @param {string} name
 */
export function slot(kind, name) {
  /** @type {string | null} */
  let kept = null;
  let forbidden = false;
  return {
    name,
    read() {
      try {
        if (!forbidden) kept = window[kind].getItem(name);
        return JSON.parse(kept ?? "null");
      } catch {
        return null;
      }
    },
    /** @param {unknown} value null removes it */
    write(value) {
      kept = value === null ? null : JSON.stringify(value);
      try {
        if (kept === null) window[kind].removeItem(name);
        else window[kind].setItem(name, kept);
        forbidden = false;
      } catch {
        forbidden = true; // kept for this page
      }
    },
  };
}

export class Storage {
  /** @param {string} clinicKey */
  constructor(clinicKey) {
    this.keySlot = slot("localStorage", `knee-intake:${clinicKey}`);
    this.textSlot = slot("localStorage", `knee-intake:${clinicKey}:text`);
    // a tab's own, gone with it: patients' words do not stay on a shared computer
    this.outboxSlot = slot("sessionStorage", `knee-intake:${clinicKey}:unsent`);
  }

  /** @returns {KeptKey | null} */
  get key() {
    const value = this.keySlot.read();
    return typeof value?.conversation === "string" && typeof value?.token === "string" ? value : null;
  }

  /** @param {KeptKey} value */
  set key(value) {
    this.keySlot.write(value);
  }

  /** Remember something beside the key, as long as there is one. @param {{seen?: number, at?: number}} more */
  note(more) {
    const { key } = this;
    if (key) this.key = { ...key, ...more };
  }

  /** Another tab has changed or removed the key. @param {() => void} act @param {AbortSignal} signal */
  onChange(act, signal) {
    addEventListener("storage", ({ key }) => (key === null || key === this.keySlot.name) && act(), { signal });
  }

  /** @param {string} conversation @returns {Outgoing[]} */
  unsent(conversation) {
    const value = this.outboxSlot.read();
    return value?.conversation === conversation ? value.items : [];
  }

  /** @param {string} conversation @param {Outgoing[]} items */
  keepUnsent(conversation, items) {
    this.outboxSlot.write(items.length ? { conversation, items } : null);
  }

  /** Another tab may have begun a new conversation meanwhile: that one stays. @param {string} [conversation] */
  clear(conversation) {
    if (this.key?.conversation === conversation) this.keySlot.write(null);
    this.outboxSlot.write(null);
  }
}
