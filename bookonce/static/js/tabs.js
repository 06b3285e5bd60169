// Tabs that do not fit their line begin at the one where the reader is. Without this file they begin at the first.

for (const list of document.querySelectorAll(".tabs")) {
  const here = list.querySelector("[aria-current]");
  if (here) list.scrollLeft = here.offsetLeft - (list.clientWidth - here.offsetWidth) / 2;
}
