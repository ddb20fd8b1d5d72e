/* Units, incidents, resources, zones, alerts: each a layer of its own. */
const KINDS = { unit: "Units", incident: "Incidents", resource: "Resources", zone: "Zones", alert: "Alerts" };
const SIZES = { unit: 36, incident: 44, resource: 40, alert: 34, zone: 22 };
const ABOVE = { incident: 2000, alert: 1500, unit: 500, resource: 0, zone: 0 };
const all = [];

/* the symbol of both themes: which of them is seen is for the style sheet to say, also on paper */
function symbolOf(one) {
  return told.icons.map((images, index) => {
    const image = new Image();
    image.alt = "";
    image.src = images[one.icon];
    image.className = told.icons.length < 2 ? "" : index ? "in-dark" : "in-light";
    return image;
  });
}

/* what stands at a point of a zone: no entry, caution, or a pin */
function markOf(look) {
  const colour = inkOf(look), disc = tone("symbol-disc");
  const shapes = {
    no_entry: () => [drawn("circle", { cx: 11, cy: 11, r: 8, fill: colour, stroke: disc, "stroke-width": 1.6 }),
      drawn("rect", { x: 6, y: 9.5, width: 10, height: 3, fill: "#ffffff" })],
    caution: () => [drawn("path", { d: "M11 3.5 19 17H3z", fill: colour, stroke: disc, "stroke-width": 1.6, "stroke-linejoin": "round" }),
      drawn("path", { d: "M10 8h2v4.6h-2zM10 13.7h2v2h-2z", fill: disc })],
  }[look.mark] || (() => [drawn("path", { d: "M11 4.5 17.5 11 11 17.5 4.5 11z", fill: disc, stroke: colour, "stroke-width": 2.2 }),
    drawn("circle", { cx: 11, cy: 11, r: 1.8, fill: colour })]);
  return drawn("svg", { viewBox: "0 0 22 22", width: 22, height: 22 }, ...shapes());
}

function sayName(layer, one) {
  const words = [one.name, one.what, one.tag, one.status, one.stale ? "old" : ""].filter(Boolean).join(", ");
  layer.on("add", () => { const made = layer.getElement(); if (made) made.setAttribute("aria-label", words); });
}

function marker(one, place) {
  const box = element("div", "thing " + one.kind + (one.stale ? " old" : "") + (one.echo_of ? " echo" : ""));
  const size = one.status_word === "emergency" ? 52 : SIZES[one.kind];
  if (one.icon === undefined) {
    const put = () => { box.replaceChildren(markOf(lookOf(one))); };
    put();
    recoloured.push(put);
  } else {
    add(box, ...symbolOf(one).map((image) => { image.width = image.height = one.echo_of ? size * 0.6 : size; return image; }));
  }
  if (one.kind === "unit") {
    one.way = element("span", "way still");
    recoloured.push(() => { one.way.style.background = colourOf(one.agency); });
    one.way.style.background = colourOf(one.agency);
    add(box, one.way);
  }
  const layer = L.marker(place, { icon: L.divIcon({ html: box, className: "", iconSize: [size, size] }), riseOnHover: true,
    zIndexOffset: ABOVE[one.kind] });
  sayName(layer, one);
  layer.of = one;
  one.box = box;
  return layer;
}

/* a symbol is made when it is first seen: of ten thousand few ever are */
const ROOM = { maxWidth: 400, minWidth: 240, autoPanPaddingTopLeft: [10, 80] };
function layerOf(one) {
  if (!one.layer) {
    one.layer = marker(one, [one.lat, one.lon]);
    one.layer.bindPopup(() => popupOf(one), ROOM);
    one.layer.on("click", () => choose(one));
  }
  return one.layer;
}
/* the tick outside the ring, while it moves and that is known */
function head(one) {
  if (!one.way) return;
  const went = one.went !== undefined ? one.went : one.course !== undefined && one.speed_mps > 0.5 && !one.stale ? Number(one.course) : null;
  one.way.classList.toggle("still", went === null);
  if (went !== null) one.way.style.transform = "rotate(" + Math.round(went) + "deg) translateY(-19px)";
}

function area(one) {
  const look = lookOf(one), faint = one.over || one.coming;
  const line = () => ({ color: inkOf(look), weight: widthOf(look), dashArray: dashesOf(look), lineCap: "butt", lineJoin: "round",
    fillColor: inkOf(look), fillOpacity: faint ? 0 : fillOf(look), opacity: faint ? 0.5 : 1 });
  const casing = () => ({ color: tone("symbol-disc"), weight: widthOf(look) + 3, opacity: 0.8, fill: false });
  const options = (style) => ({ pane: "areas", renderer: painter("areas"), style: style,
    pointToLayer: (_, place) => {
      const sign = L.marker(place, { icon: L.divIcon({ html: markOf(look), className: "", iconSize: [22, 22] }) });
      return sign.on("add", () => sign.getElement().setAttribute("aria-label", [one.name, one.what].filter(Boolean).join(", ")));
    } });
  const layer = L.geoJSON(feature(one), options(line));
  recoloured.push(() => layer.setStyle(line()));
  if (!look.road) return layer;
  const below = L.geoJSON(feature(one), { ...options(casing), interactive: false, filter: (each) => each.geometry.type.indexOf("Point") < 0 });
  recoloured.push(() => below.setStyle(casing()));
  return L.featureGroup([below, layer]);
}

/* a grid that somebody drew over an area: letters across, numbers down */
const letters = (column) => (column >= 26 ? String.fromCharCode(64 + Math.floor(column / 26)) : "") + String.fromCharCode(65 + (column % 26));
function cellsOf(one) {
  if (one.lines) return one.lines;
  const [west, south, east, north, columns, rows] = one.cells, lines = [];
  for (let i = 1; i < columns; i++) { const lon = west + ((east - west) * i) / columns; lines.push([[south, lon], [north, lon]]); }
  for (let i = 1; i < rows; i++) { const lat = north - ((north - south) * i) / rows; lines.push([[lat, west], [lat, east]]); }
  one.lines = L.polyline(lines, { pane: "areas", renderer: painter("areas"), interactive: false, weight: 1, opacity: 0.75, color: inkOf(lookOf(one)) });
  recoloured.push(() => one.lines.setStyle({ color: inkOf(lookOf(one)) }));
  return one.lines;
}

Object.keys(KINDS).forEach((kind) => {
  const those = told.objects[kind].slice();
  if (kind === "zone" || kind === "alert") those.sort((a, b) => rankOf(lookOf(b)) - rankOf(lookOf(a)));  // the gravest on top
  those.forEach((one) => {
    if (one.geometry) {
      one.layer = area(one);
      const bounds = one.layer.getBounds();
      if (bounds.isValid()) one.middle = bounds.getCenter();
      if (one.icon !== undefined && one.middle) one.sign = marker(one, one.middle);
    } else if (one.lat !== undefined && kind !== "unit" && kind !== "resource") layerOf(one);
    one.isPlaced = Boolean(one.geometry) || one.lat !== undefined;
    [one.geometry ? one.layer : null, one.sign].forEach((layer) => { if (layer) layer.bindPopup(() => popupOf(one), ROOM); });
    all.push(one);
  });
});

const standing = L.layerGroup().addTo(map);
