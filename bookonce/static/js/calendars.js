// The list of calendars: an address is copied where it can be, and the list follows what is typed.

const toast = document.getElementById("toast");

function say(words) {
  toast.textContent = "";
  requestAnimationFrame(() => (toast.textContent = words));
  clearTimeout(say.end);
  say.end = setTimeout(() => (toast.textContent = ""), 6000);
}

// Where copying is refused, the link does what links do.
document.addEventListener("click", (press) => {
  const link = press.target.closest?.("a[data-copy-address]");
  if (!link || !navigator.clipboard || press.metaKey || press.ctrlKey || press.shiftKey) return;
  press.preventDefault();
  navigator.clipboard.writeText(link.href).then(
    () => say(link.dataset.copyAddress),
    () => location.assign(link.href),
  );
});

let typing;
let asking;

async function look(form) {
  asking?.abort();
  asking = new AbortController();
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  try {
    const answer = await fetch(address, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("found");
    if (!answer.ok || !found) return form.submit();
    document.getElementById("found").replaceWith(found);
    document.dispatchEvent(new CustomEvent("swapped", { detail: found }));
    document.getElementById("told").textContent = found.dataset.told;
    history.replaceState(history.state, "", address);
  } catch (fault) {
    if (fault.name !== "AbortError") form.submit();
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form.search");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => look(form), 200);
});
