// Who types another contact has chosen "Another"; who chooses otherwise sees the text go, and can have it back.
// Without this file the server reads it so.

for (const field of document.querySelectorAll(".contact")) {
  const how = field.querySelector("select");
  const text = field.querySelector("input:not([type=hidden])");
  let typed = text.value;

  text.addEventListener("input", () => {
    typed = text.value;
    if (typed.trim()) how.value = "own";
  });
  how.addEventListener("change", () => (text.value = how.value === "own" ? typed : ""));
}
