// A colour that can be picked as well as typed: the browser's own picker beside the field.

/** "#14d" and "1144DD" as the picker wants it; nothing where it is no colour. */
function written(text) {
  const digits = text.trim().replace("#", "").toLowerCase();
  if (!/^([0-9a-f]{3}|[0-9a-f]{6})$/.test(digits)) return "";
  return `#${digits.length === 3 ? digits.replace(/./g, "$&$&") : digits}`;
}

for (const field of document.querySelectorAll("input[data-colour]")) {
  const picker = document.createElement("input");
  const beside = document.createElement("div");
  beside.className = "colour";
  picker.type = "color";
  picker.setAttribute("aria-label", field.dataset.colour);
  picker.value = written(field.value) || "#1f4fd0";
  field.replaceWith(beside);
  beside.append(picker, field);
  picker.addEventListener("input", () => (field.value = picker.value));
  field.addEventListener("input", () => {
    picker.value = written(field.value) || picker.value;
  });
}
