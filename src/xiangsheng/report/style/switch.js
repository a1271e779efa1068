"use strict";
// Shows one language or both, and remembers which. Without this script both are shown.
(() => {
  const root = document.documentElement;
  const group = document.querySelector(".switch");
  const buttons = [...group.querySelectorAll("button")];
  const key = "xiangsheng.language";

  const show = (choice) => {
    root.dataset.show = choice;
    root.lang = choice === "en" ? "en" : "zh-Hans";
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.show === choice));
    }
  };
  const remembered = () => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage can be forbidden for a local file
    }
  };
  const remember = (choice) => {
    try {
      localStorage.setItem(key, choice);
    } catch {
      // the choice lasts as long as the page
    }
  };

  for (const button of buttons) {
    button.addEventListener("click", () => {
      show(button.dataset.show);
      remember(button.dataset.show);
    });
  }
  const before = remembered();
  if (buttons.some((button) => button.dataset.show === before)) show(before);
  group.hidden = false;

  // Paper cannot unfold: print everything, then fold again what was folded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const part of folded) part.open = true;
  });
  addEventListener("afterprint", () => {
    for (const part of folded) part.open = false;
  });
})();
