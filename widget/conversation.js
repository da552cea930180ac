/** One conversation: its messages in order, what is still to be delivered, and listening for news. */

import { ApiError } from "./client.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Outgoing} Outgoing */

/** About a minute in all: a server that is started anew takes that long. */
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];
const MOST_WAIT_S = 60;
const OFFLINE_MS = 5000;
/** Between two looks, the longer the less there is to see. */
const ASK_MS = [1000, 2000, 4000, 8000, 15_000];
const ASK_CLOSED_MS = 30_000;
/** Where no stream came through, or none that lasted, the next try is not at once. */
const NO_STREAM_MS = 60_000;
const SHORT_STREAM_MS = 10_000;
/** In a closed chat that was left longer ago, nobody waits for news. */
const RECENT_MS = 86_400_000;

/** A random UUID; `randomUUID` itself is missing on pages without HTTPS. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Fires `change` after anything that shows, `typing` when somebody writes, `end` when the conversation is no more. */
export class Conversation extends EventTarget {
  /** @type {import("./client.js").Key | null} */
  key = null;
  /** @type {Map<number, Message>} */
  messages = new Map();
  /** @type {Outgoing[]} */
  outbox = [];
  /** Who answers: bot or staff. */
  handledBy = "bot";
  /** @type {Map<string, string>} own words as they were shown; the server's copy may be a bare value, or be kept back */
  #said = new Map();
  #delivering = false;
  #wake = () => {};
  #listening = new AbortController();
  #rarely = true;
  #streamFrom = 0;
  /** The server was away when it was asked last. */
  #lost = false;

  /** @param {import("./client.js").Client} client @param {import("./storage.js").Storage} storage */
  constructor(client, storage) {
    super();
    this.client = client;
    this.storage = storage;
  }

  /** All messages, oldest first. */
  get ordered() {
    return [...this.messages.values()].sort((one, other) => one.seq - other.seq);
  }

  /** The newest message before which none is missing: what to ask for next. */
  get complete() {
    let seq = 0;
    while (this.messages.has(seq + 1)) seq += 1;
    return seq;
  }

  /** How many messages of the clinic's nobody has seen. */
  get unread() {
    const seen = this.storage.key?.seen ?? Infinity;
    return this.key ? this.ordered.filter(({ seq, from }) => seq > seen && from !== "visitor").length : 0;
  }

  /** All that is here has been seen. */
  see() {
    const seen = Math.max(0, ...this.messages.keys());
    if (seen !== this.storage.key?.seen) this.storage.note({ seen });
  }

