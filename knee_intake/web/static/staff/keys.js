// Single keys of a page, with a help dialog that lists them and a box that switches them off on every page.

const off = "knee-intake-keys-off";

function isOff() {
  try { return Boolean(localStorage.getItem(off)); } catch { return false; }
}

/** `keys`: key -> what it does. The page has a dialog #help with a box #keys-on in it. */
export function bindKeys(keys) {
  const help = document.getElementById("help");
  const box = document.getElementById("keys-on");
  const all = { ...keys, "?": () => help.showModal() };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || help.open || isOff()) return;
    if (!Object.hasOwn(all, event.key)) return;
    event.preventDefault();
    all[event.key]();
  });
  box.checked = !isOff();
  box.addEventListener("change", () => {
    try { localStorage.setItem(off, box.checked ? "" : "1"); } catch { /* for this page only */ }
  });
}
