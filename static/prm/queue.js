"use strict";
// Keys of a queue: J/K or arrows move, letters press what carries them in data-key. The pages work without.
(() => {
  const keys = document.querySelector("[data-shortcuts]");
  if (!keys) return;
  const store = keys.dataset.shortcuts;
  const button = keys.querySelector("button");
  let on = localStorage.getItem(store) !== "off";

  function show() {
    keys.querySelector("[data-keys]").hidden = !on;
    button.textContent = on ? button.dataset.on : button.dataset.off;
    button.setAttribute("aria-pressed", String(!on));
  }
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(store, on ? "on" : "off");
    show();
  });
  show();

  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const press = (selector) => {
    const found = document.querySelector(selector);
    if (found) found.click();
    return Boolean(found);
  };

  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && target.closest("form")) {
      event.preventDefault();
      target.closest("form").requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      const open = document.querySelector("details[name=decision][open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (!on || event.ctrlKey || event.metaKey || event.altKey || typing(target)) return;
    // The letter's place on the keyboard counts: with a Russian layout the keys stay where they are.
    const letter = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
    const open = document.querySelector("details[name=decision][open]");
    let done = false;
    if (letter === "j" || (event.key === "ArrowDown" && !open)) done = press("a[rel=next]") || press("[data-key=j]");
    else if (letter === "k" || (event.key === "ArrowUp" && !open)) done = press("a[rel=prev]");
    else if (letter) done = press(`[data-key=${letter}]`);
    if (!done) return;
    event.preventDefault();
    document.querySelectorAll("details[name=decision][open]").forEach(focusFirst); // now: the next key comes at once
  });

  function focusFirst(details) {
    const first = details.querySelector("[data-first], textarea");
    if (first && !details.contains(document.activeElement)) first.focus();
  }
  document.querySelectorAll("details[name=decision]").forEach((details) => {
    details.addEventListener("toggle", () => details.open && focusFirst(details));
    if (details.open && !document.getElementById("error-summary")) focusFirst(details);
  });
})();
