// What waits for staff, live on every page of the console: counts, a sound and a title for an emergency.
// One page of the browser listens and tells the others, as a browser opens few connections to one host.

const muted = "knee-intake-muted";
const heard = "knee-intake-heard"; // the newest alarm that has sounded
const seen = "knee-intake-seen"; // the newest one whose notice was put away
const channel = "BroadcastChannel" in window ? new BroadcastChannel("knee-intake") : null;
const plainTitle = /^⚠ Emergency: /;
let sound = null; // the AudioContext; a browser lets it start at a click or key only
let source = null;

function stored(name) {
  try { return localStorage.getItem(name) || ""; } catch { return ""; }
}

function store(name, value) {
  try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing: for this page only */ }
}

// -- counts

function show(state) {
  for (const one of document.querySelectorAll("[data-count]")) {
    const value = state[one.dataset.count];
    const text = value ? `${value}${value >= 1000 ? "+" : ""}` : "";
    if (one.textContent !== text) one.textContent = text;
  }
  const waiting = document.getElementById("waits");
  const words = [
    state.urgent ? `${state.urgent} with a new alert` : "",
    state.unread ? `${state.unread} unread` : "",
  ].filter(Boolean).join(", ");
  if (waiting.dataset.said !== words) {
    waiting.dataset.said = words;
    waiting.textContent = words;
  }
  const other = !document.body.dataset.watch && state.mark !== document.body.dataset.mark;
  if (other || state.ends_in_s <= 60) document.dispatchEvent(new Event("staff-look"));
  raise(state.alarm);
}

// -- an emergency

function raise(alarm) {
  const stands = alarm > Number(stored(seen));
  document.getElementById("alarm").hidden = !stands;
  const title = document.title.replace(plainTitle, "");
  document.title = stands ? `⚠ Emergency: ${title}` : title;
  // only the page that listens makes the sound
  if (stands && source && alarm > Number(stored(heard)) && !stored(muted)) ring(alarm);
}

function ring(alarm) {
  if (!sound || sound.state !== "running") return; // it sounds after the first click: `alarm` is not noted as heard
  store(heard, String(alarm));
  for (const [at, pitch] of [[0, 880], [0.25, 660], [0.5, 880]]) {
    const tone = sound.createOscillator();
    const level = sound.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, sound.currentTime + at);
    level.gain.exponentialRampToValueAtTime(0.3, sound.currentTime + at + 0.03);
    level.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + at + 0.22);
    tone.connect(level).connect(sound.destination);
    tone.start(sound.currentTime + at);
    tone.stop(sound.currentTime + at + 0.24);
  }
}

function allow() {
  if (!sound && "AudioContext" in window) sound = new AudioContext();
  sound?.resume().then(label).catch(() => {});
}

function label() {
  const button = document.getElementById("sound");
  if (!button) return;
  const off = Boolean(stored(muted));
  button.hidden = false;
  button.setAttribute("aria-pressed", String(!off));
  const waits = !sound || sound.state !== "running";
  button.textContent = off ? "Sound off" : waits ? "Sound on after a click" : "Sound on";
}

document.addEventListener("pointerdown", allow);
document.addEventListener("keydown", allow);
document.addEventListener("click", (event) => {
  if (event.target.closest("#sound")) {
    store(muted, stored(muted) ? "" : "1");
    label();
  }
  if (event.target.closest("#alarm a, #alarm-seen") && last) {
    store(seen, String(last.alarm));
    raise(last.alarm);
  }
});

// -- the stream

const hello = "hello";
let last = null;

function take(state) {
  last = state;
  document.body.dataset.live = "1";
  show(state);
}

function listen() {
  source = new EventSource("/staff/events");
  source.addEventListener("state", (event) => {
    const state = JSON.parse(event.data);
    take(state);
    channel?.postMessage(state);
  });
  source.addEventListener("ended", () => {
    source.close();
    fall();
    document.dispatchEvent(new Event("staff-look"));
  });
  source.addEventListener("error", fall); // the pulse goes on meanwhile; EventSource comes back by itself
}

function fall() {
  delete document.body.dataset.live;
}

document.addEventListener("staff-shown", () => { if (last) show(last); });
if (channel) {
  channel.onmessage = (event) => {
    if (event.data !== hello) take(event.data);
    else if (source && last) channel.postMessage(last);
  };
  channel.postMessage(hello); // a page that is opened later asks for what the others know
}
label();
if ("EventSource" in window) {
  const lead = () => new Promise(listen);
  if (navigator.locks) navigator.locks.request("knee-intake-events", lead);
  else listen();
}
