// A text that only some choices need is kept where another is made: it comes back as it was typed, and the server is
// told that it is not meant. Who types another contact has chosen "Another". Without this file the server asks.

import { clearErrors } from "./clear_errors.js";

for (const field of document.querySelectorAll(".contact")) {
  const how = field.querySelector("select");
  const text = field.querySelector("[data-chosen]");
  const was = field.querySelector("[type=hidden]");
  const first = was.value;

  text.addEventListener("input", () => text.value.trim() && (how.value = "own"));
  how.addEventListener("change", () => {
    was.value = how.value === "own" ? first : text.value;
    clearErrors(field);
  });
}

const KEYS = { url: "url", phone: "tel" };
const NEEDED = ["url", "address", "text"];
const place = document.querySelector('[name="place"]');
const where = document.querySelector('[name="place_value"]');
const left = document.querySelector('[data-chosen] > [name="place_left"]');

function look() {
  where.required = NEEDED.includes(place.value);
  where.inputMode = KEYS[place.value] ?? "";
}

function leave() {
  if (left) left.value = ["", "ask"].includes(place.value) ? "yes" : "";
}

place.addEventListener("change", () => {
  look();
  leave();
  clearErrors(place.closest(".field"), where.closest(".field"));
  if (left) left.parentNode.dataset.chosen = "";
});
look();
// What is wrong is shown, and meant, until another answer is chosen.
if (left?.parentNode.dataset.chosen === "") leave();
