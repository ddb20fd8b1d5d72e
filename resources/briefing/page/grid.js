/* The US National Grid (FGDC-STD-011-2001): lines that were reckoned beforehand, and the reference of a place. */
const BANDS = "CDEFGHJKLMNPQRSTUVWX", COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"], ROWS = "ABCDEFGHJKLMNPQRSTUV";

function zoneOf(lat, lon) {
  const plain = Math.min(60, Math.floor((lon + 180) / 6) + 1);
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat < 72 || lon < 0 || lon >= 42) return plain;
  return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
}

/* Transverse Mercator on WGS 84 by Krüger's series to the third order: better than a centimetre within a zone */
function planeOf(lat, lon, zone) {
  const f = 1 / 298.257223563, n = f / (2 - f), rad = Math.PI / 180;
  const radius = (0.9996 * 6378137 / (1 + n)) * (1 + n ** 2 / 4 + n ** 4 / 64);
  const series = [n / 2 - (2 * n ** 2) / 3 + (5 * n ** 3) / 16, (13 * n ** 2) / 48 - (3 * n ** 3) / 5, (61 * n ** 3) / 240];
  const sine = Math.sin(lat * rad), away = (lon - (6 * zone - 183)) * rad, root = (2 * Math.sqrt(n)) / (1 + n);
  const t = Math.sinh(Math.atanh(sine) - root * Math.atanh(root * sine));
  const xi = Math.atan2(t, Math.cos(away)), eta = Math.atanh(Math.sin(away) / Math.sqrt(1 + t * t));
  let east = eta, north = xi;
  series.forEach((part, index) => {
    const twice = 2 * (index + 1);
    east += part * Math.cos(twice * xi) * Math.sinh(twice * eta);
    north += part * Math.sin(twice * xi) * Math.cosh(twice * eta);
  });
  return [500000 + radius * east, radius * north + (lat < 0 ? 10000000 : 0)];
}

function usng(said, lon, digits) {
  const lat = said < 0 && said > -1e-6 ? 0 : said;  // as near as can be written it is on the equator
  if (!(lat >= -80 && lat <= 84)) return "";
  const zone = zoneOf(lat, lon), [east, north] = planeOf(lat, lon, zone);
  const column = COLUMNS[(zone - 1) % 3][Math.floor(east / 100000) - 1] || "?";
  const row = ROWS[(Math.floor(north / 100000) + (zone % 2 ? 0 : 5)) % 20];
  const figures = (metres) => String(Math.floor((metres % 100000) / 10 ** (5 - digits))).padStart(digits, "0");
  const band = BANDS[Math.min(19, Math.floor((lat + 80) / 8))];
  return String(zone).padStart(2, "0") + band + " " + column + row + " " + figures(east) + " " + figures(north);
}
const degrees = (place) => Math.abs(place.lat).toFixed(5) + "° " + (place.lat < 0 ? "S" : "N") + " " +
  Math.abs(place.lng).toFixed(5) + "° " + (place.lng < 0 ? "W" : "E");

function pointedAt(place, words) {
  const here = place.wrap();
  at("pointed").textContent = (words || "") + usng(here.lat, here.lng, 5) + " · " + degrees(here);
}
const pointCentre = () => pointedAt(map.getCenter(), "Middle ");
map.on("mousemove", (event) => pointedAt(event.latlng));
map.on("mouseout moveend", pointCentre);

/* figures stand where a line enters: at the bottom for those that run north, at the left for those that run east */
function figurePlace(line, upright) {
  const size = map.getSize(), level = upright ? size.y - 26 : 44;
  for (let i = 1; i < line.length; i++) {
    const a = map.latLngToContainerPoint(line[i - 1]), b = map.latLngToContainerPoint(line[i]);
    const [from, to] = upright ? [a.y, b.y] : [a.x, b.x];
    if ((from - level) * (to - level) > 0 || from === to) continue;
    const part = (level - from) / (to - from);
    const point = L.point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part);
    if (point.x > 20 && point.x < size.x - 20 && point.y > 10 && point.y < size.y - 10) return map.containerPointToLayerPoint(point);
  }
  return null;
}
const figures = element("div", "figures");
add(map.getPane("names"), figures);
function drawGrid() {
  const layer = group("grid");
  layer.clearLayers();
  figures.replaceChildren();
  if (!isOn("grid")) return;
  const fine = map.getZoom() >= 13, seen = map.getBounds().pad(0.2);
  told.grid.forEach((one) => {
    if ((one.step_km === 1 && !fine) || (one.step_km === 10 && map.getZoom() < 8)) return;
    if (!seen.intersects(L.latLngBounds(one.line))) return;
    L.polyline(one.line, { pane: "grid", renderer: painter("grid"), interactive: false, color: tone("grid").slice(0, 7),
      weight: one.step_km === 10 ? 1.4 : 0.8, opacity: 0.6 }).addTo(layer);
    const place = figurePlace(one.line, one.upright);
    if (place) { const figure = element("div", "figure", one.label); L.DomUtil.setPosition(figure, place.round()); add(figures, figure); }
  });
}
