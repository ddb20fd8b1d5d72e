/* Names on the map: none over another nor over a symbol, what must be read first. */
const plates = element("div", "plates");
plates.setAttribute("aria-hidden", "true");  // each symbol says its name itself
add(map.getPane("names"), plates);
const ruler = document.createElement("canvas").getContext("2d");
const FACE = '"DejaVu Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif';
const LOOKS = { incident: ["700 13px ", 7, 22, 24], unit: ["500 12px ", 3, 16, 19], call: ["700 12px ", 3, 18, 27], alert: ["700 12px ", 3, 18, 19], zone: ["700 12px ", 3, 16, 2],
  city: ["600 14px ", 2, 18, 4], place: ["500 12px ", 2, 15, 4], ground: ["600 11px ", 2, 14, 0], cell: ["700 12px ", 2, 15, 0] };
const MOST_NAMES = 260, STANDS_THERE = ".leaflet-control-zoom, .leaflet-control-scale, .leaflet-control-attribution, #north, #pointed, #then";
let layingNames = 0;

function short(text) {
  const signs = [...String(text)], longest = map.getSize().x < 500 ? 16 : 34;
  return signs.length > longest ? signs.slice(0, longest - 1).join("").trimEnd() + "…" : signs.join("");
}

/* what wants a name: what it says, where, how urgently */
function wanted() {
  const found = [], zoom = map.getZoom();
  const add = (look, text, place, rank, colour) => found.push({ look: look, text: text, place: place, rank: rank, colour: colour });
  standing.eachLayer((layer) => {
    const one = layer.of;
    if (!one || one.echo_of) return;
    if (one.kind === "incident") add("incident", "P" + one.priority + " " + short(one.name) + (one.over || one.open_s === null || one.open_s < 0 ? "" : " · " + span(one.open_s)), layer.getLatLng(), one.priority, one);
    else add(one.kind === "alert" ? "alert" : "unit", (one.tag ? one.tag + " " : "") + short(one.name), layer.getLatLng(), one.kind === "unit" ? 0 : 6);
  });
  alone.forEach((one) => {
    const moves = one.speed_mps > 1, isChosen = one === chosen;
    if (one.kind === "unit" || zoom >= 12 || isChosen)
      add(one.status_word === "emergency" ? "call" : "unit", short(one.name) + (one.stale ? " · " + age(one.age_s) : ""), placeOf(one), isChosen || one.status_word === "emergency" ? 0 : one.kind !== "unit" ? 40 : one.stale ? 32 : moves ? 30 : 31);
  });
  all.forEach((one) => {
    if (one.kind !== "zone" || !one.middle || !isShown(one)) return;
    const look = lookOf(one), bounds = one.layer.getBounds();
    if (look.named_to && 591657550 / 2 ** zoom > look.named_to) return;
    const wide = map.latLngToContainerPoint(bounds.getNorthEast()).x - map.latLngToContainerPoint(bounds.getSouthWest()).x;
    if (wide > 24 || bounds.getNorthEast().equals(bounds.getSouthWest()) && zoom >= 11)
      add("zone", short(one.name), L.latLng(bounds.getNorth(), bounds.getCenter().lng), 10 + rankOf(look), inkOf(look));
  });
  all.forEach((one) => { if (one.cells && isShown(one)) nameCells(one, (text, place) => add("cell", text, place, 19, inkOf(lookOf(one)))); });
  if (isOn("places")) places.forEach((one) => {
    const city = one.class === "city";
    if (zoom >= (NAMED_FROM.get(one.class) || 11)) add(city ? "city" : "place", short(one.name), L.latLng(one.lat, one.lon), city ? 20 : 50);
  });
  told.jurisdictions.forEach((one) => {
    const wideLevel = one.level === "county" || one.level === "state";
    if (!isOn("level " + one.level) || (!wideLevel && zoom < (one.level === "corridor" ? 13 : 12))) return;
    const wide = map.latLngToContainerPoint(one.box.getNorthEast()).x - map.latLngToContainerPoint(one.box.getSouthWest()).x;
    if (wide > 8 * one.name.length && wide < 2200) add("ground", short(one.name.toUpperCase()), one.box.getCenter(), 60 + Math.min(9, 900 / wide));
  });
  return found.sort((a, b) => a.rank - b.rank);
}

/* in each cell of a drawn grid its name; where there is no room, letters along the top and numbers along the left */
function nameCells(one, name) {
  const [west, south, east, north, columns, rows] = one.cells, [wide, high] = [(east - west) / columns, (north - south) / rows];
  const a = map.latLngToContainerPoint([north, west]), b = map.latLngToContainerPoint([south, east]);
  const room = Math.min((b.x - a.x) / columns, (b.y - a.y) / rows);
  if (room >= 30 && columns * rows <= 2000) {
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++)
      name(letters(column) + (row + 1), L.latLng(north - (row + 0.5) * high, west + (column + 0.5) * wide));
    return;
  }
  const every = [1, 2, 5, 10, 20, 50].find((each) => each * room >= 22) || 100;
  for (let column = 0; column < columns; column += every) name(letters(column), map.containerPointToLatLng([a.x + ((column + 0.5) * (b.x - a.x)) / columns, a.y - 10]));
  for (let row = 0; row < rows; row += every) name(String(row + 1), map.containerPointToLatLng([a.x - 10, a.y + ((row + 0.5) * (b.y - a.y)) / rows]));
}

