"use strict";
// Which rows a tile shows under the chosen filters, and how days become numbers. Nothing here touches the page.
// A distinct count is never added up: a filter takes the rows that were counted for it, or the tile says that it cannot.

const state = JSON.parse(document.getElementById("state").textContent);
const DAY = 86400000;
const SPLITS = ["platform", "country_code", "user_access_type"];
const MOST_SERIES = 8;
const unpacked = new Map();

const time = (day) => Date.parse(day + "T00:00:00Z");
const isoDay = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);
const plusDays = (day, n) => isoDay(time(day) + n * DAY);
const daysBetween = (from, to) => Math.round((time(to) - time(from)) / DAY) + 1;

function daysOf(from, to) {
  const days = [];
  for (let at = time(from); at <= time(to); at += DAY) days.push(isoDay(at));
  return days;
}

function rowsOf(id) {
  if (!unpacked.has(id)) {
    const { length, columns } = state.tables[id];
    const rows = Array.from({ length }, () => ({}));
    for (const [name, column] of Object.entries(columns)) {
      for (let n = 0; n < length; n++) {
        rows[n][name] = column.texts ? (column.texts[column.indexes[n]] ?? null) : column.values[n];
      }
    }
    unpacked.set(id, rows);
  }
  return unpacked.get(id);
}

/** The rows that the tile is about: its own conditions, then the reader's filter the way the tile can follow it. */
function matching(tile, filter) {
  const how = filter.dimension ? tile.follows[filter.dimension] : "";
  return rowsOf(tile.table).filter((row) => {
    for (const [column, value] of Object.entries(tile.where)) if (row[column] !== value) return false;
    if (tile.isSplit && !("split" in tile.where)) {
      const split = SPLITS.includes(tile.by) ? tile.by : how === "split" ? filter.dimension : "total";
      if (row.split !== split) return false;
      return how !== "split" || row.split_value === filter.value;
    }
    if (tile.by && !(tile.by in tile.where) && row[tile.by] === "total") return false;
    for (const [dimension, column] of Object.entries(tile.follows)) {
      if (!column || column === "split") continue;
      const wanted = filter.dimension === dimension ? filter.value : "total";
      if (tile.by === column && wanted === "total" ? row[column] === "total" : row[column] !== wanted) return false;
    }
    return true;
  });
}

const valueOf = (tile, row) => (tile.isSplit && SPLITS.includes(tile.by) ? row.split_value : row[tile.by]);

function isMature(tile, row) {
  if (!tile.mature) return true;
  return tile.mature[0] === "!" ? !row[tile.mature.slice(1)] : Boolean(row[tile.mature]);
}

const absent = (tile, column) => state.tables[tile.table].columns[column].absent ?? null;

/** The numbers of the rows of one day each, for all days of a range; a day without a row is 0 where rows are only counts. */
function byDay(tile, rows, column, from, to) {
  const point = (day, row) => ({ day, y: row ? row[column] : absent(tile, column), partial: row ? !isMature(tile, row) : false });
  const isWithin = (day) => day !== null && day >= from && plusDays(day, tile.span - 1) <= to;
  if (tile.isSparse) return rows.filter((row) => isWithin(row[tile.day])).map((row) => point(row[tile.day], row));
  const at = tile.over === "sum" ? addedUp(rows, tile.day, column) : new Map(rows.map((row) => [row[tile.day], row]));
  const earliest = state.firstDay;
  return daysOf(from < earliest ? earliest : from, to > state.asOf ? state.asOf : to).map((day) => point(day, at.get(day)));
}

/** One row per day; what can be added up is, where a table has several, as one for each platform. */
function addedUp(rows, day, column) {
  const at = new Map();
  for (const row of rows) at.set(row[day], at.has(row[day]) ? { ...row, [column]: at.get(row[day])[column] + row[column] } : row);
  return at;
}

const sum = (values) => values.reduce((a, b) => a + b, 0);

/** One number out of the days of a range; null where it cannot be known. */
function overDays(tile, rows, from, to) {
  const [column, divisor] = tile.columns;
  const known = (name) => byDay(tile, rows, name, from, to).filter((d) => d.y !== null);
  const days = known(column);
  if (tile.over === "last") {
    const last = tile.isSparse ? days.at(-1) : days.find((d) => d.day === to);
    return last && !last.partial ? last.y : null;
  }
  if (!days.length) return null;
  if (tile.over === "ratio") {
    const below = sum(known(divisor).map((d) => d.y));
    return below ? sum(days.map((d) => d.y)) / below : null;
  }
  const total = sum(days.map((d) => d.y));
  return tile.over === "mean" ? total / days.length : total;
}

