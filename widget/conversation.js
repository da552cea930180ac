/** One conversation: its messages in order, what is still to be delivered, and listening for news. */

import { ApiError } from "./client.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Outgoing} Outgoing */

const RETRY_MS = [500, 1000, 2000, 4000, 8000];
const LISTEN_AGAIN_MS = [1000, 2000, 4000, 8000];

/** A random UUID; `randomUUID` itself is missing on pages without HTTPS. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Fires `change` after anything that shows, `typing` when staff type, `end` when the conversation is no more. */
export class Conversation extends EventTarget {
  /** @type {import("./client.js").Key | null} */
  key = null;
  /** @type {Map<number, Message>} */
  messages = new Map();
  /** @type {Outgoing[]} */
  outbox = [];
  /** @type {Map<string, string>} own words as they were shown; the server's copy may be a bare value, or be kept back */
  #said = new Map();
  #delivering = false;
  #wake = () => {};
  #listening = new AbortController();

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

  /** Take up the conversation that this browser knows, or start one. @param {AbortSignal} signal */
  async open(signal) {
    const key = this.storage.key;
    if (key) {
      try {
        this.#add(await this.client.history(key, 0, signal));
        this.key = key;
        this.outbox = this.storage.unsent(key.conversation).map((item) => ({ ...item, state: "sending" }));
        for (const { id, shown } of this.outbox) this.#said.set(id, shown);
        void this.#deliverAll();
        return;
      } catch (error) {
        if (!(error instanceof ApiError && error.gone)) throw error;
        this.storage.clear();
      }
    }
    const { conversation, token, messages } = await this.client.start(signal);
    this.key = { conversation, token };
    this.storage.key = this.key;
    this.#add(messages);
  }

  /** @param {string} text what is sent @param {string} [shown] what the bubble says */
  send(text, shown = text) {
    const id = newId();
    this.#said.set(id, shown);
    this.outbox.push({ id, text, shown, state: "sending" });
    this.#changed();
    void this.#deliverAll();
  }

  /** Try all that failed once more, under the same ids. */
  retry() {
    for (const item of this.outbox) item.state = "sending";
    this.#wake();
    this.#changed();
    void this.#deliverAll();
  }

  /** Delete it here, and there as far as the clinic may. */
  async forget() {
    const answer = this.key ? await this.client.forget(this.key) : { gone: true };
    this.#end();
    return answer;
  }

  /** Read events until `stopListening`; where they are not to be had, ask again and again. */
  async listen() {
    this.stopListening();
    const listening = new AbortController();
    this.#listening = listening;
    const { signal } = listening;
    for (let failures = 0; this.key && !signal.aborted; failures += 1) {
      try {
        for await (const { event, data } of this.client.events(this.key, this.complete, signal)) {
          failures = 0;
          if (event === "message") this.#add([data]);
          else if (event === "typing") this.dispatchEvent(new Event("typing"));
        }
      } catch {
        // a stream that breaks is normal: the next lines ask for what was missed
      }
      await this.#pause(LISTEN_AGAIN_MS[failures] ?? LISTEN_AGAIN_MS[LISTEN_AGAIN_MS.length - 1], signal);
      if (signal.aborted || !this.key) return;
      await this.client.history(this.key, this.complete, signal).then(
        (messages) => this.#add(messages),
        (error) => error.gone && this.#end(),
      );
    }
  }

  stopListening() {
    this.#listening.abort();
  }

  /** Deliver in the order typed: one after the other, each until it is answered or has failed. */
  async #deliverAll() {
    if (this.#delivering) return;
    this.#delivering = true;
    try {
      while (this.key && this.outbox[0]?.state === "sending") await this.#deliver(this.outbox[0]);
    } finally {
      this.#delivering = false;
    }
  }

  /** @param {Outgoing} item */
  async #deliver(item) {
    for (let tries = 0; this.key; tries += 1) {
      try {
        const { received, messages } = await this.client.send(this.key, item.id, item.text);
        this.outbox = this.outbox.filter((other) => other !== item);
        const own = /** @type {Message} */ ({ seq: received, from: "visitor", text: item.shown, id: item.id });
        this.#add([...(this.messages.has(received) ? [] : [own]), ...messages]);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.alert) item.alert = { text: error.message, alert: error.alert };
        if (error.gone) return this.#end();
        if (!error.passing || tries >= RETRY_MS.length) return this.#failed(item, error);
        item.state = "retrying";
        this.#changed();
        await this.#pause(RETRY_MS[tries]);
      }
    }
  }

  /** @param {Outgoing} item @param {ApiError} error */
  #failed(item, error) {
    item.problem = error.passing || error.alert ? undefined : error.message;
    if (error.code === "id_reused") this.#said.set((item.id = newId()), item.shown);
    for (const waiting of this.outbox) waiting.state = "failed"; // those behind it wait for it
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

  #end() {
    this.stopListening();
    this.key = null;
    this.outbox = [];
    this.messages.clear();
    this.#said.clear();
    this.storage.clear();
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
