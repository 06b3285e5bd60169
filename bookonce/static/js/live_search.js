// A list follows what is typed and chosen in its search form: `data-follow` names the part of the page that is
// asked for again. Without this file the form's button asks for the page.

import { visit } from "./swap.js";

const PAUSE = 200;

let waits;

function follow(form) {
  clearTimeout(waits);
  if (!form.isConnected) return;
  const address = new URL(form.action);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  visit(address, { part: form.dataset.follow, keep: false });
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-follow]");
  if (!form) return;
  clearTimeout(waits);
  waits = setTimeout(follow, target.matches("select") ? 0 : PAUSE, form);
});

document.addEventListener("submit", (press) => {
  const form = press.target;
  if (!form.matches("[data-follow]")) return;
  press.preventDefault();
  follow(form);
});
