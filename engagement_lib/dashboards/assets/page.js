"use strict";
// The page: reads the filters, draws the tiles that can be seen, and hands out what they show.

const form = document.getElementById("filters");
const shown = new Map();
const PRESETS = { "7": 7, "28": 28, "90": 90 };

function filterOf() {
  const chosen = SPLITS.map((name) => [name, form.elements[name]?.value]).find(([, value]) => value);
  return { from: form.elements.from.value, to: form.elements.to.value, dimension: chosen?.[0] ?? "", value: chosen?.[1] ?? "" };
}

const embedOptions = { mode: "vega", ast: true, actions: false, defaultStyle: false, renderer: "svg", logLevel: 1, tooltip: showTip };

/** Everything that a tile shows: data of its chart, the same as a grid, and what the reader must be told. */
function contents(tile, filter) {
  const notes = [];
  if (filter.dimension && !tile.follows[filter.dimension]) {
    notes.push(`Not split by ${plainName(filter.dimension).replace(" code", "").replace("user ", "")} here: shows everybody.`);
  }
  if (!tile.day) notes.push(tile.isRecorded ? "Everything recorded; the range of dates does not apply." : tile.chart === "number" ? `As of ${dayInWords(state.asOf)}.` : asOfNote());
  if (tile.note) notes.push(tile.note);
  const made = MAKERS[tile.chart](tile, filter);
  if (made.left > 0) notes.push(`${made.left} more not shown.`);
  return { ...made, notes };
}

const asOfNote = () => `As of ${dayInWords(state.asOf)}; the range of dates does not apply.`;

const MAKERS = {
  number: (tile, filter) => {
    const made = figure(tile, filter);
    const base = Math.min(...made.days.map((d) => d.y));
    return {
      figure: made,
      data: made.days.map((d) => ({ x: time(d.day), y: d.y, base })),
      grid: made.snapshot
        ? { header: [tile.columns[0]], rows: [[made.value]] }
        : { header: [tile.day, tile.heading], rows: made.days.map((d) => [d.day, d.y]) },
    };
  },
  line: (tile, filter) => overTime(tile, filter),
  stack: (tile, filter) => overTime(tile, filter),
  bars: (tile, filter) => barsAndGrid(tile, bars(tile, filter), (row) => inWords(row.y, tile.unit)),
  columns: (tile, filter) => {
    const made = barsAndGrid(tile, bars(tile, filter), (row) => inWords(row.y, tile.unit));
    made.data.forEach((row) => (row.x = row.key));
    return made;
  },
  steps: (tile, filter) => {
    const made = bars(tile, filter);
    made.data.forEach((row, n) => (row.before = n ? made.data[n - 1].y : row.y));
    const share = (row) => (row.before ? inWords(row.y / row.before, "percent") : "–");
    made.data.forEach((row, n) => (row.short = n ? `${inWords(row.y)} · ${share(row)}` : inWords(row.y)));
    return barsAndGrid(tile, made, (row) => (row === made.data[0] ? inWords(row.y) : `${inWords(row.y)}  ·  ${share(row)} of the step before`));
  },
  heat: (tile, filter) => {
    const every = matching(tile, filter);
    const newest = new Set([...new Set(every.map((row) => row[tile.by]))].sort().slice(-tile.top || undefined));
    const rows = every.filter((row) => newest.has(row[tile.by]));
    const most = Math.max(...rows.map((row) => row[tile.columns[0]] ?? 0));
    const ages = [...new Set(rows.map((row) => row[tile.along]))];
    const have = new Set(rows.map((row) => `${row[tile.by]} ${row[tile.along]}`));
    // What has not begun has no row: its cell is as grey as one that is not over.
    for (const by of newest) for (const age of ages) if (!have.has(`${by} ${age}`)) rows.push({ [tile.by]: by, [tile.along]: age, [tile.columns[0]]: null });
    const data = rows.map((row) => {
      const partial = !isMature(tile, row) || row[tile.columns[0]] === null;
      const y = partial ? 0 : row[tile.columns[0]];
      const label = /^\d{4}-/.test(row[tile.by]) ? dayInWords(row[tile.by]) : nameOf(tile.by, row[tile.by]);
      return { x: row[tile.along], label, key: row[tile.by], y, most, partial, row, words: partial ? "not yet" : inWords(y, tile.unit === "percent" ? "" : tile.unit) };
    });
    if (tile.unit === "percent") data.filter((d) => !d.partial).forEach((d) => (d.words = String(Math.round(d.y * 100))));
    data.sort((a, b) => (a.key < b.key ? 1 : a.key > b.key ? -1 : a.x - b.x));
    const left = new Set(every.map((row) => row[tile.by])).size - newest.size;
    return { data, left, grid: { header: [tile.by, tile.along, tile.columns[0]], rows: data.map((d) => [d.key, d.x, d.partial ? null : d.y]) } };
  },
  interval: (tile, filter) => {
    const rows = matching(tile, filter).filter((row) => row[tile.columns[0]] !== null);
    const [y, low, high] = tile.columns;
    const header = [tile.by, ...(tile.along ? [tile.along] : []), ...tile.columns];
    const label = (row) => [nameOf(tile.by, row[tile.by]), ...(tile.along ? [row[tile.along]] : [])].join(" · ");
    const data = rows.map((row) => ({ label: label(row), y: row[y], low: row[low], high: row[high], row }));
    return { data, grid: { header, rows: rows.map((row) => header.map((c) => row[c])) } };
  },
  rows: (tile, filter) => {
    let rows = matching(tile, filter).filter((row) => !tile.day || (row[tile.day] >= filter.from && row[tile.day] <= filter.to));
    const left = tile.top ? Math.max(0, rows.length - tile.top) : 0;
    if (tile.along) rows = [...rows].sort((a, b) => (a[tile.along] < b[tile.along] ? 1 : a[tile.along] > b[tile.along] ? -1 : 0));
    if (tile.top) rows = rows.slice(0, tile.top);
    const header = [...(tile.by ? [tile.by] : []), ...tile.columns];
    return { data: rows, left, grid: { header, rows: rows.map((row) => header.map((column) => row[column])) } };
  },
};