  /** Take up the conversation that this browser knows, or start one. @param {AbortSignal} signal */
  async open(signal) {
    if (await this.#takeUp(signal)) return;
    const { conversation, token, messages } = await this.client.start(signal);
    // another tab may have been quicker: both show the same chat
    if (await this.#takeUp(signal)) return;
    this.key = { conversation, token };
    this.storage.key = { ...this.key, seen: 0 };
    this.#add(messages);
  }

  /** @param {string} text what is sent @param {string} [shown] what the bubble says */
  send(text, shown = text) {
    const id = newId();
    this.#said.set(id, shown);
    this.outbox.push({ id, text, shown, state: "sending" });
    this.retry(false);
    this.#changed();
    void this.#deliverAll();
  }

  /** Try what failed once more, under the same ids. @param {boolean} [all] the visitor wants it; else not what was refused */
  retry(all = true) {
    const again = this.outbox.filter(({ state, refused }) => state === "failed" && (all || !refused));
    for (const item of again) item.state = "sending";
    this.#wake();
    if (again.length) this.#changed();
    void this.#deliverAll();
  }

  /** Delete it here, and there as far as the clinic may. */
  async forget() {
    const answer = this.key ? await this.client.forget(this.key) : { gone: true };
    this.#end();
    return answer;
  }

  /** Let go of it on this computer; the clinic keeps it. */
  leave() {
    this.key ??= this.storage.key;
    this.#end();
  }

  /**
   * Read events until `stopListening`; where they are not to be had, ask again and again.
   * @param {boolean} [rarely] the chat is closed: only ask now and then, and only while an answer may be expected
   */
  async listen(rarely = false) {
    this.stopListening();
    this.#rarely = rarely;
    const { signal } = (this.#listening = new AbortController());
    let known = -1;
    for (let quiet = 0; !signal.aborted; quiet += 1) {
      await this.#ask(signal, rarely);
      if (signal.aborted || !this.key || (rarely && !this.#isRecent())) return;
      if (!rarely && Date.now() >= this.#streamFrom) await this.#stream(this.key, signal);
      if (this.messages.size !== known) quiet = 0;
      known = this.messages.size;
      await this.#pause(rarely ? ASK_CLOSED_MS : ASK_MS[Math.min(quiet, ASK_MS.length - 1)], signal);
    }
  }

  stopListening() {
    this.#listening.abort();
  }

  /** After a sleep: what was missed is asked for, and what failed is sent, at once. */
  wake() {
    if (document.hidden) return;
    this.retry(false);
    this.#streamFrom = 0;
    void this.listen(this.#rarely);
  }

  /** Another tab has ended the conversation, or begun another one. */
  async follow() {
    const kept = this.storage.key;
    if (!this.key) {
      if (kept && this.#rarely) this.wake();
      return;
    }
    if (!kept) return this.#end();
    if (kept.conversation === this.key.conversation) return this.#changed();
    // two tabs began at the same moment: who has not said anything joins the other
    if (this.outbox.length || this.ordered.some(({ from }) => from === "visitor")) return this.wake();
    this.stopListening();
    await this.#takeUp().catch(() => false);
    this.wake();
  }

  /** The conversation that this browser keeps. @param {AbortSignal} [signal] @returns {Promise<boolean>} there is one */
  async #takeUp(signal) {
    const key = this.storage.key;
    if (!key) return false;
    try {
      const { messages, handled_by } = await this.client.history(key, 0, signal);
      if (this.key?.conversation !== key.conversation) {
        this.#clear();
        this.key = key;
        this.outbox = this.storage.unsent(key.conversation).map((item) => ({ ...item, state: "sending" }));
        for (const { id, shown } of this.outbox) this.#said.set(id, shown);
      }
      this.handledBy = handled_by;
      this.#add(messages);
      void this.#deliverAll();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError && error.gone)) throw error;
      this.storage.clear(key.conversation);
      return false;
    }
  }

  /** Take in what the server says until the stream breaks, as streams do. @param {import("./client.js").Key} key @param {AbortSignal} signal */
  async #stream(key, signal) {
    const began = Date.now();
    this.#streamFrom = began + NO_STREAM_MS;
    try {
      for await (const { event, data } of this.client.events(key, this.complete, signal)) {
        if (Date.now() - began > SHORT_STREAM_MS) this.#streamFrom = 0;
        this.#found();
        if (event === "message") this.#add([data]);
        if (event === "typing") this.#typing(data);
      }
    } catch {
      this.#lost = true;
    }
  }

  /** What came since. @param {AbortSignal} signal @param {boolean} mayTakeUp */
  async #ask(signal, mayTakeUp) {
    try {
      if (!this.key) {
        if (mayTakeUp) await this.#takeUp(signal);
        return;
      }
      const { messages, handled_by } = await this.client.history(this.key, this.complete, signal);
      this.handledBy = handled_by;
      this.#add(messages);
      this.#found();
    } catch (error) {
      this.#lost = true;
      if (error instanceof ApiError && error.gone) this.#end();
    }
  }

  /** The server answers: if it was away, what failed meanwhile is sent. */
  #found() {
    if (this.#lost) this.retry(false);
    this.#lost = false;
  }

  #isRecent() {
    const newest = this.ordered.pop()?.at;
    return this.handledBy === "staff" || Date.now() - Date.parse(newest ?? "") < RECENT_MS;
  }

  /** @param {{from?: string}} data who; without it the helper, which is silent where a person answers */
  #typing({ from = "bot" }) {
    if (from === this.handledBy || from === "staff") this.dispatchEvent(new CustomEvent("typing", { detail: from }));
  }

  /** Deliver in the order typed: one after the other, each until it is answered or has failed. */
  async #deliverAll() {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      for (let item; (item = this.key && this.outbox.find(({ state }) => state !== "failed")); ) await this.#deliver(item);
    } finally {
      this.#delivering = false;
    }
  }

  /** @param {Outgoing} item */
  async #deliver(item) {
    for (let tries = 0; this.key && this.outbox.includes(item); tries += navigator.onLine ? 1 : 0) {
      try {
        const { received, handled_by, messages } = await this.client.send(this.key, item.id, item.text);
        if (!this.outbox.includes(item)) return; // the conversation ended meanwhile
        this.outbox = this.outbox.filter((other) => other !== item);
        this.handledBy = handled_by;
        const at = new Date().toISOString();
        const own = /** @type {Message} */ ({ seq: received, from: "visitor", text: item.shown, id: item.id, at });
        this.#add([...(this.messages.has(received) ? [] : [own]), ...messages]);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!this.outbox.includes(item)) return;
        if (error.alert) item.alert = { text: error.message, alert: error.alert };
        if (error.gone) return this.#end();
        if (!error.passing || (tries >= RETRY_MS.length && navigator.onLine)) return this.#failed(item, error);
        item.state = "retrying";
        this.#changed();
        const wait = Math.min(error.wait, MOST_WAIT_S) * 1000;
        await this.#pause(Math.max(wait, navigator.onLine ? RETRY_MS[tries] : OFFLINE_MS));
      }
    }
  }

  /** @param {Outgoing} item @param {ApiError} error */
  #failed(item, error) {
    item.refused = !error.passing;
    item.problem = error.passing || error.alert ? undefined : error.message;
    if (error.code === "id_reused") this.#said.set((item.id = newId()), item.shown);
    // those behind it wait for it, unless waiting is no help
    for (const waiting of item.refused ? [item] : this.outbox) waiting.state = "failed";
    this.#changed();
  }

  /** @param {Message[]} messages those already here are left alone */
  #add(messages) {
    const fresh = messages.filter(({ seq }) => Number.isInteger(seq) && !this.messages.has(seq));
    for (const message of fresh) {
      this.messages.set(message.seq, { ...message, text: this.#said.get(message.id ?? "") ?? message.text });
    }
    this.#changed();
  }

  #changed() {
    if (this.key) this.storage.keepUnsent(this.key.conversation, this.outbox);
    this.dispatchEvent(new Event("change"));
  }

  #clear() {
    this.outbox = [];
    this.messages.clear();
    this.#said.clear();
    this.handledBy = "bot";
  }

  #end() {
    this.stopListening();
    this.storage.clear(this.key?.conversation);
    this.key = null;
    this.#clear();
    this.dispatchEvent(new Event("end"));
  }

  /** A pause with some chance in it, cut short by `retry`. @param {number} ms @param {AbortSignal} [signal] */
  #pause(ms, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      const wake = () => (clearTimeout(timer), resolve(undefined));
      if (signal) signal.addEventListener("abort", wake, { once: true });
      else this.#wake = wake;
    });
  }
}
