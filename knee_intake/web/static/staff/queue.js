// Keys on the list: j and k move, Enter opens (the line has the focus), / searches, ? helps. They can be switched off.

import { bindKeys } from "./keys.js";

function move(step) {
  const lines = [...document.querySelectorAll(".list a.go")];
  const at = lines.findIndex((line) => line.closest("tr").contains(document.activeElement));
  const next = lines[at < 0 ? (step > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + step, 0), lines.length - 1)];
  next?.focus();
  next?.closest("tr").scrollIntoView({ block: "nearest" });
}

bindKeys({ j: () => move(1), k: () => move(-1), "/": () => document.getElementById("q").select() });

document.getElementById("help-open").hidden = false;
document.getElementById("help-open").addEventListener("click", () => document.getElementById("help").showModal());
