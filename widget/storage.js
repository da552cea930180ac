/** What this browser keeps: the key to the conversation, and words that are not delivered yet. */

/** @typedef {import("./types.js").Outgoing} Outgoing */
/** @typedef {import("./client.js").Key} Key */

/**
 * Storage may be forbidden (private windows, strict settings): then things live as long as the page.
 * @param {"localStorage"|"sessionStorage"} kind
 * @param {string} name
 */
function slot(kind, name) {
  /** @type {string | null} */
  let kept = null;
  return {
    read() {
      try {
        kept = window[kind].getItem(name) ?? kept;
        return JSON.parse(kept ?? "null");
      } catch {
        return JSON.parse(kept ?? "null");
      }
    },
    /** @param {unknown} value null removes it */
    write(value) {
      kept = value === null ? null : JSON.stringify(value);
      try {
        if (kept === null) window[kind].removeItem(name);
        else window[kind].setItem(name, kept);
      } catch {
        // kept for this page
      }
    },
  };
}

export class Storage {
  /** @param {string} clinicKey */
  constructor(clinicKey) {
    this.keySlot = slot("localStorage", `knee-intake:${clinicKey}`);
    // a tab's own, gone with it: patients' words do not stay on a shared computer
    this.outboxSlot = slot("sessionStorage", `knee-intake:${clinicKey}:unsent`);
  }

  /** @returns {Key | null} */
  get key() {
    const value = this.keySlot.read();
    return typeof value?.conversation === "string" && typeof value?.token === "string" ? value : null;
  }

  /** @param {Key} value */
  set key(value) {
    this.keySlot.write(value);
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

  clear() {
    this.keySlot.write(null);
    this.outboxSlot.write(null);
  }
}