/** A key figure: its value, the one of the period before (null without a full one), and the days behind it. */
function figure(tile, filter) {
  const rows = matching(tile, filter);
  if (!tile.day) {
    const row = rows[0];
    const value = row && isMature(tile, row) ? single(tile, rows) : null;
    return { value, before: null, days: [], snapshot: true, unobserved: Boolean(row) && !isMature(tile, row) };
  }
  const { from, to } = filter;
  const length = daysBetween(from, to);
  // Whole weeks, so that as many of them lie in both periods.
  const back = tile.over === "last" ? tile.back || length : Math.max(1, Math.floor(length / tile.span)) * tile.span;
  const start = tile.over === "last" ? plusDays(to, -back) : plusDays(from, -back);
  const isWhole = plusDays(start, 1 - tile.window) >= state.firstDay;
  const isSeen = plusDays(to, 1 - tile.window) >= state.firstDay;
  const days = tile.over === "ratio" ? ratioByDay(tile, rows, from, to) : byDay(tile, rows, tile.columns[0], from, to);
  return {
    value: isSeen ? overDays(tile, rows, from, to) : null,
    before: isWhole ? overDays(tile, rows, start, plusDays(to, -back)) : null,
    back,
    days: days.filter((d) => d.y !== null && plusDays(d.day, 1 - tile.window) >= state.firstDay),
    unobserved: !isSeen || days.some((d) => (tile.isSparse || d.day === to) && d.partial) || Boolean(tile.isSparse && tile.mature && !days.length),
  };
}

function ratioByDay(tile, rows, from, to) {
  const below = byDay(tile, rows, tile.columns[1], from, to);
  return byDay(tile, rows, tile.columns[0], from, to).map((d, n) => ({ ...d, y: d.y === null || !below[n].y ? null : d.y / below[n].y }));
}

/** Rows in groups by the tile's ``by``, largest group first. */
function groups(tile, rows) {
  const found = new Map();
  for (const row of rows) {
    const key = valueOf(tile, row) ?? "unknown";
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(row);
  }
  const size = (some) => sum(some.map((row) => row[tile.columns[0]] ?? 0));
  return [...found].sort((a, b) => size(b[1]) - size(a[1]) || (a[0] < b[0] ? -1 : 1));
}

/** Points over days for lines and areas. */
function points(tile, filter) {
  const rows = matching(tile, filter);
  const found = tile.by ? groups(tile, rows) : [[null, rows]];
  const shown = found.slice(0, MOST_SERIES);
  const data = [];
  shown.forEach(([key, some], rank) => {
    const columns = tile.over === "ratio" ? [tile.columns[0]] : tile.columns;
    for (const [n, column] of columns.entries()) {
      const series = key !== null ? nameOf(tile.by, key) : columns.length > 1 ? tile.labels[column] : tile.heading;
      const days = tile.over === "ratio" ? ratioByDay(tile, some, filter.from, filter.to) : byDay(tile, some, column, filter.from, filter.to);
      // A grey line begins or ends at the last point that is sure.
      const edge = (n) => !days[n].partial && (days[n - 1]?.partial || days[n + 1]?.partial);
      for (const [at, d] of days.entries()) data.push({ x: time(d.day), day: d.day, y: d.y, series, partial: d.partial, edge: edge(at), rank: rank + n });
    }
  });
  return { data, left: found.length - shown.length };
}

/** One bar per value, or per column where the tile shows one row. */
function bars(tile, filter) {
  const rows = matching(tile, filter);
  let data;
  if (tile.by) {
    data = groups(tile, rows).map(([key, some]) => {
      const y = tile.day ? overDays(tile, some, filter.from, filter.to) : single(tile, some);
      return { label: nameOf(tile.by, key), key, y, partial: !some.every((row) => isMature(tile, row)), row: some[0] };
    });
  } else {
    data = tile.columns.map((column) => ({ label: tile.labels[column], key: column, y: rows.length ? rows[0][column] : null, row: rows[0] }));
  }
  if (tile.along && tile.by) data.sort((a, b) => (a.row[tile.along] < b.row[tile.along] ? -1 : 1));
  else if (tile.by && tile.chart === "bars") data.sort((a, b) => (b.y ?? -1) - (a.y ?? -1));
  const all = data.length;
  if (tile.top) data = data.slice(0, tile.top);
  return { data, left: all - data.length };
}

function single(tile, rows) {
  const total = (column) => (rows.length === 1 ? rows[0][column] : sum(rows.map((row) => row[column] ?? 0)));
  if (tile.over !== "ratio") return total(tile.columns[0]);
  return total(tile.columns[1]) ? total(tile.columns[0]) / total(tile.columns[1]) : null;
}
