// The console's few moving parts: copy the summary, follow what changes, sign out with the session.

const every = 5000; // milliseconds between two looks
const everyWhileTold = 30_000; // where live.js hears of each change
const warnBefore = 60; // seconds

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
  say(button.textContent);
  setTimeout(() => { button.textContent = "Copy as text"; }, 4000);
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
  if (document.hidden) return;
  const answer = await fetch(`/staff/pulse?conversation=${document.body.dataset.watch}`, { headers: { "X-Live": "1" } });
  if (answer.status === 401) {
    document.body.textContent = ""; // nothing stays on the screen of a session that has ended
    location.assign("/staff/login");
    return;
  }
  if (!answer.ok) return;
  const pulse = await answer.json();
  document.getElementById("ending").hidden = pulse.ends_in_s > warnBefore;
  if (pulse.mark !== document.body.dataset.mark) await refresh();
}

async function refresh() {
  const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const old = document.getElementById("live");
  const fresh = document.importNode(page.getElementById("live"), true);
  for (const details of old.querySelectorAll("details[open][id]")) {
    const twin = fresh.querySelector(`#${details.id}`);
    if (twin) twin.open = true;
  }
  const focus = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(fresh);
  if (focus) document.getElementById(focus)?.focus();
  document.title = page.title;
  document.body.dataset.mark = page.body.dataset.mark;
  show();
  document.dispatchEvent(new Event("staff-shown"));
  say("This page was updated.");
}

show();
setTimeout(look, every);
document.addEventListener("staff-look", () => follow().catch(() => {}));
document.addEventListener("visibilitychange", () => { if (!document.hidden) follow().catch(() => {}); });
