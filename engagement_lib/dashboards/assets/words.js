"use strict";
// Numbers, days and names for people; texts out of the data go through textContent only.

const MINUS = "\u2212";
const formats = new Map();

function fixed(digits, style) {
  const key = digits + (style ?? "");
  if (!formats.has(key)) {
    formats.set(key, new Intl.NumberFormat("en", { maximumFractionDigits: digits, minimumFractionDigits: style === "percent" ? digits : 0, style }));
  }
  return formats.get(key);
}

/** A number with its unit: 12,345; 4.6; 11.3%; 3 min 20 s; a p-value is never 0. */
function inWords(value, unit) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return String(value);
  if (unit === "percent") return fixed(Math.abs(value) < 0.1 ? 2 : 1, "percent").format(value);
  if (unit === "seconds") return duration(value);
  if (unit === "p-value") return value < 0.001 ? "<0.001" : fixed(3).format(value);
  const digits = Number.isInteger(value) || Math.abs(value) >= 1000 ? 0 : Math.abs(value) >= 100 ? 1 : 2;
  return fixed(digits).format(value).replace("-", MINUS);
}

function duration(seconds) {
  if (seconds < 59.5) return `${fixed(seconds < 10 ? 1 : 0).format(seconds)} s`;
  // Rounded before it is divided: 239.7 seconds are 4 min 0 s and not 3 min 60 s.
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  if (minutes < 2880) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${fixed(1).format(minutes / 1440)} days`;
}

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const dayInWords = (day) => dayFormat.format(new Date(day + "T00:00:00Z"));
const plainName = (name) => String(name).replace(/_/g, " ");

/** A value of a column by its name for people: DE is Germany. */
function nameOf(column, value) {
  const name = state.names[column]?.[value];
  return name ?? (value === null || value === undefined ? "unknown" : String(value));
}

/** Relative change, or in points for a percentage. */
function changeInWords(value, before, unit) {
  const sign = (n) => (n > 0 ? "+" : n < 0 ? MINUS : "±");
  if (unit === "percent") {
    const points = (value - before) * 100;
    return `${sign(Math.round(points * 10))}${fixed(1).format(Math.abs(points))} pp`;
  }
  const share = value / before - 1;
  return `${sign(Math.round(share * 1000))}${fixed(Math.abs(share) < 1 ? 1 : 0, "percent").format(Math.abs(share))}`;
}

/** A cell of a CSV file. A text that a spreadsheet would take for a formula gets an apostrophe in front. */
function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const text = /^[\s]*[=+\-@\t\r]/.test(value) ? "'" + value : String(value);
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

const csvOf = (grid) => [grid.header, ...grid.rows].map((row) => row.map(csvCell).join(",")).join("\r\n") + "\r\n";

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key === "class") made.className = value;
    else if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
