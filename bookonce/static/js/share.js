// Share (docs/desk.md): the link is saved first, then copied; what was made is acted on in place.

import { note, say, take, tell } from "./copy.js";
import { forget } from "./drafts.js";
import { clearErrors } from "./clear_errors.js";
import { OPEN } from "./popovers.js";
import { ask, changed, fault, placeOf, sent, show } from "./sheet.js";

/** Only one answer at a time to a form; what was pressed shows that it works. */
async function once(form, submitter, act) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  submitter?.setAttribute("aria-busy", "true");
  try {
    await act();
  } finally {
    delete form.dataset.busy;
    submitter?.removeAttribute("aria-busy");
  }
}

async function mint(form, submitter) {
  const place = placeOf(form);
  const answer = ask(...sent(form, submitter));
  const made = answer.then(({ main }) => main.querySelector("#made #link-address")?.value ?? Promise.reject(new Error("refused")));
  made.catch(() => {});  // told below, by the answer itself
  const done = await take(made).catch(() => null);
  try {
    show(place, await answer, submitter);
  } catch (why) {
    return fault(place, why);
  }
  if (done === null) return;
  forget(form);
  changed();
  const button = document.getElementById("link-copy");
  tell(button, done, document.getElementById("link-address"), document.getElementById("address-told"));
  if (done) note(button.dataset.log, button);
}

async function act(form, submitter) {
  const place = placeOf(form);
  try {
    show(place, await ask(...sent(form, submitter)), submitter);
  } catch (why) {
    return fault(place, why);
  }
  changed();
  const row = document.getElementById(form.dataset.again);
  say((row ?? document).querySelector(".state")?.textContent.trim() ?? "");
}

async function copyAgain(form) {
  const asked = fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "text/plain" } });
  const address = asked.then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer)));
  let done;
  try {
    done = await take(address);
  } catch {
    // It works no more: its page says why.
    return location.assign(form.action.replace(/\/copy$/, ""));
  }
  if (done) note(form.action, form);
  tell(form, done, done ? null : shown(form, await address), null);
}

/** The address below its row, for whoever has to copy it by hand. */
function shown(form, address) {
  const row = form.closest(".row");
  const field = row.querySelector("input.by-hand") ?? document.createElement("input");
  field.className = "by-hand";
  field.readOnly = true;
  field.dir = "ltr";
  field.value = address;
  field.setAttribute("aria-label", form.querySelector("button").getAttribute("aria-label"));
  row.append(field);
  return field;
}

// Before any other script looks at the form.
document.addEventListener(
  "submit",
  (press) => {
    const form = press.target;
    const { submitter } = press;
    if (press.defaultPrevented) return;
    const work = form.matches("[data-mint]")
      ? () => mint(form, submitter)
      : form.matches("[data-again]")
        ? () => act(form, submitter)
        : form.matches("[data-copy-link]")
          ? () => copyAgain(form)
          : null;
    if (!work) return;
    press.preventDefault();
    once(form, submitter, work);
  },
  true,
);

/** Whoever comes back to the page sees what has become of the links meanwhile. What is open stays open. */
async function lookAgain() {
  const live = () => [...document.querySelectorAll("[data-live]")].filter((part) => !part.querySelector(`${OPEN}, .by-hand`));
  if (document.hidden || !live().length || Date.now() - lookAgain.last < 2000) return;
  lookAgain.last = Date.now();
  try {
    const { main } = await ask(location.href);
    for (const part of live()) {
      const fresh = main.querySelector(`#${CSS.escape(part.id)}`);
      if (fresh) renew(part, fresh);
    }
  } catch {
    // As it was is good enough; a reload asks again.
  }
}

/** Put the fresh part in place of the old one; who was at something in it, is at the same again. */
function renew(part, fresh) {
  const at = part.contains(document.activeElement) && document.activeElement;
  const row = at && at.closest("[id]:is(li)")?.id;
  part.replaceWith(fresh);
  if (!at) return;
  const same = (name) => at.getAttribute(name) && fresh.querySelector(`[${name}="${CSS.escape(at.getAttribute(name))}"]`);
  (same("aria-label") || same("href") || (row && document.getElementById(row)?.querySelector("a")) || fresh.querySelector("a, button"))?.focus();
}
lookAgain.last = Date.now();
addEventListener("focus", lookAgain);
document.addEventListener("visibilitychange", lookAgain);

document.addEventListener("click", (press) => {
  const button = press.target.closest?.("[data-share-text]");
  if (!button) return;
  const { shareText: text, shareTitle: title } = button.dataset;
  navigator.share({ title, text, url: document.getElementById("link-address").value }).catch(() => {});
});

// A day of its own that is not wanted any more is not wrong.
document.addEventListener("change", ({ target }) => {
  if (target.name === "until" && target.value !== "own") clearErrors(target.closest(".until")?.querySelector(".own-day"));
});

function offer() {
  if (!navigator.share) return;
  for (const button of document.querySelectorAll("[data-share-text]")) button.hidden = false;
}

document.addEventListener("swapped", offer);
offer();
