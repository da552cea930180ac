/** The visitor API: one method for each call, errors that know whether trying again can help. */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {{conversation: string, token: string}} Key */

const QUICK_MS = 10_000;
const TURN_MS = 40_000; // longer than the server's own limit for a turn, so that it speaks first
/** A stream says something at once, then every 15 seconds: one that does not is held back on its way, or dead. */
const FIRST_SIGN_MS = 8_000;
const SIGN_MS = 40_000;

/** What the server, or the way to it, said instead of an answer. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 where nothing came back
   * @param {Record<string, any>} [problem] RFC 9457
   * @param {number} [wait] seconds until the server wants to be asked again
   */
  constructor(status, problem = {}, wait = 0) {
    super(problem.detail || problem.title || "");
    this.status = status;
    this.wait = wait;
    this.code = problem.code;
    /** @type {string | undefined} an urgency: the words are an alert, to be shown even though the turn failed */
    this.alert = problem.alert;
  }

  /** The same request may work later. */
  get passing() {
    return this.status === 0 || this.status >= 500 || [408, 425, 429].includes(this.status);
  }

  /** The conversation is no more, or this key does not open it. The server itself says so, not a gate before it. */
  get gone() {
    return !!this.code && [401, 403, 404, 410].includes(this.status);
  }
}

export class Client {
  /** @param {URL} base ends with /api/ */
  constructor(base) {
    this.base = base;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{token?: string, body?: unknown, signal?: AbortSignal, ms?: number, headers?: Record<string, string>}} [options]
   */
  async request(method, path, { token, body, signal, ms, headers = {} } = {}) {
    const stop = new AbortController();
    const timer = ms && setTimeout(() => stop.abort(), ms);
    signal?.addEventListener("abort", () => stop.abort(), { once: true });
    if (signal?.aborted) stop.abort();
    try {
      const response = await fetch(new URL(path, this.base), {
        method,
        headers: {
          ...headers,
          ...(token && { Authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "Content-Type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        signal: stop.signal,
      });
      if (!response.ok) {
        const wait = Number(response.headers.get("Retry-After")) || 0;
        throw new ApiError(response.status, await response.json().catch(() => ({})), wait);
      }
      return response;
    } catch (error) {
      throw error instanceof ApiError ? error : new ApiError(0);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {AbortSignal} [signal] @returns {Promise<Key & {messages: Message[]}>} */
  async start(signal) {
    return (await this.request("POST", "conversations", { body: {}, signal, ms: TURN_MS })).json();
  }

  /**
   * @param {Key} key
   * @param {string} id the same for every try, so that nothing is heard twice
   * @param {string} text
   * @returns {Promise<{received: number, handled_by: string, messages: Message[]}>}
   */
  async send({ conversation, token }, id, text) {
    const path = `conversations/${conversation}/messages`;
    return (await this.request("POST", path, { token, body: { id, text }, ms: TURN_MS })).json();
  }

  /** @param {Key} key @param {number} seq of an answer @param {boolean} down it is not what was meant */
  async thumb({ conversation, token }, seq, down) {
    await this.request("POST", `conversations/${conversation}/messages/${seq}/thumb`, { token, body: { down }, ms: QUICK_MS });
  }

  /** @param {Key} key @param {number} after @param {AbortSignal} [signal] @returns {Promise<{messages: Message[], handled_by: string}>} */
  async history({ conversation, token }, after, signal) {
    const path = `conversations/${conversation}/messages?after=${after}`;
    return (await this.request("GET", path, { token, signal, ms: QUICK_MS })).json();
  }

  /** @param {Key} key @returns {Promise<{gone: boolean, detail?: string}>} not gone: the wish was passed on */
  async forget({ conversation, token }) {
    const response = await this.request("DELETE", `conversations/${conversation}`, { token, ms: QUICK_MS });
    if (response.status === 204) return { gone: true };
    return { gone: false, ...(await response.json().catch(() => ({}))) };
  }

  /** @param {Key} key @param {string} path of this server; others are refused, for they would get the token */
  async download({ token }, path) {
    const url = new URL(path, this.base);
    if (url.origin !== this.base.origin) throw new ApiError(400);
    return (await this.request("GET", url.href, { token, ms: QUICK_MS })).blob();
  }

  /**
   * Server-sent events by fetch, since EventSource can send no token but in the address.
   * @param {Key} key
   * @param {number} after
   * @param {AbortSignal} signal
   * @returns {AsyncGenerator<{event: string, data: any}>} a sign of life has an empty event
   */
  async *events({ conversation, token }, after, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    const stop = new AbortController();
    const end = () => stop.abort();
    signal.addEventListener("abort", end, { once: true });
    let timer = setTimeout(end, FIRST_SIGN_MS);
    try {
      const path = `conversations/${conversation}/events`;
      const response = await this.request("GET", path, { token, signal: stop.signal, headers });
      if (!response.body || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new ApiError(0);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(end, SIGN_MS);
        rest += decoder.decode(part.value, { stream: true });
        const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
        rest = blocks.pop() ?? "";
        for (const block of blocks) yield parseEvent(block) ?? { event: "", data: null };
      }
    } finally {
      clearTimeout(timer);
      end();
    }
  }
}

/** @param {string} block @returns {{event: string, data: any} | null} null for comments and what is no JSON */
export function parseEvent(block) {
  let event = "message";
  let data = "";
  for (const line of block.split(/\r\n|\n|\r/)) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    if (line.startsWith("data:")) data += line.slice(5);
  }
  try {
    return data ? { event, data: JSON.parse(data) } : null;
  } catch {
    return null;
  }
}
