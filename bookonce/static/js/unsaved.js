// What is typed and not saved is not left by mistake. Without this file the browser's own Back keeps it.

const APART = /^(preview_|copy-)/;

function guard(form) {
  const told = form.querySelector("[data-unsaved-words]");
  const state = () => new URLSearchParams([...new FormData(form)].filter(([name]) => !APART.test(name))).toString();
  const first = state();
  let dirty = false;
  let sending = false;

  function look() {
    dirty = form.dataset.unsaved === "dirty" || state() !== first;
    told.textContent = dirty ? told.dataset.unsavedWords : "";
  }

  form.addEventListener("input", () => setTimeout(look));
  form.addEventListener("submit", () => (sending = true));
  addEventListener("pageshow", () => (sending = false));
  addEventListener("beforeunload", (leave) => {
    if (!dirty || sending) return;
    leave.preventDefault();
    leave.returnValue = true;
  });
  look();
}

for (const form of document.querySelectorAll("form[data-unsaved]")) guard(form);
