// What was typed into Share and not sent is there when it is opened again, in this tab: Escape and a reload lose
// nothing. What people typed is kept for themselves, and nothing else: no form's key, no address of a link.

const name = (form) => `typed ${form.dataset.mint} ${form.getAttribute("action")}`;
const fields = (form) => [...form.elements].filter((field) => field.name && /^(text|tel|email|date|datetime-local|checkbox|textarea|select-one)$/.test(field.type));
const value = (field) => (field.type === "checkbox" ? field.checked : field.value);

function asMade(field) {
  if (field.type === "checkbox") return field.defaultChecked;
  if (field.type !== "select-one") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).value;
}

/** Where the browser keeps nothing for us, nothing is kept. */
function stored(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

export function forget(form) {
  stored((kept) => kept.removeItem(name(form)));
}

function keep(form) {
  const typed = fields(form).map((field) => [field.name, value(field)]);
  const differs = fields(form).some((field) => value(field) !== asMade(field));
  if (differs || form.querySelector("[role=alert]")) stored((kept) => kept.setItem(name(form), JSON.stringify(typed)));
  else forget(form);
}

function restore(form) {
  const typed = new Map(JSON.parse(stored((kept) => kept.getItem(name(form))) ?? "[]"));
  // What the server has filled in is what was asked for.
  if (!typed.size || form.querySelector("[role=alert]") || form.elements.for?.defaultValue) return;
  const changed = fields(form).filter((field) => typed.has(field.name) && typed.get(field.name) !== asMade(field));
  for (const field of changed) {
    if (field.type === "checkbox") field.checked = typed.get(field.name);
    else if (field.type !== "select-one" || [...field.options].some((option) => option.value === typed.get(field.name)))
      field.value = typed.get(field.name);
    const fold = field.closest("details");
    if (fold) fold.open = true;
  }
  form.querySelector("[data-kept]").hidden = !changed.length;
}

function restoreAll() {
  for (const form of document.querySelectorAll("form[data-mint]:has([data-kept])")) restore(form);
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (form?.matches("[data-mint]")) keep(form);
});

document.addEventListener("reset", ({ target: form }) => {
  if (!form.matches("[data-mint]")) return;
  forget(form);
  form.querySelector("[data-kept]").hidden = true;
  form.elements.for.focus();
});

document.addEventListener("swapped", restoreAll);
restoreAll();
