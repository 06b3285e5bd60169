// A list of time zones: a field above it narrows the list, and it begins at the browser's own zone.

/** What is typed as its words, folded as the names of places are (pages/time_zones.py). */
const folded = (typed) =>
  typed
    .replaceAll("−", "-")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replace(/[.'’]/g, "")
    .replace(/[_/,()]/g, " ")
    .replace(/([a-z])-(?=[a-z])/g, "$1 ")
    .split(/\s+/)
    .filter(Boolean);

function guess(select) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || select.value) return;
  const known = [...select.options].find(
    (option) => option.value === zone || option.dataset.former?.split(" ").includes(zone),
  );
  if (known) select.value = known.value;
}

/** The list that stands on the page already, in place of a field in which a city is typed. */
function again(part) {
  const field = part.querySelector("input");
  const list = document.getElementById(part.dataset.of).cloneNode(true);
  for (const { name } of [...list.attributes]) list.removeAttribute(name);
  for (const name of ["id", "name", "form", "aria-invalid", "aria-describedby"])
    if (field.hasAttribute(name)) list.setAttribute(name, field.getAttribute(name));
  list.autocomplete = "off";
  for (const option of [...list.options]) {
    option.removeAttribute("selected");
    if (!option.value) option.remove();
  }
  list.prepend(new Option(field.placeholder, ""));
  const known = [...list.options].find(
    ({ value, dataset }) => value === field.value || dataset.former?.split(" ").includes(field.value),
  );
  if (!known) list.append(new Option(field.value, field.value));
  list.value = known?.value ?? field.value;
  field.replaceWith(list);
}

function searched(part) {
  const select = part.querySelector("select");
  const all = select.cloneNode(true);
  // The few above the regions have no names: they are found in their own region, and come first there.
  const few = [...all.options].filter((option) => !option.dataset.names).map((option) => option.value);
  const search = document.createElement("input");
  const none = document.createElement("p");
  search.type = "search";
  search.placeholder = part.dataset.search;
  search.setAttribute("aria-label", part.dataset.search);
  search.setAttribute("aria-controls", select.id);
  search.autocomplete = "off";
  none.className = "help";
  none.setAttribute("role", "status");
  // What a search begins from, and gives back once it is emptied.
  let before = select.value;
  select.addEventListener("change", ({ isTrusted }) => isTrusted && (before = select.value));
  select.before(search);
  select.after(none);
  search.addEventListener("input", () => {
    const chosen = select.value;
    const words = folded(search.value);
    const list = all.cloneNode(true);
    if (words.length) {
      for (const option of list.querySelectorAll("option")) {
        const names = ` ${option.dataset.names ?? ""}`;
        if (!words.every((word) => names.includes(` ${word}`))) option.remove();
      }
    }
    for (const group of list.querySelectorAll("optgroup")) if (!group.children.length) group.remove();
    const found = new Set([...list.options].map((option) => option.value));
    none.textContent = found.size ? "" : part.dataset.none;
    if (!found.size) return;
    select.replaceChildren(...list.children);
    select.value = words.length ? chosen : before;
    if (select.selectedIndex < 0) select.value = few.find((zone) => found.has(zone)) ?? select.options[0].value;
    if (select.value !== chosen) select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // Enter in the search chooses what it has found; it does not send the form.
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    before = select.value;
    select.focus();
  });
}

for (const part of document.querySelectorAll("[data-of]")) again(part);
for (const part of document.querySelectorAll("[data-zones]")) {
  if ("guess" in part.dataset) guess(part.querySelector("select"));
  searched(part);
}
