// Reads along while a text of the clinic is written: what speaks against it, how plain it is, and how it will look.

const WAIT_MS = 500;
const form = document.querySelector("#entry-form");
const check = document.querySelector("#check");
const said = document.querySelector("#said");
const acceptRow = document.querySelector("#accept-row");
let timer = 0;
let asked = 0;

const made = (name, text, className = "") => {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
};

const finding = ({ level, message, part }) => {
  const item = made("li", "", level);
  item.append(made("strong", level === "refuse" ? "Cannot be saved:" : "Please look:"), ` ${part ? `${part}: ` : ""}${message}.`);
  return item;
};

const show = (verdict) => {
  const list = made("ul", "", "findings");
  list.append(...verdict.findings.map(finding));
  const grade = verdict.grade === null ? "" : `Reads at grade ${verdict.grade}${verdict.plain ? ": plain enough" : ""}.`;
  const words = verdict.words.length ? ` Long words: ${verdict.words.join(", ")}.` : "";
  check.replaceChildren(list, made("p", grade + words, "quiet small"));
  if (verdict.said.length) {
    said.replaceChildren(...verdict.said.map(({ text, when }) => {
      const row = made("div", "", "bubble-row");
      if (when) row.append(made("p", when, "quiet small"));
      row.append(made("p", text, "bubble"));
      return row;
    }));
  }
  const refused = verdict.findings.some(({ level }) => level === "refuse");
  acceptRow.hidden = refused || !verdict.findings.length;
};

const look = async () => {
  const mine = ++asked;
  try {
    const answer = await fetch("/staff/clinic/check", { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (!answer.ok || mine !== asked) return;
    show(await answer.json());
  } catch {
    // no connection: the server checks again when the form is saved
  }
};

form.addEventListener("input", (event) => {
  if (event.target.id === "accept") return;
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});
document.querySelector("#look").hidden = true; // it is shown while one writes
