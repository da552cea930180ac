// The reading grade while a reply is typed: the same check as the button's, put in its place.

const form = document.getElementById("reply-form");
const wait = 500; // milliseconds after the last key
let timer = 0;
let asked = 0;

async function check() {
  const mine = (asked += 1);
  const fields = new URLSearchParams(new FormData(form));
  fields.set("do", "check");
  if (!fields.get("title").trim()) fields.set("title", "no title yet");
  const answer = await fetch(form.action, { method: "POST", body: fields });
  if (!answer.ok || answer.redirected || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("verdict");
  if (fresh) document.getElementById("verdict").replaceChildren(...document.importNode(fresh, true).childNodes);
}

if (form) {
  document.getElementById("reply-text").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => check().catch(() => {}), wait);
  });
}