function overTime(tile, filter) {
  const made = points(tile, filter);
  const series = [...new Set(made.data.map((d) => d.series))];
  const byDay = new Map();
  for (const d of made.data) {
    if (!byDay.has(d.day)) byDay.set(d.day, new Map());
    byDay.get(d.day).set(d.series, d.y);
  }
  const rows = [...byDay].map(([day, values]) => [day, ...series.map((name) => values.get(name) ?? null)]);
  const isDrawn = made.data.some((d) => d.y !== null);
  // The last period of a stack is as wide as its days, or day: a step ends where the next one would begin.
  if (tile.chart === "stack" && made.data.length) {
    const last = made.data.map((d) => d.day).reduce((a, b) => (a > b ? a : b));
    const end = time(plusDays(last, tile.span));
    made.data.push(...made.data.filter((d) => d.day === last).map((d) => ({ ...d, x: end })));
  }
  return { data: isDrawn ? made.data : [], left: made.left, byDay, grid: { header: [tile.day, ...series], rows } };
}

function barsAndGrid(tile, made, label) {
  made.data.forEach((row) => (row.words = row.partial && row.y === null ? "not yet observable" : label(row)));
  const rows = made.data.map((row) => [row.key, row.y]);
  return { ...made, data: made.data.some((row) => row.y !== null) ? made.data : [], grid: { header: [tile.by || "column", tile.columns.slice(0, tile.over === "ratio" ? 2 : 1).join(" / ")], rows } };
}

// --- drawing -------------------------------------------------------------------------------------------------------

function draw(id) {
  const tile = state.tiles[id];
  const box = document.getElementById(id);
  const filter = filterOf();
  const made = contents(tile, filter);
  shown.set(id, { ...(shown.get(id) ?? {}), made });
  box.querySelector(".notes").textContent = made.notes.join(" ");
  if (made.figure) drawFigure(box, tile, made.figure);
  const chart = box.querySelector(".chart");
  const empty = !made.data.length && tile.chart !== "number";
  box.classList.toggle("empty", empty);
  if (empty) {
    clearChart(id);
    chart.replaceChildren(element("p", { class: "nothing" }, tile.empty || "Nothing to show for this choice."));
  } else if (tile.chart === "rows") {
    chart.replaceChildren(gridTable(tile, made.grid));
  } else {
    drawChart(id, tile, made, chart, filter);
  }
  const table = box.querySelector(".grid");
  if (table && !table.hidden) table.replaceChildren(gridTable(tile, made.grid));
}

