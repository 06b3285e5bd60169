// Forms and links marked data-swap are answered in place (docs/pages.md). Without this file they are plain ones.

const PATIENCE = 20000;
const MOST = 20;
const kept = new Map();
let here = history.state?.swap ?? named();
let running = null;
let saying = 0;

function named() {
  return `${Date.now()}.${Math.random()}`;
}

history.replaceState({ ...history.state, swap: here }, "");

const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
document.body.append(said);

/** Say something to whoever listens rather than looks. */
export function announce(words) {
  clearTimeout(saying);
  said.textContent = "";
  saying = setTimeout(() => (said.textContent = words), 50);
}

/** Show the page at this address in place; `from` is what was pressed. */
export function visit(address, { from = null, part = "", keep = true } = {}) {
  return ask(new URL(address, location.href), { from, part, keep });
}

/** Send this form as its submitter would, and show the answer in place. */
export function send(form, submitter = null, { keep = true } = {}) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const method = (submitter?.getAttribute("formmethod") || form.method).toLowerCase();
  const address = new URL(submitter?.getAttribute("formaction") || form.getAttribute("action") || "", location.href);
  const part = submitter?.dataset.swap || form.dataset.swap;
  if (method === "get") {
    address.search = new URLSearchParams(data);
    return ask(address, { form, from: submitter, part, keep });
  }
  return ask(address, { form, from: submitter, part, keep, body: new URLSearchParams(data) });
}

async function ask(address, { form = null, from = null, part = "", body, keep = true }) {
  if (running?.body) return;
  running?.abort();
  const mine = Object.assign(new AbortController(), { body });
  running = mine;
  const clock = setTimeout(() => mine.abort(), PATIENCE);
  const calm = busy(form, from);
  try {
    const asked = { method: body ? "POST" : "GET", body, signal: mine.signal, headers: { Accept: "text/html" } };
    const answer = await fetch(address.href.split("#")[0], asked);
    const text = await answer.text();
    const page = answer.headers.get("Content-Type")?.startsWith("text/html")
      ? new DOMParser().parseFromString(text, "text/html")
      : null;
    if (running !== mine) return;
    calm();
    if (answer.status >= 500 || answer.status === 429) fault(form, from, page && words(page), keep);
    else if (!page?.querySelector("main") || !fits(page)) plainly(form, from, answer.redirected ? answer.url : !body && address.href);
    else show(page, part, from, addressOf(answer, address, body), keep, Boolean(body));
  } catch {
    calm();
    if (running === mine) fault(form, from, null, keep);
  } finally {
    clearTimeout(clock);
    if (running === mine) running = null;
  }
}

/** Whatever is odd goes the plain way: to its address, or as the form that it is. */
function plainly(form, from, address) {
  if (address) return location.assign(address);
  form.removeAttribute("data-swap");
  running = null;
  (from || form.querySelector("button")).click();
}

/** Where a GET shows what is shown now; null where the page before keeps its address. */
function addressOf(answer, asked, body) {
  const known = answer.headers.get("Content-Location");
  if (known) return new URL(known, location.href);
  if (body && !answer.redirected) return null;
  const shown = new URL(answer.url);
  shown.hash ||= asked.hash;
  return shown;
}

/** Whether the answer differs in its main part alone: who was signed out meanwhile gets a page without the bar. */
function fits(page) {
  const make = (whose) => [
    ...[...whose.querySelectorAll("link[rel=stylesheet]")].map((one) => one.getAttribute("href")),
    Boolean(whose.querySelector("body > header")),
  ];
  return make(page).join() === make(document).join();
}

function words(page) {
  return [page.querySelector("h1"), page.querySelector("main p:not(.workspace)")].map((one) => one?.textContent.trim()).join(" ");
}

function show(page, part, from, address, keep, sent) {
  const old = document.querySelector("main");
  const target = part && document.querySelector(part);
  const fresh = part && page.querySelector(part);
  const whole = !target || !fresh;
  document.querySelector("[data-fault]")?.remove();
  if (keep) remember(whole ? old : old.cloneNode(true));
  const moved = address && address.href !== location.href;
  // What is done is done: what came of it takes the form's place in the history, and Back asks how things are now.
  const done = whole && page.querySelector("main").hasAttribute("data-swap-end");
  if (moved && keep && !(done && sent)) {
    here = named();
    history.pushState({ swap: here }, "", address);
  } else if (moved) {
    history.replaceState({ swap: here }, "", address);
  }
  if (whole) put(page.querySelector("main"), page.body.className);
  else target.replaceWith(fresh);
  document.title = page.title;
  const main = document.querySelector("main");
  if (done) kept.clear();
  settled(whole ? main : fresh);
  if (keep) settle(from, whole ? main : fresh, whole);
  else tell(whole ? main : fresh);
}

