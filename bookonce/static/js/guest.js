// What makes a guest's way shorter where there is script: their own zone, one press for a time, a hold that says
// when it lapses. Everything works without (docs/pages.md).

import { announce, send, visit } from "./swap.js";

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

/** Say it where a time is not kept any more; seconds are the server's, for clocks differ. */
function lapse(main) {
  for (const told of main.querySelectorAll("[data-left]")) {
    setTimeout(() => {
      told.textContent = told.dataset.lapsed;
      if (told.isConnected) announce(told.dataset.lapsed);
    }, told.dataset.left * 1000);
  }
}

function ready(main) {
  ownZone(main);
  lapse(main);
}

let waiting;

// A press on a time goes on at once. Arrow keys also "click" (detail 0): whoever walks through the times with them
// goes on by Enter, or by the button that then appears.
document.addEventListener("click", (press) => {
  const time = press.target.closest(".times input[type=radio]");
  if (time?.checked && press.detail > 0) time.form.requestSubmit();
  // Whoever presses a place has found it: what was typed is not searched for any more.
  if (press.target.closest("a")) clearTimeout(waiting);
});

document.addEventListener("input", (typing) => {
  const form = typing.target.closest("form[data-search]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => send(form, null, { keep: false }), 150);
});

document.addEventListener("swapped", (shown) => ready(shown.detail));
ready(document.querySelector("main"));
