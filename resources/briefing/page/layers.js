/* What is shown: boxes by kind, by sort, by agency. */
const boxes = new Map();
const isOn = (name) => Boolean(boxes.get(name) && boxes.get(name).checked);
const shownAgencies = new Set(told.agencies.map((one) => one.id));
const hiddenSorts = new Set();

function tick(parent, name, words, count, on, change, looks, agency) {
  const box = element("input"), line = add(element("label", "tick " + (looks || "")), box);
  box.type = "checkbox";
  box.checked = on;
  if (agency) {
    const spot = element("span", "dot");
    const put = () => { spot.style.background = colourOf(agency); };
    recoloured.push(put);
    put();
    add(line, spot);
  }
  add(line, element("span", "words", words));
  if (count !== null) add(line, element("span", "count", count));
  box.addEventListener("change", change);
  if (name) boxes.set(name, box);
  add(parent, line);
  return box;
}

const CLOSED = "closed";
const sortOf = (one) => one.kind + "/" + (one.over ? CLOSED : one.kind === "unit" || one.kind === "resource" || one.kind === "zone" ? one.what || "" : "");
Object.entries(KINDS).forEach(([kind, words]) => {
  const those = told.objects[kind];
  if (!those.length) return;
  tick(at("layers"), kind, words, those.length, true, show);
  const sorts = new Map();
  those.forEach((one) => { const name = one.over ? "" : one.what || ""; if (!one.over) sorts.set(sortOf(one), [name, (sorts.get(sortOf(one)) || [0, 0])[1] + 1]); });
  const over = those.filter((one) => one.over).length;
  const of = (key, name, count, on) => tick(at("layers"), key, name, count, on, (event) => {
    if (event.target.checked) hiddenSorts.delete(key); else hiddenSorts.add(key);
    show();
  }, "of");
  if (sorts.size > 1 && sorts.size <= 30) [...sorts].sort((a, b) => a[1][0].localeCompare(b[1][0])).forEach(([key, [name, count]]) => of(key, name || "Other", count, true));
  if (over) {  // as on the live map: what is over is not shown, unless it is asked for
    hiddenSorts.add(kind + "/" + CLOSED);
    of(kind + "/" + CLOSED, kind === "incident" ? "Closed" : "Over", over, false);
  }
});
if (told.trails.length) tick(at("layers"), "trails", "Trails", told.trails.length, false, () => drawTrails());
levels.forEach((level) => tick(at("layers"), "level " + level, levelWords(level),
  told.jurisdictions.filter((one) => one.level === level).length, true, show));
if (told.overlaps.length) tick(at("layers"), "overlaps", "Overlaps of jurisdictions", told.overlaps.length, true, show);
tick(at("layers"), "grid", "US National Grid", null, false, show);
tick(at("layers"), "places", "Place names", null, true, show);
tick(at("layers"), "background", told.tiles ? "Background map" : "Roads and water", null, true, show);

const perAgency = new Map();
all.forEach((one) => perAgency.set(one.agency, (perAgency.get(one.agency) || 0) + 1));
const agencyBoxes = told.agencies.slice().sort((a, b) => a.name.localeCompare(b.name)).map((one) => [one.id,
  tick(at("agencies"), "", one.name, perAgency.get(one.id) || 0, true, (event) => {
    if (event.target.checked) shownAgencies.add(one.id); else shownAgencies.delete(one.id);
    show();
  }, "", one.id)]);
function allAgencies(on) {
  agencyBoxes.forEach(([id, box]) => { box.checked = on; if (on) shownAgencies.add(id); else shownAgencies.delete(id); });
  show();
}
at("all-agencies").addEventListener("click", () => allAgencies(true));
at("no-agency").addEventListener("click", () => allAgencies(false));

const isShown = (one) => isOn(one.kind) && shownAgencies.has(one.agency) && !hiddenSorts.has(sortOf(one)) && !one.nowhere;
const isCrowded = (one) => one.x !== undefined;

/* what is no unit stands where it is */
function stand() {
  standing.clearLayers();
  all.forEach((one) => {
    if (!one.isPlaced || !isShown(one) || isCrowded(one)) return;
    [one.layer, one.sign, one.cells ? cellsOf(one) : null].forEach((layer) => { if (layer) standing.addLayer(layer); });
  });
}
function show() {
  stand();
  arrange();
  ["grid", "background", ...levels.map((level) => "level " + level), "overlaps"].forEach((name) => {
    if (isOn(name)) map.addLayer(group(name)); else map.removeLayer(group(name));
  });
  drawGrid();
  drawTrails();
  layNames();
  map.getContainer().setAttribute("aria-label", "Map of " + about.operation + ", " +
    all.filter((one) => one.isPlaced && isShown(one)).length + " things shown");
}
