/* The ground: water, roads, or tiles; boundaries by level; whose ground a place is. */
at("map-place").appendChild(map.getContainer());
map.invalidateSize();
map.attributionControl.setPrefix(false);
const PANES = { water: 220, roads: 230, jurisdictions: 240, grid: 250, areas: 350, trails: 420, names: 640 };
Object.entries(PANES).forEach(([name, z]) => { map.createPane(name).style.zIndex = z; });
["water", "roads", "grid", "trails", "names"].forEach((name) => { map.getPane(name).style.pointerEvents = "none"; });
const painters = new Map();
function painter(pane) {
  if (!painters.has(pane)) painters.set(pane, L.svg({ pane: pane, padding: 0.3 }));
  return painters.get(pane);
}
const groups = new Map();
function group(name) {
  if (!groups.has(name)) groups.set(name, L.layerGroup());
  return groups.get(name);
}
const feature = (one) => ({ type: "Feature", properties: one, geometry: one.geometry });

function shapes(features, pane, style, interactive) {
  const layer = L.geoJSON(features, { pane: pane, renderer: painter(pane), interactive: Boolean(interactive), style: style });
  recoloured.push(() => layer.setStyle(style));
  return layer;
}

if (told.tiles) {
  const further = told.tiles.px === 512 ? 1 : 0;  // their levels count from a world of one tile of 512 pixels
  const Carried = L.TileLayer.extend({
    getTileUrl: function (place) {
      return told.tiles.images[place.z - further + "/" + place.x + "/" + place.y] ||
        "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
    },
  });
  const words = told.tiles.attribution.replace(/[<>&"']/g, " ");  // Leaflet sets it as markup
  new Carried("", { tileSize: told.tiles.px, minNativeZoom: told.tiles.least + further, maxZoom: 19,
    maxNativeZoom: told.tiles.most + further, attribution: words }).addTo(group("background"));
} else {
  const isLine = (one) => one.geometry.type.indexOf("Line") >= 0;
  shapes((told.region.water || []).map(feature), "water", (one) => ({
    stroke: isLine(one), color: tone("water"), weight: 3.5, fill: !isLine(one), fillColor: tone("water"), fillOpacity: 1,
  })).addTo(group("background"));
  const roads = (told.region.roads || []).map(feature), isWide = (one) => one.properties.class === "motorway";
  shapes(roads, "roads", (one) => ({
    color: tone(isWide(one) ? "motorway-casing" : "road-casing"), weight: isWide(one) ? 5 : 3.4,
  })).addTo(group("background"));
  shapes(roads, "roads", (one) => ({
    color: tone(isWide(one) ? "motorway" : "road"), weight: isWide(one) ? 3 : 1.8,
  })).addTo(group("background"));
}
const NAMED_FROM = new Map([["city", 8], ["town", 10]]);
const places = (told.region.places || []).filter((one) => one.geometry.type === "Point")
  .map((one) => ({ ...one, lat: one.geometry.coordinates[1], lon: one.geometry.coordinates[0] }));

/* jurisdictions look as on the live map: counties as lines, corridors hatched, planning zones dotted */
const LEVELS = new Map([["state", "States"], ["county", "Counties"], ["municipal", "Cities and towns"], ["district", "Districts"],
  ["special", "Airports, campuses, lakes"], ["corridor", "Corridors"], ["planning_zone", "Planning zones"]]);
const levelWords = (level) => LEVELS.get(level) || level;
const levels = [...new Set(told.jurisdictions.map((one) => one.level))]
  .sort((a, b) => [...LEVELS.keys()].indexOf(a) - [...LEVELS.keys()].indexOf(b));
const hatches = drawn("defs", {});
add(document.body, add(drawn("svg", { width: 0, height: 0, "aria-hidden": "true" }), hatches)).lastChild.style.position = "absolute";
function hatch(colour) {
  const id = "hatch-" + colour.slice(1);
  if (!document.getElementById(id)) {
    add(hatches, drawn("pattern", { id: id, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      drawn("rect", { width: 1.3, height: 9, fill: colour, "fill-opacity": 0.43 })));
  }
  return "url(#" + id + ")";
}
function groundLook(one) {
  const colour = ink(one.colour);
  if (one.level === "county") return { color: tone("boundary"), weight: 1.3, dashArray: "8 3 2 3", fillOpacity: 0 };
  if (one.level === "state") return { color: tone("state-boundary"), weight: 2, dashArray: "9 3 2 3 2 3", fillOpacity: 0 };
  if (one.level === "corridor") return { color: colour, opacity: 0.43, weight: 1, fillColor: hatch(colour), fillOpacity: 1 };
  if (one.level === "planning_zone") return { color: tone("hot-zone"), weight: 1.4, dashArray: "3 4.5", fillOpacity: 0 };
  if (one.level === "district") return { color: colour, opacity: 0.47, weight: 1.5, fillColor: colour, fillOpacity: 0.035 };
  return { color: colour, weight: 1.5, fillColor: colour, fillOpacity: one.level === "municipal" ? 0.118 : 0.133 };
}
levels.forEach((level) => shapes(told.jurisdictions.filter((one) => one.level === level).map(feature), "jurisdictions",
  (one) => ({ fill: true, ...groundLook(one.properties) }), true).addTo(group("level " + level)));
told.jurisdictions.forEach((one) => { one.box = L.geoJSON(feature(one)).getBounds(); });

/* stripes in the colours of the two who claim the same ground; they fall where a corridor's rise */
function stripes(colours) {
  const id = "stripes-" + colours.map((one) => one.slice(1)).join("-");
  if (!document.getElementById(id)) {
    add(hatches, drawn("pattern", { id: id, width: 22, height: 22, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-45)" },
      ...colours.map((colour, place) => drawn("rect", { x: 11 * place, width: 1.5, height: 22, fill: colour, "fill-opacity": 0.51 }))));
  }
  return "url(#" + id + ")";
}
told.overlaps.forEach((one) => shapes([feature(one)], "jurisdictions",
  () => ({ stroke: false, fill: true, fillColor: stripes(one.colours.map(ink)), fillOpacity: 1 })).addTo(group("overlaps")));

function within(place, geometry) {
  const inside = (ring) => {
    let odd = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [x1, y1] = ring[i], [x2, y2] = ring[j];
      if ((y1 > place.lat) !== (y2 > place.lat) && place.lng < ((x2 - x1) * (place.lat - y1)) / (y2 - y1) + x1) odd = !odd;
    }
    return odd;
  };
  const polygons = { Polygon: [geometry.coordinates], MultiPolygon: geometry.coordinates }[geometry.type] || [];
  return polygons.some((rings) => inside(rings[0]) && !rings.slice(1).some(inside));
}
map.on("click", (event) => {
  const here = told.jurisdictions.filter((one) => one.box.contains(event.latlng) && within(event.latlng, one.geometry)).reverse();
  const box = add(element("div"), element("h3", "", here.length ? "Whose ground" : "This place"));
  here.forEach((one) => add(box, fact(one.whose || one.agency || "—", one.name + " · " + levelWords(one.level))));
  told.overlaps.filter((one) => within(event.latlng, one.geometry)).forEach((one) =>
    add(box, element("p", "warns", "Overlap: " + one.names.join(" and "))));
  add(box, fact("Grid", usng(event.latlng.lat, event.latlng.wrap().lng, 4)), fact("Place", degrees(event.latlng)));
  L.popup().setLatLng(event.latlng).setContent(box).openOn(map);
});
