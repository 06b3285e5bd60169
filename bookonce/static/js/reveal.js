// A password that its owner can have a look at: a button beside the field, with the words that it brings.

for (const field of document.querySelectorAll("input[data-reveal]")) {
  const button = document.createElement("button");
  const beside = document.createElement("div");
  beside.className = "revealed";
  button.type = "button";
  button.textContent = field.dataset.reveal;
  button.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-controls", field.id);
  field.replaceWith(beside);
  beside.append(field, button);
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = shown ? field.dataset.hide : field.dataset.reveal;
    button.setAttribute("aria-pressed", String(shown));
  });
  // What is sent is a password again, or browsers would offer to remember it as an ordinary text.
  field.form?.addEventListener("submit", () => (field.type = "password"));
}
