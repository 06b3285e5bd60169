// A colour that can be picked as well as typed: the browser's own picker beside the field.

for (const field of document.querySelectorAll("input[data-colour]")) {
  const picker = document.createElement("input");
  const beside = document.createElement("div");
  const is = /^#?[0-9a-f]{6}$/i;
  beside.className = "colour";
  picker.type = "color";
  picker.setAttribute("aria-label", field.dataset.colour);
  picker.value = is.test(field.value) ? `#${field.value.replace("#", "")}` : "#1f4fd0";
  field.replaceWith(beside);
  beside.append(picker, field);
  picker.addEventListener("input", () => (field.value = picker.value));
  field.addEventListener("input", () => {
    if (is.test(field.value)) picker.value = `#${field.value.replace("#", "").toLowerCase()}`;
  });
}
