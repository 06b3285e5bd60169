// The preview follows what is typed. Without this file a button shows it on a page of its own.

const form = document.querySelector("form[data-preview]");
let waiting;
let asking;

async function look(button = null) {
  clearTimeout(waiting);
  asking?.abort();
  asking = new AbortController();
  const data = new FormData(form);
  if (button) data.append(button.name, button.value);
  data.append("preview_alone", "yes");
  try {
    const asked = { method: "POST", body: new URLSearchParams(data), signal: asking.signal };
    const answer = await fetch(form.dataset.preview, asked);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("preview");
    if (answer.ok && fresh) show(fresh);
  } catch (fault) {
    if (fault.name !== "AbortError") throw fault;
  }
}

function show(fresh) {
  const old = document.getElementById("preview");
  const here = document.activeElement;
  const inside = old.contains(here);
  old.replaceWith(fresh);
  if (!inside) return;
  const same = [...fresh.querySelectorAll("button")].filter((one) => one.name === here.name);
  const place = same.find((one) => one.getAttribute("aria-label") === here.getAttribute("aria-label") && one.value === here.value);
  (place ?? same[0] ?? fresh.querySelector("button"))?.focus();
}

const seen = () => document.getElementById("preview")?.offsetParent != null;

document.addEventListener("input", ({ target }) => {
  if (!seen() || !(target.form === form || form.contains(target)) || target.name?.startsWith("preview_")) return;
  clearTimeout(waiting);
  waiting = setTimeout(look, 500);
});

document.addEventListener("change", ({ target }) => {
  if (target.name !== "preview_zone") return;
  clearTimeout(waiting);
  waiting = setTimeout(look, 200);
});

document.addEventListener("click", (press) => {
  const button = press.target.closest?.("button[data-look]");
  if (!button) return;
  press.preventDefault();
  look(button);
});
