// Two keys for a sentence: a digit chooses its meaning, Enter saves and goes on to the next.

const form = document.getElementById("decide");
const findings = document.getElementById("findings");

function choose(digit) {
  const choice = document.getElementById(`i${digit}`);
  if (!choice) return;
  choice.checked = true;
  document.getElementById("other").value = "";
  choice.focus();
}

const keys = {
  f: () => {
    findings.open = !findings.open;
    // where the focus lands, Enter still saves
    (findings.open ? findings.querySelector("input:checked") : document.getElementById("save")).focus();
  },
  r: () => document.getElementById("right").click(),
  n: () => document.getElementById("nothing").click(),
};

if (form) {
  document.getElementById("keys-help").hidden = false;
  // a meaning from the list takes the place of the one that a key chose
  document.getElementById("other").addEventListener("change", () => {
    for (const choice of form.querySelectorAll("[name=intent]")) choice.checked = false;
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), select, textarea, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^[1-9]$/.test(event.key)) choose(event.key);
    else if (Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
  });
}
