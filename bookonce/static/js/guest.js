// What makes a guest's way shorter where there is script: their own zone, one press for a time, a hold that says
// when it lapses. Everything works without (docs/pages.md).

import { announce, send, visit } from "./swap.js";

const SOON = 180;
const DRAFT = "typed";

/** Show the times by the guest's own clock, once, unless somebody has chosen one. */
function ownZone(main) {
  const line = main.querySelector("[data-zone]");
  const mine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!line || !mine || line.dataset.zone === mine) return;
  // Whoever presses a time before the page has come again is booked by their own clock all the same.
  for (const form of main.querySelectorAll(".times form")) {
    const zone = Object.assign(document.createElement("input"), { type: "hidden", name: "zone", value: mine });
    form.append(zone);
  }
  const there = new URL(location.href);
  there.searchParams.set("zone", mine);
  visit(there.href, { keep: false });
}

/** Offer to keep a time longer shortly before its end, and say when it has come; nothing counts down. */
function keep(shown) {
  const longer = shown.matches("#longer") ? shown : shown.querySelector("#longer");
  if (!longer || longer.dataset.due) return;
  const told = document.querySelector("#kept");
  told.textContent = longer.dataset.kept;
  // Seconds are the server's, for clocks differ.
  longer.dataset.due = performance.now() + longer.dataset.left * 1000;
  const later = (seconds, act) => setTimeout(() => longer.isConnected && act(), Math.max(0, seconds) * 1000);
  if (longer.querySelector("button"))
    later(longer.dataset.left - SOON, () => {
      longer.dataset.near = "";
      longer.closest("form").querySelector(":focus")?.scrollIntoView({ block: "nearest" });
      announce(`${longer.dataset.kept} ${longer.textContent.trim()}`);
    });
  later(longer.dataset.left, () => {
    told.textContent = told.dataset.over;
    longer.textContent = longer.dataset.lapsed;
    announce(longer.dataset.lapsed);
  });
}

/** Where the browser keeps nothing for us, nothing is kept. */
function tab(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null;
  }
}

// What a person fills in, and no form's key, nor the field that nobody sees.
const fields = (form) => [...form.elements].filter((one) => one.name && one.tabIndex >= 0 && !/^(hidden|submit|radio)$/.test(one.type));
const ticked = (field) => (field.type === "checkbox" ? "checked" : "value");

function untouched(field) {
  if (field.type === "select-one") return field.selectedOptions[0] === ([...field.options].find((one) => one.defaultSelected) ?? field.options[0]);
  return field.type === "checkbox" ? field.checked === field.defaultChecked : field.value === field.defaultValue;
}

const A_WHILE = 30 * 60 * 1000;

/** What was typed is there again after a reload, in this tab and for this link, for a while or until it is booked. */
function recall(shown) {
  const form = shown.querySelector("form[data-draft]");
  const { of, at, typed } = JSON.parse(tab((kept) => kept.getItem(DRAFT)) ?? "{}");
  const over = of !== form?.dataset.draft || Date.now() - at > A_WHILE;
  if (shown.matches("[data-swap-end]") || (form && over)) tab((kept) => kept.removeItem(DRAFT));
  else if (form)
    for (const field of fields(form))
      if (field.name in typed && untouched(field)) field[ticked(field)] = typed[field.name];
}

function ready(shown) {
  recall(shown);
  ownZone(shown);
  keep(shown);
}

let waiting;

// A press on a time goes on at once. Arrow keys also "click" (detail 0): whoever walks through the times with them
// goes on by Enter, or by the button that then appears.
document.addEventListener("click", (press) => {
  const time = press.target.closest(".times input[type=radio]");
  if (time?.checked && press.detail > 0) time.form.querySelector("button").click();
  // Whoever presses a place has found it: what was typed is not searched for any more.
  if (press.target.closest("a")) clearTimeout(waiting);
});

document.addEventListener("input", ({ target }) => {
  const form = target.form?.matches("[data-draft]") && target.form;
  const typed = form && Object.fromEntries(fields(form).map((field) => [field.name, field[ticked(field)]]));
  if (form) tab((kept) => kept.setItem(DRAFT, JSON.stringify({ of: form.dataset.draft, at: Date.now(), typed })));
});

document.addEventListener("input", (typing) => {
  const form = typing.target.closest("form[data-search]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => send(form, null, { keep: false }), 150);
});

document.addEventListener("swapped", (shown) => ready(shown.detail));
ready(document.querySelector("main"));
