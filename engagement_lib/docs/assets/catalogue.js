"use strict";
// One view at a time, a search over what is on the page, and the lit part of the lineage graph.

const views = [...document.querySelectorAll(".view")];
const nodes = new Map([...document.querySelectorAll("[data-node]")].map((node) => [node.dataset.node, node]));
const edges = [...document.querySelectorAll(".edge")].map((path) => ({ path, from: path.dataset.from, to: path.dataset.to }));
const graph = document.querySelector("#graph svg");
const chosen = document.getElementById("chosen");
const search = document.getElementById("search");

function reached(start, from, to) {
  const found = new Set();
  const waiting = [start];
  while (waiting.length) {
    const at = waiting.pop();
    for (const edge of edges) {
      if (edge[from] === at && !found.has(edge[to])) {
        found.add(edge[to]);
        waiting.push(edge[to]);
      }
    }
  }
  return found;
}

function linked(names) {
  const parts = [...names].sort().flatMap((name, n) => {
    const link = document.createElement("a");
    link.href = "#" + name;
    link.textContent = name;
    return n ? [", ", link] : [link];
  });
  return parts.length ? parts : ["nothing"];
}

function light(name) {
  const isChosen = nodes.has(name);
  const above = isChosen ? reached(name, "to", "from") : new Set();
  const below = isChosen ? reached(name, "from", "to") : new Set();
  graph.classList.toggle("lit", isChosen);
  for (const [id, node] of nodes) {
    node.classList.toggle("self", id === name);
    node.classList.toggle("on", id === name || above.has(id) || below.has(id));
  }
  const isOn = (edge) => (above.has(edge.from) && (above.has(edge.to) || edge.to === name)) || (below.has(edge.to) && (below.has(edge.from) || edge.from === name));
  for (const edge of edges) edge.path.classList.toggle("on", isOn(edge));
  document.querySelector("[data-do=all]").hidden = !isChosen;
  chosen.hidden = !isChosen;
  if (!isChosen) return;
  const [self, ancestors, descendants] = chosen.querySelectorAll("dd");
  self.replaceChildren(...linked([name]));
  ancestors.replaceChildren(...linked(above));
  descendants.replaceChildren(...linked(below));
  const frame = document.getElementById("graph");
  const box = nodes.get(name).getBoundingClientRect();
  const middle = box.left + box.width / 2 - frame.getBoundingClientRect().left;
  frame.scrollLeft += middle - frame.clientWidth / 2;
}

function show() {
  const [name, table] = decodeURIComponent(location.hash.slice(1)).split(":");
  const target = document.getElementById(name);
  const view = target?.closest(".view") ?? views[0];
  for (const each of views) each.hidden = each !== view;
  const tab = view.classList.contains("table") ? "tables" : view.id;
  document.querySelectorAll(".views a").forEach((a) => (a.hash === "#" + tab ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current")));
  document.title = `${view.classList.contains("table") ? view.id : "Catalogue"} · Engagement`;
  if (view.id === "lineage") light(table);
  if (target && target !== view) target.scrollIntoView();
  else if (!table) scrollTo(0, 0);
}

function find() {
  const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const layer of document.querySelectorAll("[data-layer]")) {
    let some = 0;
    for (const row of layer.querySelectorAll("[data-search]")) {
      const isFound = wanted.every((word) => row.dataset.search.includes(word));
      row.hidden = !isFound;
      if (isFound) some += 1;
      const hits = wanted.length ? row.dataset.columns.split(" ").filter((name) => wanted.some((word) => name.includes(word))) : [];
      row.querySelector(".hits").textContent = hits.length ? `columns: ${hits.slice(0, 8).join(", ")}${hits.length > 8 ? " …" : ""}` : "";
    }
    layer.hidden = !some;
    count += some;
  }
  document.getElementById("found").textContent = wanted.length ? `${count} ${count === 1 ? "table" : "tables"}` : "";
  document.querySelector(".none").hidden = count > 0;
}

search.addEventListener("input", find);
addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === search || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  location.hash = "tables";
  search.focus();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do === "all") location.hash = "lineage";
  if (button?.dataset.do === "theme") {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
  }
});
find();
show();
