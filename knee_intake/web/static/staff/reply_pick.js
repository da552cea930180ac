// A saved reply: shown before it is put into the message, and put there without loading the page.

function chosen() {
  const option = document.getElementById("saved-reply")?.selectedOptions[0];
  return option?.value ? option.dataset.text : "";
}

document.addEventListener("change", (event) => {
  if (event.target.id !== "saved-reply") return;
  const preview = document.getElementById("reply-preview");
  preview.textContent = chosen();
  preview.hidden = !chosen();
});

document.addEventListener("submit", (event) => {
  const box = document.getElementById("text");
  if (event.target.id !== "pick-reply" || !box) return;
  event.preventDefault();
  const typed = box.value.trim();
  box.value = typed ? `${typed}\n${chosen()}` : chosen(); // what was typed stays
  document.getElementById("reply-preview").hidden = true;
  box.focus();
});
