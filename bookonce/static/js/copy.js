// Copying as browsers allow it (docs/desk.md): within the press, also where the text is yet to come.

/** Put the text, or the text that is promised, into the clipboard. Says whether that worked; a broken promise throws. */
export async function take(text) {
  const coming = Promise.resolve(text);
  coming.catch(() => {});
  if (navigator.clipboard?.write && window.ClipboardItem) {
    try {
      // Begun within the press, so that browsers which ask for one still see it when the text is there.
      const item = new ClipboardItem({ "text/plain": coming.then((words) => new Blob([words], { type: "text/plain" })) });
      await navigator.clipboard.write([item]);
      return true;
    } catch {
      // Refused, or the promise was broken: the next line knows.
    }
  }
  const words = await coming;
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return byHand(words);
  }
}

/** The old way, the only one where the page came over plain http. */
function byHand(words) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = words;
  field.className = "unseen";
  field.readOnly = true;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {
    done = false;
  }
  field.remove();
  before?.focus();
  return done;
}

/** Say what became of it in the words that `from` carries; where it was refused, leave `field` selected. */
export function tell(from, done, field, told) {
  const touch = matchMedia("(pointer: coarse)").matches;
  const { copied, refused, refusedTouch } = from.dataset;
  if (!done) {
    field?.focus();
    field?.select();
  }
  const words = done ? copied : touch ? refusedTouch : refused;
  if (!told) return say(words);
  told.classList.toggle("good", done);
  told.textContent = "";
  setTimeout(() => (told.textContent = words), 50);
}

/** A word in passing, in the dialog that is open, else on the page. */
export function say(words) {
  const place = document.querySelector("dialog[open] .toast") ?? document.getElementById("toast");
  if (!place) return;
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 50);
  clearTimeout(say.end);
  say.end = setTimeout(() => (place.textContent = ""), 6000);
}

/** Let the trail know that it was copied (a form's token goes along). */
export function note(address, from) {
  const token = (from.closest("form") ?? document).querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, done: "yes" });
  fetch(address, { method: "POST", body, keepalive: true }).catch(() => {});
}

document.addEventListener("click", async (press) => {
  const button = press.target.closest?.("button[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  const done = await take(field.value);
  tell(button, done, field, button.closest(".field")?.querySelector(".told"));
  if (done && button.dataset.log) note(button.dataset.log, button);
});