function put(main, shape) {
  document.querySelector("main").replaceWith(main);
  document.body.className = shape;
}

function remember(main) {
  main.querySelector("[data-fault]")?.remove();
  kept.set(here, { main, shape: document.body.className, title: document.title });
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
}

/** Bring focus to what has changed, as a new page would. */
function settle(from, inside, whole) {
  const again = from?.id && document.getElementById(from.id);
  const hash = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const first = inside.querySelector("[role=alert], [data-focus]");
  const place = first || again || hash || (whole && inside.querySelector("h1"));
  if (place) focus(place, place !== again);
  if (place && place === again) tell(inside);
  else if (whole && place !== hash) scrollTo(0, 0);
}

function tell(inside) {
  const words = inside.querySelector("[data-announce]")?.textContent.trim();
  if (words) announce(words);
}

function settled(inside) {
  clearTimeout(saying);
  said.textContent = "";
  waits(inside);
  document.dispatchEvent(new CustomEvent("swapped", { detail: inside }));
}

function focus(place, scroll) {
  if (!place.matches("a[href], button, input, select, textarea, summary, [tabindex]")) place.tabIndex = -1;
  place.focus({ preventScroll: !scroll });
}

function land() {
  const title = document.querySelector("main h1");
  if (title) focus(title, false);
}

/** The form stays as it is, and says that the server was not reached, or what it said. */
function fault(form, from, words, lead) {
  const place = form || from?.closest("main") || document.querySelector("main");
  document.querySelector("[data-fault]")?.remove();
  const told = document.createElement("div");
  told.className = "notice wrong";
  told.dataset.fault = "";
  told.setAttribute("role", "alert");
  const sentence = document.createElement("p");
  sentence.textContent = words || document.body.dataset.unreached || "";
  told.append(sentence);
  place.prepend(told);
  // Whoever is typing while a list follows hears of it where they are.
  if (lead) focus(told, true);
}

/** Let nothing of this be pressed twice; the answer is how to end that. */
function busy(form, from) {
  const buttons = form ? [...form.querySelectorAll("button:enabled")] : [];
  for (const one of buttons) one.disabled = true;
  from?.setAttribute("aria-busy", "true");
  return () => {
    for (const one of buttons) one.disabled = false;
    from?.removeAttribute("aria-busy");
  };
}

document.addEventListener("click", (press) => {
  const link = press.target.closest?.("a[data-swap]");
  if (!link || press.defaultPrevented || press.button || press.metaKey || press.ctrlKey || press.shiftKey || press.altKey)
    return;
  if (link.origin !== location.origin || link.target || link.hasAttribute("download")) return;
  press.preventDefault();
  visit(link.href, { from: link, part: link.dataset.swap });
});

/** A form is not taken back before a person can have read it: a press that comes sooner waits, and is sent then. */
document.addEventListener("submit", (press) => {
  const { target: form, submitter } = press;
  const left = submitter?.dataset.due - performance.now();
  if (!(left > 0)) return;
  press.preventDefault();
  press.stopImmediatePropagation();
  const calm = busy(form, submitter);
  setTimeout(() => {
    calm();
    if (form.isConnected) submitter.click();
  }, left);
});

function waits(inside) {
  for (const one of inside.querySelectorAll("[data-wait]")) one.dataset.due ??= performance.now() + +one.dataset.wait;
}

waits(document);

document.addEventListener("submit", (press) => {
  const form = press.target;
  if (!form.matches("form[data-swap]") || press.defaultPrevented || form.target) return;
  // A browser that does not say which button was pressed sends the form better itself.
  if (press.submitter === undefined) return;
  if (new URL(press.submitter?.formAction || form.action).origin !== location.origin) return;
  if (form.querySelector("input[type=file]")) return;
  press.preventDefault();
  send(form, press.submitter);
});

addEventListener("popstate", ({ state }) => {
  // A press on a link within the page makes a new entry for what is shown already.
  if (!state?.swap) return history.replaceState({ swap: here }, "");
  if (state.swap === here) return;
  running?.abort();
  running = null;
  remember(document.querySelector("main"));
  here = state.swap;
  const before = kept.get(here);
  if (!before) return visit(location.href, { keep: false }).then(land);
  put(before.main, before.shape);
  document.title = before.title;
  settled(before.main);
  land();
});
