"use strict";
// The rule builder: what changes is sent to the server, which answers with the rows and what saving would do.
// Without this file its buttons still work: they post the whole page.
(() => {
  const form = document.querySelector("form[data-builder]");
  if (!form) return;
  const part = form.querySelector("[data-builder-part]");
  let waiting = null;
  let asked = 0;

  async function ask(step) {
    const mine = ++asked;
    const content = new FormData(form);
    if (step) content.set("step", step);
    const answer = await fetch(form.dataset.builder, { method: "POST", body: content });
    if (!answer.ok || mine !== asked) return null;
    const fresh = document.createElement("div");
    fresh.innerHTML = await answer.text();
    return fresh;
  }

  // Rows are replaced only when their shape changes, so that typing is never interrupted.
  async function reshape(step, focused) {
    const fresh = await ask(step);
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
    reshape(button.value);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select[data-reshape]")) reshape(null, event.target.name);
  });
  form.addEventListener("input", (event) => {
    if (!event.target.closest("[data-builder-rows]") || event.target.matches("select[data-reshape]")) return;
    clearTimeout(waiting);
    waiting = setTimeout(recount, 400);
  });
})();
