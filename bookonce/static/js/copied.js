// Copy what stands in a field: a button marked data-copy (the field's id). Where copying is refused, the text is
// selected, so that the reader's own keys copy it. The button says what came of it, and so does the live region.

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.querySelector("span") ?? button;
  const before = words.textContent;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return;
    }
    words.textContent = button.dataset.done;
    const toast = document.getElementById("toast");
    if (toast) toast.textContent = button.dataset.done;
    setTimeout(() => {
      words.textContent = before;
      if (toast) toast.textContent = "";
    }, 2500);
  });
}
