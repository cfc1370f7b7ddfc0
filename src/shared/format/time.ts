const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long something lasted or how old it is, in one unit: `38 s`, `12 min`, `3 h`, `41 d`. */
export function ageText(ageMs: number): string {
  const age = Math.max(0, ageMs);
  if (age < minute) return `${Math.floor(age / second)} s`;
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < 2 * day) return `${Math.floor(age / hour)} h`;
  return `${Math.floor(age / day)} d`;
}

/** An age with its second unit where that still says something: `1 h 12 min`, `3 d 4 h`, `5 min`. */
export function longAgeText(ageMs: number): string {
  const age = Math.max(0, ageMs);
  if (age < hour) return ageText(age);
  const [big, small, bigName, smallName] = age < day ? [hour, minute, "h", "min"] : [day, hour, "d", "h"];
  const rest = Math.floor((age % Number(big)) / Number(small));
  const head = `${Math.floor(age / Number(big))} ${bigName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
}

/** Minutes and seconds of a clock that counts: `1:24`, `-0:30`, `1:02:03`. */
export function clockText(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  const total = Math.floor(Math.abs(ms) / second);
  const seconds = String(total % 60).padStart(2, "0");
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${sign}${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${sign}${minutes}:${seconds}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** The time of day where the reader is: `10:18:02`, with milliseconds `10:18:02.114`. */
export function timeOfDay(atMs: number, parts: "minutes" | "seconds" | "milliseconds" = "seconds"): string {
  const date = new Date(atMs);
  const base = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (parts === "minutes") return base;
  const seconds = `${base}:${two(date.getSeconds())}`;
  return parts === "seconds" ? seconds : `${seconds}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** The day and time of something that may be long ago: `10:18` today, `12 Nov, 10:18` before. */
export function momentText(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = timeOfDay(atMs, "minutes");
  if (at.toDateString() === new Date(nowMs).toDateString()) return time;
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  return `${at.getDate()} ${months[at.getMonth()] ?? ""}, ${time}`;
}
