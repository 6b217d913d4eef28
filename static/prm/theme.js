"use strict";
// Before the first paint: a reader without a choice gets the theme of the system.
(() => {
  const root = document.documentElement;
  if (root.dataset.themeChoice === "auto" && matchMedia("(prefers-color-scheme: dark)").matches) {
    root.dataset.bsTheme = "dark";
  }
})();
