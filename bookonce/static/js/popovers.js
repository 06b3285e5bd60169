// Popovers for browsers from before them (docs/browsers.md): a press on the button shows what it names, Escape and
// a press beside hide it. Everywhere else this file only says how what is open is called.

const native = "popover" in HTMLElement.prototype;

/** The selector of a popover that is open. */
export const OPEN = native ? ":popover-open" : ".shown";

const named = (button) => document.getElementById(button.getAttribute("popovertarget"));

function turn(popover, open) {
  if (popover.matches(OPEN) === open) return;
  popover.classList.toggle("shown", open);
  popover.dispatchEvent(Object.assign(new Event("toggle"), { newState: open ? "open" : "closed" }));
  if (!open && popover.contains(document.activeElement)) document.querySelector(`[popovertarget="${popover.id}"]`)?.focus();
}

function shut(but) {
  for (const other of document.querySelectorAll(OPEN)) if (!other.contains(but)) turn(other, false);
}

function instead() {
  const root = document.documentElement;
  root.classList.add("popovers");
  HTMLElement.prototype.showPopover = function () {
    turn(this, true);
  };
  HTMLElement.prototype.hidePopover = function () {
    turn(this, false);
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[popovertarget]");
    const popover = button && named(button);
    const open = popover && !popover.matches(OPEN);
    shut(target);
    if (popover) turn(popover, open);
  });
  document.addEventListener("keydown", ({ key }) => key === "Escape" && shut(null));
}

if (!native) instead();
