"use strict";
// While a deal is filled in: what stands on this customer, in a word. The server decides again when it is sent.
(() => {
  const form = document.querySelector("form[data-claim-check]");
  if (!form) return;
  const place = form.querySelector("[data-claim-answer]");
  const asked = ["customer", "tax_id", "domain", "line"];
  let waiting = null;
  let turn = 0;

  async function check() {
    const mine = ++turn;
    const query = new URLSearchParams(asked.map((name) => [name, form.elements[name] ? form.elements[name].value : ""]));
    const answer = await fetch(`${form.dataset.claimCheck}?${query}`);
    if (!answer.ok || mine !== turn) return;
    const { text, tone } = await answer.json();
    const note = document.createElement("div");
    note.className = `notice notice-${tone}`;
    note.textContent = text;
    place.replaceChildren(...(text ? [note] : []));
  }

  form.addEventListener("input", (event) => {
    if (!asked.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(check, 400);
  });
})();
