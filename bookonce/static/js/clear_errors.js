// What was wrong is over once another answer is chosen that does not need it.

/** Take away what is said about the fields in these parts: the red, the sentence, its place in the list on top. */
export function clearErrors(...parts) {
  for (const part of parts.filter(Boolean))
    for (const field of [part, ...part.querySelectorAll(".has-error")]) {
      if (!field.matches(".has-error")) continue;
      field.classList.remove("has-error");
      for (const input of field.querySelectorAll("[aria-invalid]")) {
        input.removeAttribute("aria-invalid");
        const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => !id.endsWith("-error"));
        if (described.join("")) input.setAttribute("aria-describedby", described.join(" "));
        else input.removeAttribute("aria-describedby");
      }
      for (const told of field.querySelectorAll(".error")) told.remove();
      for (const { id } of [field, ...field.querySelectorAll("[id]")]) if (id) unlisted(id);
    }
}

function unlisted(id) {
  const line = document.querySelector(`.notice.wrong li:has(> a[href="#${CSS.escape(id)}"])`);
  const list = line?.parentNode;
  line?.remove();
  if (list && !list.children.length) list.closest(".notice").remove();
}
