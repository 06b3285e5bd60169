// Sheets (docs/desk.md): a link marked data-sheet opens its page's main part in a dialog. Back closes it, a reload
// shows the page, and without this file the link is a link. `data-sheet="here"` stays in the sheet that it is in.

import { OPEN } from "./popovers.js";

/** Milliseconds after which a sheet that is still to come opens without its words. */
const SLOW = 150;

let sheet = null;
// Loaded anew while a sheet was open: what lies before in the history is another page by now.
const alone = Boolean(history.state?.sheet);

/** Where the answer to something in here is shown: the sheet that it is in, else the page. */
export function placeOf(node) {
  return node.closest("dialog.sheet") ?? document.querySelector("main");
}

/** Ask for a page, by a link or by a form: its main part, its address, its status. */
export async function ask(address, body) {
  const answer = await fetch(address, { method: body ? "POST" : "GET", body, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  const away = /\/sign-in(\/code)?$/.test(new URL(answer.url).pathname);
  if (!main || away || answer.status >= 500 || answer.status === 401) throw Object.assign(new Error("no page"), { answer, away, main });
  return { page, main, status: answer.status, url: body && !answer.redirected ? null : answer.url };
}

/** What a form sends, and where. */
export function sent(form, submitter) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.append(submitter.name, submitter.value);
  return [submitter?.getAttribute("formaction") || form.getAttribute("action"), body];
}

/** Show an answer where `place` is; `from` is what was pressed. */
export function show(place, answer, from) {
  const again = from && { id: from.id, tab: from.closest("nav") && from.getAttribute("href"), row: from.closest("[data-again]")?.dataset.again };
  if (place.matches("dialog")) {
    fill(answer);
    if (answer.url) history.replaceState(history.state, "", answer.url);
  } else {
    place.replaceChildren(...answer.main.childNodes);
    document.title = answer.page.title;
    if (answer.url) history.replaceState(history.state, "", answer.url);
  }
  document.dispatchEvent(new CustomEvent("swapped", { detail: place }));
  settle(place, again);
}

function settle(place, again) {
  const target =
    place.querySelector("[role=alert], [data-focus]") ||
    (again?.id && document.getElementById(again.id)) ||
    (again?.row && document.getElementById(again.row)?.querySelector("a, button")) ||
    (again?.tab && place.querySelector(`nav a[href="${CSS.escape(again.tab)}"]`)) ||
    place.querySelector("[data-first]") ||
    place.querySelector("h1, h2");
  if (!target) return;
  if (!target.matches("a[href], button, input, select, textarea, summary, [tabindex]")) target.tabIndex = -1;
  target.focus({ preventScroll: Boolean(again?.row) });
}

/** Say in place that the server was not reached, or what it said. */
export function fault(place, { answer, main, away } = {}) {
  if (away) return location.assign(answer.url);
  place.querySelector("[data-fault]")?.remove();
  const told = document.createElement("div");
  told.className = "notice wrong";
  told.dataset.fault = "";
  told.setAttribute("role", "alert");
  told.tabIndex = -1;
  const sentence = document.createElement("p");
  sentence.textContent = main?.querySelector("p:not(.workspace)")?.textContent.trim() || document.body.dataset.unreached || "";
  if (answer?.status === 401) {
    const headline = document.createElement("strong");
    headline.textContent = main.querySelector("h1").textContent.trim();
    sentence.prepend(headline, " ");
  }
  told.append(sentence);
  if (answer?.status === 401) {
    const ways = document.createElement("p");
    ways.className = "actions";
    ways.append(...main.querySelectorAll("a[target]"));
    told.append(ways);
  }
  (place.querySelector(".sheet-body") ?? place).prepend(told);
  told.focus();
}

function build() {
  const dialog = document.getElementById("sheet").content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-shut]").addEventListener("click", () => dialog.close());
  // A press beside the sheet closes it, but not over something that was typed.
  dialog.addEventListener("input", () => dialog.setAttribute("closedby", "closerequest"));
  if (!("closedBy" in dialog))
    dialog.addEventListener("pointerdown", (press) => {
      if (press.target === dialog && dialog.getAttribute("closedby") === "any" && outside(dialog, press)) dialog.close();
    });
  dialog.addEventListener("close", closed);
  document.body.append(dialog);
  return dialog;
}

function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

function fill({ page, main }) {
  const { dialog } = sheet;
  const body = dialog.querySelector(".sheet-body");
  const title = main.querySelector("h1");
  dialog.querySelector("#sheet-title").replaceChildren(...title.childNodes);
  main.querySelector(".back")?.remove();
  const words = title.closest(".head")?.querySelector("p");
  (title.closest(".head") ?? title).remove();
  body.replaceChildren(...(words ? [words] : []), ...main.childNodes);
  dialog.scrollTop = 0;
  dialog.setAttribute("closedby", "any");
  document.title = page.title;
}

/** What the page of a sheet needs beside its words. */
async function bring(page) {
  const known = (selector, name) => [...document.querySelectorAll(selector)].map((one) => one.getAttribute(name));
  const coming = [];
  for (const style of page.querySelectorAll("link[rel=stylesheet]")) {
    if (known("link[rel=stylesheet]", "href").includes(style.getAttribute("href"))) continue;
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = style.getAttribute("href");
    coming.push(new Promise((ready) => link.addEventListener("load", ready) ?? link.addEventListener("error", ready)));
    document.head.append(link);
  }
  for (const script of page.querySelectorAll("script[type=module][src]")) coming.push(import(script.getAttribute("src")));
  await Promise.allSettled(coming);
}

