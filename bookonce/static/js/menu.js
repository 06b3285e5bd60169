// Menus (an element with `popover` and the class `menu`) as the keyboard knows them: arrows, Home, End, a letter.
// Opening, Escape, a press outside and the focus coming back are the browser's own; without script a menu is a
// list of links and buttons.

import { OPEN } from "./popovers.js";

const items = (menu) => [...menu.querySelectorAll("a[href], button:not(:disabled)")];

const opener = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

function prepare(menu) {
  menu.setAttribute("role", "menu");
  const button = opener(menu);
  if (button && !menu.hasAttribute("aria-label")) menu.setAttribute("aria-label", button.getAttribute("aria-label") ?? button.textContent.trim());
  for (const form of menu.querySelectorAll("form")) form.setAttribute("role", "none");
  for (const item of items(menu)) {
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
  }
}

function opened(menu) {
  opener(menu)?.setAttribute("aria-expanded", "true");
  prepare(menu);
  if (!menu.contains(document.activeElement)) items(menu)[0]?.focus();
}

function closed(menu) {
  const button = opener(menu);
  button?.setAttribute("aria-expanded", "false");
  // Where a press on a button does not bring the focus to it (Safari), the browser knows no way back.
  if (document.activeElement === document.body) button?.focus();
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!(menu instanceof Element) || !menu.matches(".menu[popover]")) return;
    if (event.newState === "open") opened(menu);
    else closed(menu);
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[popovertarget]");
  if (button && event.key === "ArrowDown") {
    const menu = document.getElementById(button.getAttribute("popovertarget"));
    if (!menu?.matches(".menu")) return;
    event.preventDefault();
    menu.showPopover({ source: button });
    // The browser tells of it a moment later; the next key may be faster.
    opened(menu);
    return;
  }
  const menu = event.target.closest?.(`.menu${OPEN}`);
  if (!menu) return;
  const all = items(menu);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  } else if (event.key === " " && all[at]?.matches("a")) {
    event.preventDefault();
    all[at].click();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLocaleLowerCase();
    const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    turned.find((item) => item.textContent.trim().toLocaleLowerCase().startsWith(letter))?.focus();
  }
});

// A press on what leads away from the page closes the menu, so that the page comes back without it.
document.addEventListener("click", (event) => {
  event.target.closest?.(`.menu${OPEN} a[href]`)?.closest(".menu").hidePopover();
});

function mark() {
  for (const menu of document.querySelectorAll(".menu[popover]")) {
    opener(menu)?.setAttribute("aria-haspopup", "menu");
    // The browser brings the focus there as it opens; telling us of it comes later than a key that is pressed at once.
    const [first] = items(menu);
    if (first) first.autofocus = true;
    // Opened before this file was there: the browser can do that by itself.
    if (menu.matches(OPEN)) opened(menu);
  }
}

document.addEventListener("swapped", mark);
mark();