function clearChart(id) {
  shown.get(id)?.view?.finalize();
  if (shown.has(id)) shown.get(id).view = null;
}

async function drawChart(id, tile, made, chart, filter) {
  const gaps = Object.keys(tile.isSparse ? {} : state.gaps).filter((day) => day >= filter.from && day <= filter.to).map((day) => ({ x: time(day) }));
  if (tile.chart === "number" && made.data.length < 2) return clearChart(id), chart.replaceChildren();
  const turn = (shown.get(id).turn = (shown.get(id).turn ?? 0) + 1);
  const spec = JSON.parse(JSON.stringify(tile.spec));
  const isNarrow = chart.clientWidth < NARROW;
  fit(spec, made.data, chart.clientWidth);
  for (const source of spec.data) {
    if (source.name === "rows") source.values = isNarrow ? made.data.map((row) => ({ ...row, words: row.short ?? row.words })) : made.data;
    if (source.name === "gaps") source.values = gaps;
  }
  const holder = element("div", { class: "canvas" });
  clearChart(id);
  chart.replaceChildren(holder);
  const drawn = await vegaEmbed(holder, spec, embedOptions);
  if (shown.get(id).turn !== turn) return drawn.view.finalize();
  shown.get(id).view = drawn.view;
  holder.querySelector("svg")?.setAttribute("aria-hidden", "true");
}

/** A chart of this many pixels or more has room for all its words; a phone has not. */
const NARROW = 420;
const PIXELS_PER_LETTER = 7;

/** As many columns in the legend as there is room for; on a phone shorter names of bars and fewer words on the lower axis. */
function fit(spec, rows, width) {
  const longest = Math.max(1, ...rows.map((row) => (row.series ?? "").length));
  for (const legend of spec.legends ?? []) legend.columns = Math.max(1, Math.min(4, Math.floor(width / (longest * PIXELS_PER_LETTER + 30))));
  for (const axis of width < NARROW ? (spec.axes ?? []) : []) {
    if (axis.labelLimit) axis.labelLimit = Math.round(width * 0.35);
    if (axis.scale !== "x") continue;
    Object.assign(axis, { labelOverlap: true, labelSeparation: 8 });
    if (axis.tickCount) axis.tickCount = Math.min(axis.tickCount, 4);
  }
}

function drawFigure(box, tile, made) {
  box.querySelector(".value").textContent = made.value === null ? "–" : inWords(made.value, tile.unit);
  const pill = box.querySelector(".change");
  pill.className = "change";
  if (made.value === null) {
    pill.textContent = made.unobserved ? "not yet observable" : "no data";
    pill.classList.add("quiet");
  } else if (made.snapshot) {
    pill.textContent = "";
  } else if (made.before === null || !made.before) {
    pill.textContent = "no full period before";
    pill.classList.add("quiet");
  } else {
    const change = made.value - made.before;
    const inShort = changeInWords(made.value, made.before, tile.unit);
    const isEven = inShort.startsWith("±");
    const isGood = tile.better === "" || isEven ? null : (change > 0) === (tile.better === "up");
    pill.classList.add(isGood === null ? "even" : isGood ? "good" : "bad");
    pill.textContent = (isEven ? "" : change > 0 ? "▲ " : "▼ ") + inShort;
    pill.title = `${inWords(made.before, tile.unit)} ${made.back} days before`;
  }
}