async function open(address, opener, push = true) {
  if (sheet) return;
  const menu = opener?.closest("[popover]");
  const dialog = build();
  sheet = {
    dialog,
    back: menu ? `[popovertarget="${CSS.escape(menu.id)}"]` : opener?.id ? `#${CSS.escape(opener.id)}` : null,
    opener,
    below: push ? location.href : null,
    title: document.title,
    changed: false,
  };
  opener?.setAttribute("aria-busy", "true");
  const slow = setTimeout(wait, SLOW, dialog, opener);
  let answer;
  try {
    answer = await ask(address);
    await bring(answer.page);
  } catch {
    if (sheet?.dialog !== dialog) return;
    addEventListener("pagehide", () => drop(dialog), { once: true });
    return location.assign(address);
  } finally {
    clearTimeout(slow);
    opener?.removeAttribute("aria-busy");
  }
  // Closed while it was on its way.
  if (sheet?.dialog !== dialog) return;
  if (push) history.pushState({ ...history.state, sheet: true }, "", answer.url);
  dialog.removeAttribute("aria-busy");
  fill(answer);
  if (!dialog.open) dialog.showModal();
  document.dispatchEvent(new CustomEvent("swapped", { detail: dialog }));
  settle(dialog);
}

/** Nothing comes of this sheet any more. */
function drop(dialog) {
  dialog.remove();
  if (sheet?.dialog === dialog) sheet = null;
}

/** What is slow to come shows at once that it comes: under its name, and with nothing to look at yet. */
function wait(dialog, opener) {
  const title = dialog.querySelector("#sheet-title");
  title.textContent = opener?.textContent.trim() || "…";
  const more = document.createElement("p");
  more.className = "quiet";
  more.textContent = "…";
  dialog.querySelector(".sheet-body").replaceChildren(more);
  dialog.setAttribute("aria-busy", "true");
  dialog.showModal();
  title.focus();
}

async function closed() {
  const { dialog, back, opener, below, title, changed } = sheet;
  sheet = null;
  dialog.remove();
  document.title = title;
  if (history.state?.sheet) {
    if (!below) return history.back();
    await new Promise((done) => {
      addEventListener("popstate", done, { once: true });
      history.back();
    });
  }
  if (changed) await renew();
  const target = (back && document.querySelector(back)) ?? (opener?.isConnected ? opener : document.querySelector("main h1"));
  if (target && !target.matches("a[href], button, [tabindex]")) target.tabIndex = -1;
  if (!document.querySelector(OPEN)) target?.focus();
}

/** Bring the page below up to date: something was changed in the sheet. */
async function renew() {
  try {
    const answer = await ask(location.href);
    const main = document.querySelector("main");
    // What somebody has opened meanwhile is not taken from under their hand.
    if (sheet) return void (sheet.changed = true);
    if (main.querySelector(":active")) return addEventListener("pointerup", () => setTimeout(renew), { once: true });
    const open = main.querySelector(OPEN);
    if (open) return open.addEventListener("toggle", renew, { once: true });
    main.replaceChildren(...answer.main.childNodes);
    document.dispatchEvent(new CustomEvent("swapped", { detail: main }));
  } catch {
    // The page stays as it was; a reload brings it up to date.
  }
}

async function go(address, from) {
  const { dialog } = sheet;
  try {
    const answer = await ask(address);
    await bring(answer.page);
    if (sheet?.dialog === dialog) show(dialog, answer, from);
  } catch {
    location.assign(address);
  }
}

async function post(form, submitter) {
  const { dialog, below } = sheet;
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  submitter?.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(...sent(form, submitter));
    if (!sheet) return;
    sheet.changed ||= answer.status < 400;
    if (below && answer.url && new URL(answer.url).pathname === new URL(below).pathname) dialog.close();
    else show(dialog, answer, submitter);
  } catch (why) {
    fault(dialog, why);
  } finally {
    delete form.dataset.busy;
    submitter?.removeAttribute("aria-busy");
  }
}

/** That something was changed here, so that the page below is old. */
export function changed() {
  if (sheet) sheet.changed = true;
}

document.addEventListener("click", (press) => {
  const link = press.target.closest?.("a[data-sheet], a[data-close]");
  if (!window.HTMLDialogElement) return;
  if (!link || press.defaultPrevented || press.button || press.metaKey || press.ctrlKey || press.shiftKey || press.altKey) return;
  const inside = sheet?.dialog.contains(link);
  if (link.hasAttribute("data-close")) {
    if (!inside) return;
    press.preventDefault();
    return sheet.dialog.close();
  }
  if (!inside && link.dataset.sheet === "here") return;
  press.preventDefault();
  if (inside) go(link.href, link);
  else open(link.href, link);
});

// One Escape, one thing: what is open in the sheet goes first. WebKit would shut both.
document.addEventListener("keydown", (press) => {
  const open = press.key === "Escape" && sheet?.dialog.querySelector(OPEN);
  if (!open) return;
  press.preventDefault();
  open.hidePopover();
});

// What was typed and not sent is its typist's (drafts.js): nobody after them sits before it, in no tab.
const tabs = globalThis.BroadcastChannel && new BroadcastChannel("bookonce");
tabs?.addEventListener("message", () => sessionStorage.clear());

document.addEventListener("submit", (press) => {
  const form = press.target;
  if (form.getAttribute("action")?.endsWith("/sign-out")) {
    sessionStorage.clear();
    tabs?.postMessage("signed out");
  }
  if (press.defaultPrevented || !sheet?.dialog.contains(form) || form.method !== "post" || form.target) return;
  press.preventDefault();
  post(form, press.submitter);
});

addEventListener("popstate", ({ state }) => {
  if (state?.sheet) {
    if (!sheet && !alone) open(location.href, null, false);
  } else if (sheet?.dialog.open) sheet.dialog.close();
  else if (sheet) drop(sheet.dialog);
  else if (alone) location.reload();
});
