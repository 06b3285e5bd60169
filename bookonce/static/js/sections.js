// Which section of a long form one is in: marked in the list of them, which is brought along.

const list = document.querySelector(".index > div");
const links = new Map([...list.querySelectorAll("a")].map((link) => [document.getElementById(link.hash.slice(1)), link]));
const sections = [...links.keys()];
let waits = false;

function here() {
  const page = document.documentElement;
  if (scrollY > 0 && innerHeight + scrollY >= page.scrollHeight - 4) return sections[sections.length - 1];
  return sections.filter((section) => section.getBoundingClientRect().top <= innerHeight * 0.3).pop() ?? sections[0];
}

function look() {
  waits = false;
  const link = links.get(here());
  if (link.hasAttribute("aria-current")) return;
  for (const other of links.values()) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  list.scrollLeft = link.offsetLeft - (list.clientWidth - link.offsetWidth) / 2;
}

function soon() {
  if (!waits) requestAnimationFrame(look);
  waits = true;
}

addEventListener("scroll", soon, { passive: true });
addEventListener("resize", soon);
look();