function gridTable(tile, whole) {
  const grid = tile.chart === "rows" ? withoutEmptyColumns(whole) : whole;
  // A header that is no column is a series of the chart or its ratio.
  const isColumn = (name) => name === tile.by || name === tile.along || tile.columns.includes(name);
  const unit = (n) => (n === 0 || isColumn(grid.header[n]) ? cellUnit(grid.header[n], tile) : tile.unit);
  const align = grid.header.map((_, n) => (grid.rows.some((row) => typeof row[n] === "number") ? "number" : ""));
  const head = grid.header.map((name, n) => element("th", { scope: "col", class: align[n] }, tile.labels[name] ?? plainName(name)));
  const body = grid.rows.map((row) =>
    element("tr", {}, ...row.map((value, n) => element("td", { class: align[n], dir: "auto" }, n === 0 && tile.by ? nameOf(tile.by, value) : inWords(value, unit(n))))),
  );
  return element("table", {}, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
}

function withoutEmptyColumns({ header, rows }) {
  const kept = header.map((_, n) => n).filter((n) => n === 0 || rows.some((row) => row[n] !== null && row[n] !== ""));
  return { header: kept.map((n) => header[n]), rows: rows.map((row) => kept.map((n) => row[n])) };
}

/** The unit of a column: the tile's is that of its first one only, beside which stand counts and the like. */
const cellUnit = (name, tile) => (/_rate$|_rate_|_share$|^share_|^lift|_effect$/.test(name) ? "percent" : /_seconds$|^seconds_/.test(name) ? "seconds" : name === "p_value" ? "p-value" : name === tile.columns[0] && tile.chart !== "rows" ? tile.unit : "");

// --- tooltip: one for all charts, text only ------------------------------------------------------------------------

const tip = document.getElementById("tip");

function showTip(handler, event, item, value) {
  if (value === null || value === undefined || value === "" || !item.datum) return void (tip.hidden = true);
  const id = event.target.closest?.(".tile")?.id;
  if (!id) return;
  const tile = state.tiles[id];
  tip.replaceChildren(...tipLines(tile, shown.get(id).made, item.datum.datum ?? item.datum));
  tip.hidden = false;
  const width = tip.offsetWidth;
  tip.style.left = `${Math.max(8, Math.min(event.clientX + 14, innerWidth - width - 8))}px`;
  tip.style.top = `${Math.max(8, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8))}px`;
}

function tipLines(tile, made, datum) {
  const line = (name, text) => element("div", {}, element("span", {}, name), element("b", {}, text));
  if (made.byDay) {
    const gap = state.gaps[datum.day];
    const lines = [...(made.byDay.get(datum.day) ?? [])].filter(([, y]) => y !== null).sort((a, b) => b[1] - a[1]);
    return [
      element("strong", {}, dayInWords(datum.day)),
      ...lines.map(([name, y]) => line(name, inWords(y, tile.unit))),
      datum.partial ? element("em", {}, "window not yet fully observed") : null,
      gap ? element("em", {}, `no data from ${gap.join(", ")}`) : null,
    ].filter(Boolean);
  }
  const rest = tile.chart === "heat" ? tile.columns.slice(1) : tile.columns;
  const first = tile.chart === "heat" ? [line(tile.labels[tile.columns[0]], datum.partial ? "not yet observable" : inWords(datum.y, tile.unit))] : [];
  const lines = rest.filter((c) => datum.row && datum.row[c] !== undefined && tile.by).map((c) => line(tile.labels[c], inWords(datum.row[c], cellUnit(c, tile))));
  const day = tile.chart === "heat" ? ` · ${tile.labels[tile.along] ?? tile.along} ${datum.x}` : "";
  const unseen = tile.chart !== "heat" && datum.partial ? [element("em", {}, "window not yet fully observed")] : [];
  const told = tile.day || tile.over === "ratio" || !lines.length ? [line(tile.heading, inWords(datum.y, tile.unit))] : lines;
  return [element("strong", {}, datum.label + day), ...first, ...told, ...unseen];
}

// --- filters, buttons, address -------------------------------------------------------------------------------------

const visible = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const known = shown.get(entry.target.id) ?? {};
      shown.set(entry.target.id, { ...known, inView: entry.isIntersecting });
      if (entry.isIntersecting && !known.isDrawn) refresh(entry.target.id);
    }
  },
  { rootMargin: "200px" },
);

function refresh(id) {
  draw(id);
  shown.get(id).isDrawn = true;
}

