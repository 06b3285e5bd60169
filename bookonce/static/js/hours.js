// The week drawn as a grid. The typed fields stay the truth: every stroke writes them, and is read from them.

import { add, changed, remove } from "./rows.js";
import { wallTimes } from "./wall_times.js";

const DAY = 1440;
const STEP = 30;
const week = document.querySelector("[data-week]");
const typed = document.querySelector("[data-hours]");
const days = [...typed.querySelectorAll("[data-day]")];
const drawn = new WeakMap();
let drag = null;

const { wall, rangeOf, rangesOf } = wallTimes(typed.dataset);
const fields = (row) => row.querySelectorAll("input[data-wall]");
const words = (text, said) => text.replace(/\{(\w+)\}/g, (whole, name) => said[name] ?? whole);

/** The ranges of a day as they are typed; what makes no sense is not drawn. */
function ranges(day) {
  return [...day.querySelectorAll("[data-row]")]
    .map((row) => {
      const [from, to] = rangeOf(...[...fields(row)].map((field) => field.value)) ?? [];
      return { row, from, to };
    })
    .filter(({ from, to }) => from < to);
}

/** Whether [from, to) fits into the day, beside all rows but this one. */
function fits(day, from, to, row) {
  if (from < 0 || to > DAY || to - from < 5) return false;
  return ranges(day).every((other) => other.row === row || other.to <= from || other.from >= to);
}

function write(row, from, to) {
  const [first, last] = fields(row);
  first.value = wall(from);
  last.value = wall(to);
}

function insert(day, from, to) {
  const row = add(`hours ${day.dataset.day}`);
  write(row, from, to);
  changed(row);
  return row;
}

/** The same hours, on another day. */
function carry(row, day, from, to) {
  const there = insert(day, from, to);
  remove(row);
  return there;
}

// --- what is drawn ---

const scroll = week.querySelector(".grid-scroll");
const said = document.createElement("p");
said.className = "unseen";
said.setAttribute("role", "status");
week.append(said);

function make(kind, name, inside, more = {}) {
  const made = Object.assign(document.createElement(kind), { className: name }, more);
  inside.append(made);
  return made;
}

/** A whole hour: where its half of the day is named, that says enough. */
function axis(hour) {
  return wall(hour * 60).replace(/[:.]00(?=\D)/, "");
}

const side = make("div", "", scroll);
side.setAttribute("aria-hidden", "true");
make("div", "grid-corner", side);
const clock = make("div", "grid-clock", side);
for (let hour = 1; hour < 24; hour++) make("span", "", clock, { textContent: axis(hour) }).style.setProperty("--at", hour);

for (const day of days) {
  const column = make("div", "grid-day", scroll);
  const head = make("button", "grid-add", column, { type: "button", textContent: day.dataset.short });
  head.title = words(week.dataset.add, { day: day.dataset.name });
  head.addEventListener("click", () => {
    const row = squeeze(day);
    if (row) drawn.get(row).focus();
  });
  day.track = make("div", "grid-track", column);
  day.track.day = day;
}

/** Hours in the first gap of the day that takes them. */
function squeeze(day) {
  for (const length of [480, 240, 60, STEP])
    for (let from = 540; from < 540 + DAY; from += STEP) {
      const at = from % DAY;
      if (fits(day, at, at + length, null)) return insert(day, at, at + length);
    }
  return null;
}

function named(day, from, to) {
  return words(week.dataset.block, { day: day.dataset.name, from: wall(from), to: wall(to) });
}

function place(block, day, from, to) {
  block.style.setProperty("--from", from / 60);
  block.style.setProperty("--long", (to - from) / 60);
  block.classList.toggle("short", to - from < 90);
  block.firstChild.textContent = to - from < 90 ? wall(from) : `${wall(from)}–${wall(to)}`;
  block.setAttribute("aria-label", named(day, from, to));
  if (block.parentNode !== day.track) day.track.append(block);
}

