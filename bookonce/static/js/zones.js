// A list of time zones: a field above it narrows the list, and it begins at the browser's own zone.

const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function guess(select) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || select.value) return;
  const known = [...select.options].find(
    (option) => option.value === zone || option.dataset.former?.split(" ").includes(zone),
  );
  if (known) select.value = known.value;
}

function searched(part) {
  const select = part.querySelector("select");
  const all = select.cloneNode(true);
  const search = document.createElement("input");
  const none = document.createElement("p");
  search.type = "search";
  search.placeholder = part.dataset.search;
  search.setAttribute("aria-label", part.dataset.search);
  search.setAttribute("aria-controls", select.id);
  search.autocomplete = "off";
  none.className = "help";
  none.setAttribute("role", "status");
  select.before(search);
  select.after(none);
  search.addEventListener("input", () => {
    const chosen = select.value;
    const words = plain(search.value.trim());
    const found = all.cloneNode(true);
    for (const option of found.querySelectorAll("option")) {
      const names = `${option.value} ${option.dataset.former ?? ""}`.replace(/[_/]/g, " ");
      const isIt = plain(`${option.textContent} ${names}`).includes(words);
      if (words && !isIt) option.remove();
    }
    for (const group of found.querySelectorAll("optgroup")) if (!group.children.length) group.remove();
    const any = found.querySelector("option");
    none.textContent = any ? "" : part.dataset.none;
    if (!any) return;
    select.replaceChildren(...found.children);
    select.value = chosen;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  });
  // Enter in the search chooses what it has found; it does not send the form.
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    select.focus();
  });
}

for (const part of document.querySelectorAll("[data-zones]")) {
  if ("guess" in part.dataset) guess(part.querySelector("select"));
  searched(part);
}