/** Numbers change at once everywhere; charts out of sight are drawn when they come into view. */
function refreshAll() {
  for (const id of Object.keys(state.tiles)) {
    const known = shown.get(id) ?? {};
    shown.set(id, { ...known, isDrawn: false });
    if (known.inView || state.tiles[id].chart === "number") refresh(id);
  }
  const filter = filterOf();
  const missing = Object.keys(state.gaps).filter((day) => day >= filter.from && day <= filter.to).length;
  const span = daysBetween(filter.from, filter.to);
  document.getElementById("completeness").textContent = missing ? `${span - missing} of ${span} days complete` : `all ${span} days complete`;
  document.getElementById("completeness").classList.toggle("warn", missing > 0);
  const preset = document.querySelectorAll("[data-days]");
  preset.forEach((b) => b.setAttribute("aria-pressed", String(filter.to === state.asOf && filter.from === startOf(b.dataset.days))));
  remember(filter);
}

const startOf = (days) => {
  const start = days === "all" ? state.firstDay : plusDays(state.asOf, 1 - PRESETS[days]);
  return start < state.firstDay ? state.firstDay : start;
};

function remember(filter) {
  const parts = new URLSearchParams({ from: filter.from, to: filter.to });
  if (filter.dimension) parts.set(filter.dimension, filter.value);
  history.replaceState(null, "", "#" + parts);
  document.querySelectorAll("a[data-page]").forEach((a) => (a.href = a.dataset.page + "#" + parts));
}

function recall() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const day = (text) => (/^\d{4}-\d\d-\d\d$/.test(text ?? "") && text >= state.firstDay && text <= state.asOf ? text : null);
  form.elements.from.value = day(parts.get("from")) ?? startOf("28");
  form.elements.to.value = day(parts.get("to")) ?? state.asOf;
  for (const name of SPLITS) {
    const select = form.elements[name];
    if (select) select.value = [...select.options].some((o) => o.value === parts.get(name)) ? parts.get(name) : "";
  }
}

form.addEventListener("change", (event) => {
  const name = event.target.name;
  if (SPLITS.includes(name) && event.target.value) SPLITS.filter((o) => o !== name && form.elements[o]).forEach((o) => (form.elements[o].value = ""));
  const { from, to } = form.elements;
  for (const box of [from, to]) if (!box.value || box.value < state.firstDay || box.value > state.asOf) box.value = box === from ? state.firstDay : state.asOf;
  if (from.value > to.value) (name === "from" ? to : from).value = event.target.value;
  refreshAll();
});
form.addEventListener("submit", (event) => event.preventDefault());

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.days) {
    form.elements.from.value = startOf(button.dataset.days);
    form.elements.to.value = state.asOf;
    refreshAll();
  } else if (button.dataset.do) {
    ACTIONS[button.dataset.do](button.closest(".tile")?.id, button);
  }
});

const ACTIONS = {
  csv: (id) => save(new Blob(["\ufeff" + csvOf(current(id).grid)], { type: "text/csv" }), fileName(id, "csv")),
  png: async (id) => {
    if (!shown.get(id).view) refresh(id);
    const link = await shown.get(id).view.background("#ffffff").toImageURL("png", 2);
    follow(link, fileName(id, "png"));
  },
  table: (id, button) => {
    const table = document.getElementById(id).querySelector(".grid");
    table.hidden = !table.hidden;
    button.setAttribute("aria-expanded", String(!table.hidden));
    if (!table.hidden) table.replaceChildren(gridTable(state.tiles[id], current(id).grid));
  },
  theme: () => {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  },
};

const current = (id) => shown.get(id)?.made ?? contents(state.tiles[id], filterOf());
const fileName = (id, ending) => `${state.tiles[id].heading.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60)}-${form.elements.to.value}.${ending}`;

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  follow(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function follow(address, name) {
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

if (state.asOf) {
  const wanted = new URLSearchParams(location.hash.slice(1)).get("tile");
  recall();
  refreshAll();
  [...document.querySelectorAll(".tile")].find((box) => box.dataset.anchor === wanted)?.scrollIntoView({ block: "center" });
  document.querySelectorAll(".tile").forEach((box) => visible.observe(box));
  addEventListener("hashchange", () => (recall(), refreshAll()));
  // Paper shows everything, not only what was in view.
  addEventListener("beforeprint", () => Object.keys(state.tiles).forEach((id) => shown.get(id)?.isDrawn || refresh(id)));
}
