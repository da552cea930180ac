// One conversation: keys, and answers and messages that light each other up. Without it the links alone lead there.

import { bindKeys } from "./keys.js";

// ---- an answer and the message that it came from

function light() {
  for (const one of document.querySelectorAll(".lit")) one.classList.remove("lit");
  const aim = aimed();
  if (!aim) return;
  aim.classList.add("lit");
  const seq = aim.id.startsWith("m") ? aim.id.slice(1) : aim.dataset.seq;
  const partners = aim.id.startsWith("m")
    ? document.querySelectorAll(`tr[data-seq="${seq}"]`)
    : document.querySelectorAll(seq ? `#m${seq}` : "none");
  for (const one of partners) one.classList.add("lit");
  if (!aim.id.startsWith("m") && partners[0]) show(partners[0]);
}

/** The row or message that the address names. */
function aimed() {
  const id = location.hash.slice(1);
  return /^(m\d+|a-\w+)$/.test(id) ? document.getElementById(id) : null;
}

/** Bring a message into sight within the transcript's own box; the page itself stays where it is. */
function show(message) {
  const box = document.getElementById("box");
  if (box.scrollHeight > box.clientHeight) box.scrollTop = message.offsetTop - box.offsetTop - 24;
}

// ---- keys

function messages() {
  return [...document.querySelectorAll(".transcript li[id]")];
}

function move(step) {
  const all = messages();
  const at = all.indexOf(document.activeElement.closest(".transcript li[id]") ?? aimed());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.focus();
}

function toNumber() {
  const box = document.getElementById("chart-number") ?? document.getElementById("not-entered");
  box?.focus();
  box?.scrollIntoView({ block: "nearest" });
}

bindKeys({
  j: () => move(1),
  k: () => move(-1),
  n: () => document.getElementById("next").click(),
  a: () => document.getElementById("acknowledge")?.click(),
  e: toNumber,
});

function ready() {
  const print = document.getElementById("print");
  if (print) print.hidden = false;
  light();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("#print")) window.print();
});
window.addEventListener("hashchange", light);
document.addEventListener("staff-shown", ready);
ready();
