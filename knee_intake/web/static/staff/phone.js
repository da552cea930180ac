// A phone intake: the cursor stands where the answer goes; one answer is sent once; Ctrl+Enter sends.

const box = document.getElementById("said");
let sent = false;

document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});

window.addEventListener("pageshow", () => {
  sent = false;
  if (box && !matchMedia("(pointer: coarse)").matches) setTimeout(() => box.focus({ preventScroll: true }));
});

document.addEventListener("keydown", (event) => {
  if (event.target === box && event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.form.requestSubmit();
});
