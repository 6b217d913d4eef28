"use strict";
// The rule builder: what changes is sent to the server, which answers with the rows and what saving would do.
// Without this file its buttons still work: they post the whole page.
(() => {
  const form = document.querySelector("form[data-builder]");
  if (!form) return;
  const part = form.querySelector("[data-builder-part]");
  let waiting = null;
  let line = Promise.resolve();

  // One question at a time: an answer is never overtaken, so no step is lost to a slow count.
  function inTurn(work) {
    line = line.then(work).catch(() => null);
  }

  async function ask(step) {
    const content = new FormData(form);
    if (step) content.set("step", step);
    const answer = await fetch(form.dataset.builder, { method: "POST", body: content });
    if (!answer.ok) return null;
    const fresh = document.createElement("div");
    fresh.innerHTML = await answer.text();
    return fresh;
  }

  // Rows are replaced only when their shape changes, so that typing is never interrupted;
  // while the new rows are under way the old ones take no input, for it would go with them.
  async function reshape(step, focused) {
    clearTimeout(waiting);
    part.inert = true;
    const fresh = await ask(step).finally(() => { part.inert = false; });
    if (!fresh) return;
    part.replaceChildren(...fresh.childNodes);
    const names = focused ? [focused] : [];
    const added = step && step.startsWith("add") ? part.querySelectorAll("[name$='-fact']") : [];
    const target = added.length ? [...added].find((one) => !one.value) : names.map((n) => form.elements[n]).find(Boolean);
    if (target && target.focus) target.focus();
  }

  async function recount() {
    const fresh = await ask();
    const preview = fresh && fresh.querySelector("[data-builder-preview]");
    if (preview) part.querySelector("[data-builder-preview]").replaceWith(preview);
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-reshape]");
    if (!button) return;
    event.preventDefault();
    inTurn(() => reshape(button.value));
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select[data-reshape]")) inTurn(() => reshape(null, event.target.name));
  });
  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-builder-rows]") || event.target.matches("select[data-reshape]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => inTurn(recount), 400);
  });
})();
