// Hours as people type them, on either clock, and as their reader writes them: in minutes after midnight.
// The server's own rule (bookonce/interfaces/host/calendars/hours.py); one table holds both to it (tests/interfaces/host/calendars/typed_hours.py).

const HALF = 720;
const OTHERS = ["", "h", "uhr"];
const TIME = /^([0-9]{1,2})(?:[:.h]?([0-9][0-9]))?\s*([^0-9]*)$/i;

const folded = (text) => text.replace(/[\s.]+/g, "").toLowerCase();

/** What reads and writes so: `pattern` in the letters of CLDR, `am` and `pm` as the reader calls them. */
export function wallTimes({ pattern, am, pm }) {
  const halves = { a: ["a", "am", folded(am)], p: ["p", "pm", folded(pm)] };

  function read(text) {
    const found = TIME.exec(text.replaceAll("\u2060", "").trim());
    if (!found) return null;
    const [, digits, rest, words] = found;
    const tail = folded(words);
    const half = Object.keys(halves).find((name) => halves[name].includes(tail)) ?? "";
    let hour = Number(digits);
    const minute = Number(rest ?? 0);
    if (!half && !OTHERS.includes(tail)) return null;
    if (half && (hour < 1 || hour > 12)) return null;
    const open = !tail && hour >= 1 && hour <= 12 && !digits.startsWith("0");
    if (half) hour = (hour % 12) + (half === "p" ? 12 : 0);
    const at = hour * 60 + minute;
    return minute < 60 && at <= 2 * HALF ? { at, half, open } : null;
  }

  /** Both ends; midnight at the end is the end of the day. One text may hold both. */
  function rangeOf(start, end) {
    if (!end.trim()) [start, end = ""] = start.split(/\s*[–—−-]\s*(.*)/s);
    const [first, last] = [read(start), read(end)];
    if (!first || !last) return null;
    let [from, to] = [first.at, last.at || 2 * HALF];
    // Where one end alone says its half of the day, the other is in the half that makes sense beside it; where
    // neither does, and the end would come first, it is after noon.
    if (last.half && first.open) {
      const later = (from % HALF) + (last.half === "p" ? HALF : 0);
      if (later < to) from = later;
    } else if ((first.half || first.open) && last.open && to <= from && from < to + HALF && to <= HALF) to += HALF;
    return [from, to];
  }

  /** Several of them, or nothing where one cannot be read. */
  function rangesOf(text) {
    const parts = text.split(/[,;\n]/).map((part) => part.trim());
    const read = parts.filter(Boolean).map((part) => rangeOf(part, ""));
    return read.includes(null) ? null : read;
  }

  function wall(at) {
    const [hour, minute] = [Math.floor(at / 60), String(at % 60).padStart(2, "0")];
    const twelve = hour % 12 || 12;
    const said = { H: hour, HH: String(hour).padStart(2, "0"), h: twelve, hh: String(twelve).padStart(2, "0"), mm: minute };
    said.a = hour % 24 < 12 ? am : pm;
    return pattern.replace(/HH?|hh?|mm|a/g, (letters) => said[letters]).replaceAll("\u202f", "\u00a0");
  }

  return { wall, rangeOf, rangesOf };
}