/* squares that no name may cover: of the controls and what stands alone, and of crowds and their like */
function taken() {
  const frame = map.getContainer().getBoundingClientRect();
  const kept = [...document.querySelectorAll(STANDS_THERE)].map((one) => one.getBoundingClientRect()).filter((one) => one.width)
    .map((one) => [one.left - frame.left - 4, one.top - frame.top - 4, one.right - frame.left + 4, one.bottom - frame.top + 4]);
  const square = (x, y, half) => [x - half, y - half, x + half, y + half];
  standing.eachLayer((layer) => {
    if (!layer.of || !layer.getLatLng) return;
    const point = map.latLngToContainerPoint(layer.getLatLng());
    kept.push(square(point.x, point.y, layer.of.echo_of ? 9 : 16));
  });
  const corner = map.containerPointToLayerPoint([0, 0]);
  const crowded = [...alone.map((one) => square(one.px - corner.x, one.py - corner.y, 13)),
    ...crowds.map((one) => square(one.x - corner.x, one.y - corner.y, one.r))];
  return [kept, crowded];
}

const touches = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function tries(name, point, width, height) {
  const clear = LOOKS[name.look][3], half = height / 2;
  const beside = (x, y) => [x, y, x + width, y + height];
  if (name.look === "ground" || name.look === "cell") return [beside(point.x - width / 2, point.y - half)];
  if (name.look === "zone") return [beside(point.x - width / 2, point.y - height - clear), beside(point.x - width / 2, point.y + clear)];
  const near = [beside(point.x + clear, point.y - half), beside(point.x - clear - width, point.y - half),
    beside(point.x - width / 2, point.y - clear - height), beside(point.x - width / 2, point.y + clear)];
  if (name.look !== "incident") return near;
  [34, 56, 84, 120].forEach((far) => [[1, -1], [1, 1], [-1, -1], [-1, 1], [0, -1], [0, 1]].forEach(([right, down]) => near.push(beside(
    right > 0 ? point.x + far * 0.7 : right < 0 ? point.x - far * 0.7 - width : point.x - width / 2,
    point.y + down * far - half))));
  return near;
}

function placeNames() {
  layingNames = 0;
  const [kept, crowded] = taken(), size = map.getSize(), shift = map.containerPointToLayerPoint([0, 0]), made = [];
  const widths = new Map();
  wanted().forEach((name) => {
    if (made.length >= MOST_NAMES) return;
    const point = map.latLngToContainerPoint(name.place);
    if (point.x < -20 || point.y < -20 || point.x > size.x + 20 || point.y > size.y + 20) return;
    const [font, room, height] = LOOKS[name.look], key = font + name.text;
    if (!widths.has(key)) { ruler.font = font + FACE; widths.set(key, Math.ceil(ruler.measureText(name.text).width) + 2 * room + 1); }
    const width = widths.get(key);
    const free = tries(name, point, width, height).filter((one) => one[0] >= 2 && one[1] >= 2 && one[2] <= size.x - 2 && one[3] <= size.y - 2 &&
      !kept.some((other) => touches(one, other)));
    // an incident is named, be it over a crowd
    const box = free.find((one) => !crowded.some((other) => touches(one, other))) || (name.look === "incident" ? free[0] : undefined);
    if (!box) return;
    kept.push(box);
    const plate = element("div", "plate " + name.look, name.text);
    plate.style.transform = "translate(" + Math.round(box[0] + shift.x) + "px," + Math.round(box[1] + shift.y) + "px)";
    plate.style.width = width + "px";
    if (name.look === "incident") {
      plate.dataset.priority = name.colour.over ? 5 : name.colour.priority;
      const line = leader(point, box, shift);
      if (line) made.push(line);
    } else if (typeof name.colour === "string") plate.style.color = name.colour;
    made.push(plate);
  });
  plates.replaceChildren(...made);
}

/* from a symbol to a name that found no room beside it */
function leader(point, box, shift) {
  const to = L.point(Math.max(box[0], Math.min(box[2], point.x)), Math.max(box[1], Math.min(box[3], point.y)));
  const far = point.distanceTo(to);
  if (far < 26) return null;
  const line = element("div", "leader");
  line.style.transform = "translate(" + (point.x + shift.x) + "px," + (point.y + shift.y) + "px) rotate(" +
    Math.atan2(to.y - point.y, to.x - point.x) + "rad)";
  line.style.width = Math.round(far) + "px";
  return line;
}

function layNames() {
  if (!layingNames) layingNames = window.requestAnimationFrame(placeNames);
}
map.on("zoomstart", () => plates.replaceChildren());
map.on("moveend resize", () => { drawGrid(); arrange(); drawTrails(); layNames(); });
recoloured.push(layNames);
