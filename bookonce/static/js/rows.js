// Rows of a form are added, removed and moved at once. Without this file the same buttons ask the server.

import { clearErrors } from "./clear_errors.js";

let next = 1000;

const list = (name) => document.querySelector(`[data-rows="${name}"]`);

/** Tell everybody who follows the form that it has changed. */
export function changed(place) {
  place.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A new row at the end of this list. */
export function add(name) {
  const made = document.createElement("template");
  const pattern = document.querySelector(`template[data-new="${name}"]`);
  const number = next++;
  made.innerHTML = pattern.innerHTML.replace(/([- ])000(?=[-" ])/g, (whole, before) => before + number);
  const row = made.content.querySelector("[data-row]");
  list(name).append(row);
  return row;
}

/** Take the row away, and what is said about it. */
export function remove(row) {
  const place = row.closest("[data-rows]");
  const told = row.nextElementSibling;
  if (told?.matches(".error")) told.remove();
  row.remove();
  changed(place);
}

function first(row) {
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

const verbs = {
  add(button, [, ...name]) {
    const row = add(name.join(" "));
    first(row);
    changed(row);
  },
  remove(button) {
    const row = button.closest("[data-row]");
    const place = row.closest("[data-rows]");
    const other = row.nextElementSibling?.matches("[data-row]") ? row.nextElementSibling : row.previousElementSibling;
    remove(row);
    const adds = place.closest("fieldset, .listed").querySelector('button[value^="add "]');
    if (other?.isConnected && other.matches("[data-row]")) first(other);
    else adds?.focus();
  },
  up(button) {
    move(button, (row) => row.previousElementSibling?.before(row));
  },
  down(button) {
    move(button, (row) => row.nextElementSibling?.after(row));
  },
};

function move(button, how) {
  const row = button.closest("[data-row]");
  how(row);
  button.focus();
  changed(row);
}

document.addEventListener("click", (press) => {
  const button = press.target.closest?.('button[name="act"]');
  const words = button?.value.split(" ") ?? [];
  if (!verbs[words[0]]) return;
  press.preventDefault();
  verbs[words[0]](button, words);
});

// A list to choose from is asked for only where the answer is one of a list.
function kinds(inside) {
  for (const kind of inside.querySelectorAll("[data-kind]")) {
    const options = kind.closest("[data-row]").querySelector("[data-options]");
    options.hidden = kind.value !== "choice";
    if (options.hidden) clearErrors(options);
  }
}

document.addEventListener("input", () => kinds(document));
kinds(document);
