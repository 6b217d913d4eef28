"use strict";
// Progressive enhancement only: every page works without this file.
(() => {
  const body = document.body;

  // The menu on small screens.
  const sidebar = document.getElementById("sidebar");
  let opener = null;
  function toggleSidebar(open, from) {
    body.classList.toggle("sidebar-shown", open);
    if (open) {
      opener = from;
      sidebar.querySelector("a, button").focus();
    } else if (opener) {
      opener.focus();
      opener = null;
    }
  }
  document.addEventListener("click", (event) => {
    const trigger = event.target.closest("[data-sidebar]");
    if (trigger && sidebar) toggleSidebar(trigger.dataset.sidebar === "open", trigger);
    const open = document.querySelector("details.person[open]");
    if (open && !open.contains(event.target)) open.removeAttribute("open");
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
      toast(copy.dataset.copied);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (body.classList.contains("sidebar-shown")) toggleSidebar(false);
    const open = document.querySelector("details.person[open]");
    if (open) {
      open.removeAttribute("open");
      open.querySelector("summary").focus();
    }
  });

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    else if (form.method === "post") {
      form.dataset.sent = "yes";
      setTimeout(() => delete form.dataset.sent, 4000);
    }
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

  // A filter that changes shows its result at once.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.filters[data-live]");
    if (form && event.target.tagName === "SELECT") form.requestSubmit();
  });

  // The first mistake gets the focus.
  const summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  function toast(text, isError) {
    const note = document.createElement("div");
    note.className = "toast-note" + (isError ? " toast-error" : "");
    note.setAttribute("role", isError ? "alert" : "status");
    note.textContent = text;
    document.getElementById("toasts").append(note);
    if (!isError) setTimeout(() => note.remove(), 6000);
  }
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.error));

  // A failed request of htmx keeps what was typed and says so.
  document.addEventListener("htmx:sendError", () => toast(body.dataset.offline || "Connection lost. Try again.", true));
  document.addEventListener("htmx:afterSwap", (event) => {
    const heading = event.target.querySelector("[data-focus]");
    if (heading) heading.focus();
  });
})();