function blank(day) {
  const block = make("div", "grid-block", day.track, { tabIndex: 0 });
  block.setAttribute("role", "button");
  block.setAttribute("aria-describedby", "week-help");
  make("span", "", block);
  for (const edge of ["from", "to"]) make("i", "", block).dataset.edge = edge;
  return block;
}

function draw() {
  for (const day of days) {
    const standing = new Set();
    for (const { row, from, to } of ranges(day)) {
      const block = drawn.get(row) ?? blank(day);
      block.row = row;
      drawn.set(row, block);
      place(block, day, from, to);
      standing.add(block);
    }
    for (const block of day.track.querySelectorAll(".grid-block")) if (!standing.has(block)) block.remove();
  }
}

// --- by pointer ---

const high = (track) => track.getBoundingClientRect().height;

function at(track, y, round = Math.floor) {
  const inside = (y - track.getBoundingClientRect().top) / high(track);
  return Math.min(Math.max(round((inside * DAY) / STEP) * STEP, 0), DAY);
}

function under(x) {
  return days.find(({ track }) => {
    const { left, right } = track.getBoundingClientRect();
    return left <= x && x < right;
  });
}

scroll.addEventListener("pointerdown", (press) => {
  const track = press.target.closest(".grid-track");
  if (!track || press.button || (press.pointerType === "touch" && !press.target.closest(".grid-block"))) return;
  const block = press.target.closest(".grid-block");
  const known = block && ranges(track.day).find(({ row }) => row === block.row);
  const start = at(track, press.clientY);
  drag = known
    ? { ...known, block, day: track.day, y: press.clientY, edge: press.target.dataset.edge ?? "all", was: known }
    : { block: null, day: track.day, from: start, to: start, edge: "new", y: press.clientY, was: { from: start } };
  press.preventDefault();
  block?.focus();
  scroll.setPointerCapture(press.pointerId);
});

/** Where the hours would be, pulled so many minutes. */
function pulled({ was, edge, day, y }, move, by) {
  if (edge === "from") return [day, was.from + by, was.to];
  if (edge === "to") return [day, was.from, was.to + by];
  if (edge === "all") return [under(move.clientX) ?? day, was.from + by, was.to + by];
  const here = at(day.track, move.clientY, move.clientY < y ? Math.floor : Math.ceil);
  return [day, Math.min(was.from, here), Math.max(was.from + STEP, here)];
}

scroll.addEventListener("pointermove", (move) => {
  if (!drag) return;
  let by = Math.round((((move.clientY - drag.y) / high(drag.day.track)) * DAY) / STEP) * STEP;
  let there = pulled(drag, move, by);
  // What is in the way is not run over: the nearest place that is free is taken.
  while (by && !fits(...there, drag.row)) {
    by -= Math.sign(by) * STEP;
    there = pulled(drag, move, by);
  }
  if (!fits(...there, drag.row)) return;
  const [day, from, to] = there;
  drag.block ??= blank(day);
  Object.assign(drag, { day, from, to });
  place(drag.block, day, from, to);
});

function drop() {
  if (!drag) return;
  const { row, block, day, from, to, was, edge } = drag;
  drag = null;
  if (edge === "new") {
    block?.remove();
    if (to > from) settle(insert(day, from, to), day, from, to);
  } else if (!day.contains(row)) settle(carry(row, day, from, to), day, from, to);
  else if (from !== was.from || to !== was.to) {
    write(row, from, to);
    changed(row);
  }
  draw();
}

scroll.addEventListener("pointerup", drop);
scroll.addEventListener("pointercancel", () => {
  if (drag?.edge === "new") drag.block?.remove();
  drag = null;
  draw();
});

// A finger draws nothing, so that it can scroll: a tap makes an hour, which can then be moved and stretched.
scroll.addEventListener("click", (press) => {
  if (press.pointerType !== "touch" || !press.target.matches(".grid-track")) return;
  const { day } = press.target;
  const from = at(day.track, press.clientY);
  if (fits(day, from, from + 60, null)) settle(insert(day, from, from + 60), day, from, from + 60);
});

