// The console's few moving parts: copy the summary, follow what changes, write to a patient, sign out with the session.

const every = 5000; // milliseconds between two looks
const everyWhileTold = 30_000; // where live.js hears of each change
const warnBefore = 60; // seconds

let gone = false; // the conversation was deleted

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  let done = true;
  try {
    await navigator.clipboard.writeText(source.textContent);
  } catch {
    done = select(source); // plain http on another machine has no clipboard
  }
  button.textContent = done ? "Copied" : "Press Ctrl+C to copy";
  if (button.dataset.told) tell(button.dataset.told, button.dataset.csrf);
  say(button.textContent);
  setTimeout(() => { button.textContent = "Copy as text"; }, 4000);
}

/** What leaves the page is written down on the server. */
function tell(address, csrf) {
  fetch(address, { method: "POST", body: new URLSearchParams({ csrf }), keepalive: true }).catch(() => {});
}

function select(source) {
  source.closest("details").open = true;
  const range = document.createRange();
  range.selectNodeContents(source);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return document.execCommand("copy");
}

function say(text) {
  document.getElementById("news").textContent = text;
}

function show() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  const hint = document.getElementById("send-hint");
  if (hint) hint.hidden = false;
}

async function look() {
  try {
    await follow();
  } catch {
    // the server is away for a moment: look again later
  }
  setTimeout(look, document.body.dataset.live && !document.body.dataset.watch ? everyWhileTold : every);
}

async function follow() {
  if (document.hidden || gone) return;
  const answer = await fetch(`/staff/pulse?conversation=${document.body.dataset.watch}`, { headers: { "X-Live": "1" } });
  if (answer.status === 401) {
    document.body.textContent = ""; // nothing stays on the screen of a session that has ended
    location.assign("/staff/login");
    return;
  }
  if (answer.status === 403) {
    document.body.textContent = ""; // closed to this member by now; the page itself says why
    location.reload();
    return;
  }
  if (!answer.ok) return;
  const pulse = await answer.json();
  document.getElementById("ending").hidden = pulse.ends_in_s > warnBefore;
  if (pulse.mark === document.body.dataset.mark) return;
  if (document.getElementById("live")) await refresh();
  else document.body.dataset.mark = pulse.mark; // a page that stays as it was opened
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
  if (answer.redirected || (!answer.ok && answer.status !== 404)) return;
  const page = read(await answer.text());
  if (answer.ok) return update(page);
  gone = true; // deleted by the visitor: nothing of it stays on the screen
  stream?.close();
  document.getElementById("main").replaceWith(page.getElementById("main"));
  say("This chat is not there any more.");
}

function read(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/** Put a newer state of this page in the place of what is shown. */
function update(page) {
  const old = document.getElementById("live");
  const fresh = document.importNode(page.getElementById("live"), true);
  for (const details of old.querySelectorAll("details[open][id]")) {
    const twin = fresh.querySelector(`#${details.id}`);
    if (twin) twin.open = true;
  }
  keepTyped(old, fresh);
  const read = old.querySelector("#box")?.scrollTop ?? 0;
  const words = (part) => part.querySelectorAll(".transcript .visitor").length;
  const fromPatient = words(fresh) > words(old);
  const atEnd = isSeen(document.getElementById("latest"));
  const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (read) document.getElementById("box").scrollTop = read;
  updateDesk(page.getElementById("desk"));
  if (focus) document.getElementById(focus)?.focus();
  if (atEnd) toLatest();
  document.title = page.title;
  document.body.dataset.mark = page.body.dataset.mark;
  show();
  document.dispatchEvent(new Event("staff-shown"));
  say(fromPatient ? "The patient has written." : "This page was updated.");
}

/** What somebody is filling in stays, while the page around it is renewed. */
function keepTyped(old, fresh) {
  for (const field of old.querySelectorAll("input[id]:not([type=hidden]), select[id], textarea[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(field.id)}`);
    if (!twin) continue;
    if (field.type === "checkbox") {
      if (field.checked !== field.defaultChecked) twin.checked = field.checked;
    } else if (field.tagName === "SELECT") {
      const first = [...field.options].find((option) => option.defaultSelected) ?? field.options[0];
      if (first && field.value !== first.value) twin.value = field.value;
    } else if (field.value !== field.defaultValue) twin.value = field.value;
  }
}

/** Who writes may have changed; while it has not, what is being typed is left alone. */
function updateDesk(fresh) {
  const old = document.getElementById("desk");
  if (old && fresh && old.dataset.state === fresh.dataset.state) return;
  const draft = document.getElementById("text")?.value || unsent;
  old?.remove();
  if (fresh) document.getElementById("main").append(document.importNode(fresh, true));
  const box = document.getElementById("text");
  unsent = box ? "" : draft;
  if (box) box.value = draft;
  if (old && fresh) say(document.getElementById("desk-title").textContent);
}

function isSeen(element) {
  const place = element?.getBoundingClientRect();
  return Boolean(place) && place.top >= 0 && place.top < innerHeight;
}

function toLatest() {
  document.getElementById("latest")?.scrollIntoView({ block: "end" });
}

// ---- writing to a patient

let unsent = ""; // what was typed when somebody else took over
let sending = false;

document.addEventListener("submit", (event) => {
  if (event.target.id !== "write") return;
  event.preventDefault();
  send(event.target).catch(() => fail("The message was not sent. Please try again."));
});

document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (box.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
});

/** Send the form and show the page that comes back. A repeated try carries the same key, so nothing is said twice. */
async function send(form) {
  if (sending || !form.elements.text.value.trim()) return;
  sending = true;
  fail("");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = read(await answer.text());
    if (!answer.ok) return fail(page.querySelector("main p")?.textContent ?? "The message was not sent.");
    if (new URL(answer.url).pathname === "/staff/login") return fail("You are signed out. Copy your words, then sign in.");
    form.elements.text.value = "";
    form.elements.key.value = page.querySelector("#write [name=key]")?.value ?? "";
    update(page);
    toLatest();
  } finally {
    sending = false;
  }
}

function fail(sentence) {
  const place = document.getElementById("send-error");
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
}

// ---- the server says at once when something was said; without it the page looks for itself

let stream = null;

function listen() {
  const conversation = document.body.dataset.watch;
  if (document.hidden) {
    stream?.close(); // a browser opens few connections to one server
    stream = null;
  } else if (conversation && !stream) {
    stream = new EventSource(`/staff/conversations/${conversation}/events`);
    stream.addEventListener("news", () => follow().catch(() => {}));
  }
}

show();
listen();
setTimeout(look, every);
if (location.hash === "#text") toLatest(); // just taken over: the browser puts the cursor into the box
document.addEventListener("staff-look", () => follow().catch(() => {}));
document.addEventListener("visibilitychange", () => {
  listen();
  if (!document.hidden) follow().catch(() => {});
});
