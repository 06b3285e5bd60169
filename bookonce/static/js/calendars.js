// The list of calendars: an address is copied where it can be. Where that is refused, the link does what links do.

import { say, take } from "./copy.js";

document.addEventListener("click", async (press) => {
  const link = press.target.closest?.("a[data-copy-address]");
  if (!link || press.metaKey || press.ctrlKey || press.shiftKey) return;
  press.preventDefault();
  if (await take(link.href)) say(link.dataset.copyAddress);
  else location.assign(link.href);
});