function settle(row, day, from, to) {
  draw();
  drawn.get(row).focus({ preventScroll: true });
  said.textContent = named(day, from, to);
}

// --- by keyboard ---

function aside(day, steps) {
  return days[days.indexOf(day) + (document.documentElement.dir === "rtl" ? -steps : steps)];
}

scroll.addEventListener("keydown", (press) => {
  const block = press.target.closest(".grid-block");
  if (!block || press.ctrlKey || press.metaKey || press.altKey) return;
  const { day } = block.parentNode;
  const { row, from, to } = ranges(day).find((one) => one.row === block.row);
  const up = { ArrowUp: -STEP, ArrowDown: STEP }[press.key];
  const there = { ArrowLeft: aside(day, -1), ArrowRight: aside(day, 1) }[press.key];
  if (press.key === "Delete" || press.key === "Backspace") {
    said.textContent = words(week.dataset.gone, { day: day.dataset.name });
    remove(row);
    day.track.previousElementSibling.focus();
  } else if (press.key === "Enter" || press.key === " ") fields(row)[0].select();
  else if (there && fits(there, from, to, row)) settle(carry(row, there, from, to), there, from, to);
  else if (up && press.shiftKey && fits(day, from, to + up, row)) keyed(row, day, from, to + up, to + up);
  else if (up && !press.shiftKey && fits(day, from + up, to + up, row)) keyed(row, day, from + up, to + up, from + up);
  else if (!up && there === undefined) return;
  press.preventDefault();
});

function keyed(row, day, from, to, edge) {
  write(row, from, to);
  changed(row);
  settle(row, day, from, to);
  reveal(day, edge);
}

/** Scroll as little as it takes to see this minute of the day. */
function reveal(day, minute) {
  const hour = high(day.track) / 24;
  const here = (minute / 60) * hour;
  const room = scroll.clientHeight - side.firstChild.offsetHeight;
  scroll.scrollTop = Math.min(Math.max(scroll.scrollTop, here + hour / 2 - room), here - hour / 2);
}

// --- copying to other days ---

document.addEventListener("click", (press) => {
  const button = press.target.closest?.('button[name="act"][value^="copy hours "]');
  if (!button) return;
  press.preventDefault();
  const from = button.closest("[data-day]");
  for (const { value } of from.querySelectorAll(`input[name="copy-${from.dataset.day}"]:checked`)) {
    const day = days.find((one) => one.dataset.day === value);
    for (const row of day.querySelectorAll("[data-row]")) remove(row);
    for (const one of ranges(from)) insert(day, one.from, one.to);
  }
  button.closest("[popover]").hidePopover();
});

// Enter copies, where one chooses to which days; in the form it would save.
document.addEventListener("keydown", (press) => {
  if (press.key !== "Enter" || !press.target.matches?.('[popover] input[name^="copy-"]')) return;
  press.preventDefault();
  press.target.closest("[popover]").querySelector('button[name="act"]').click();
});

// --- what is typed ---

// Whoever leaves a field sees how it was understood; both ends at once may be typed into the first.
document.addEventListener("change", ({ target }) => {
  const row = target.closest?.("[data-row]");
  if (target.matches("[data-walls]")) {
    const read = rangesOf(target.value);
    if (read?.length) target.value = read.map((pair) => pair.map(wall).join("–")).join(", ");
  } else if (row && target.matches("[data-wall]")) {
    const [first, last] = [...fields(row)].map((field) => field.value);
    const read = rangeOf(first, last) ?? (target === fields(row)[0] && rangeOf(first, ""));
    if (!read) return;
    write(row, ...read);
    draw();
  }
});

typed.addEventListener("input", () => drag ?? draw());
week.hidden = false;
draw();
const first = Math.min(...days.flatMap(ranges).map(({ from }) => from), 540);
// From half past, so that no hour's name is cut.
scroll.scrollTop = (Math.max(first - 90, 0) / DAY) * high(days[0].track);
