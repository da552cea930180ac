// Keys on the list: j and k move, Enter opens (the line has the focus), / searches, ? helps. They can be switched off.

const off = "knee-intake-keys-off";
const help = document.getElementById("help");
const box = document.getElementById("keys-on");

function isOff() {
  try { return Boolean(localStorage.getItem(off)); } catch { return false; }
}

function move(step) {
  const lines = [...document.querySelectorAll(".list a.go")];
  const at = lines.findIndex((line) => line.closest("tr").contains(document.activeElement));
  const next = lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1)];
  next?.focus();
  next?.closest("tr").scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => move(1),
  k: () => move(-1),
  "/": () => document.getElementById("q").select(),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || help.open || isOff()) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

document.getElementById("help-open").hidden = false;
document.getElementById("help-open").addEventListener("click", () => help.showModal());
box.checked = !isOff();
box.addEventListener("change", () => {
  try { localStorage.setItem(off, box.checked ? "" : "1"); } catch { /* for this page only */ }
});
