// A text that only some choices need is kept where another is made: it comes back as it was typed, and the server is
// told that it is not meant. Who types another contact has chosen "Another". Without this file the server asks.

for (const field of document.querySelectorAll(".contact")) {
  const how = field.querySelector("select");
  const text = field.querySelector("[data-chosen]");
  const was = field.querySelector("[type=hidden]");
  const first = was.value;

  text.addEventListener("input", () => text.value.trim() && (how.value = "own"));
  how.addEventListener("change", () => (was.value = how.value === "own" ? first : text.value));
}

const place = document.querySelector('[name="place"]');
const left = document.querySelector('[data-chosen] > [name="place_left"]');
const look = () => (left.value = ["", "ask"].includes(place.value) ? "yes" : "");
if (left) {
  place.addEventListener("change", look);
  look();
}
