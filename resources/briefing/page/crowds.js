/* Which symbols are seen, and the bubbles that stand for those that would cover one another. Reckoned anew for what is in
   view at each step of the slider: thousands of units move within a frame. */
const symbols = L.layerGroup().addTo(map);
const PLANE = map.options.crs, HIDES_PX = 11, CROWDS_PX = 20, CELL = 65536;
const RADII = [[10, 15], [100, 17], [1000, 19], [Infinity, 21]];
const radiusOf = (count) => RADII.find(([most]) => count <= most)[1];
const movable = all.filter((one) => (one.kind === "unit" || one.kind === "resource") && one.lat !== undefined && !one.geometry);
movable.forEach((one) => {
  const place = PLANE.latLngToPoint(L.latLng(one.lat, one.lon), 0);
  one.x = one.home_x = place.x;
  one.y = one.home_y = place.y;
});
const placeOf = (one) => (one.x === undefined ? one.middle || (one.lat === undefined ? null : L.latLng(one.lat, one.lon))
  : PLANE.pointToLatLng(L.point(one.x, one.y), 0));
const bubbles = [];
let onMap = new Set(), alone = [], crowds = [], chosen = null;

/* in Leaflet's own plane, which stays while the map is dragged */
function viewOf(margin) {
  const size = map.getSize(), corner = map.containerPointToLayerPoint([0, 0]), origin = map.getPixelOrigin();
  return { scale: 2 ** map.getZoom(), x: origin.x, y: origin.y, left: corner.x - margin, top: corner.y - margin,
    right: corner.x + size.x + margin, bottom: corner.y + size.y + margin };
}
function put(cells, side, x, y, what) {
  const key = Math.floor(x / side) * CELL + Math.floor(y / side), there = cells.get(key);
  if (there) there.push(what); else cells.set(key, [what]);
}
function nearby(cells, side, x, y, look) {
  const column = Math.floor(x / side), row = Math.floor(y / side);
  for (let i = column - 1; i <= column + 1; i++) {
    for (let j = row - 1; j <= row + 1; j++) {
      const there = cells.get(i * CELL + j);
      if (there) there.forEach(look);
    }
  }
}
/* who calls for help, and who was chosen, never stands within a crowd */
const apart = (one) => one === chosen || one.status_word === "emergency";

function arrange() {
  const view = viewOf(60), cells = new Map(), together = [];
  alone = [];
  movable.forEach((one) => {
    if (!isShown(one)) return;
    one.px = one.x * view.scale - view.x;
    one.py = one.y * view.scale - view.y;
    const seen = one.px > view.left && one.px < view.right && one.py > view.top && one.py < view.bottom;
    if (apart(one)) { if (seen || one === chosen) alone.push(one); return; }
    if (!seen) return;
    let nearest = null, least = CROWDS_PX * CROWDS_PX;
    nearby(cells, CROWDS_PX, one.px, one.py, (each) => {
      const far = (each.x - one.px) ** 2 + (each.y - one.py) ** 2;
      if (far < least) { least = far; nearest = each; }
    });
    if (nearest) { nearest.members.push(one); return; }
    together.push({ x: one.px, y: one.py, members: [one] });
    put(cells, CROWDS_PX, one.px, one.py, together[together.length - 1]);
  });
  const close = together.filter((each) => {
    const [a, b] = each.members, count = each.members.length;
    const readable = count === 1 || (count === 2 && Math.hypot(a.px - b.px, a.py - b.py) > HIDES_PX);
    if (readable) alone.push(...each.members);
    return !readable;
  });
  crowds = joined(close);
  keepClear();
  putOnMap();
}

/* bubbles that touch are one, and a symbol below a bubble is in it */
function joined(close) {
  const kept = [], cells = new Map(), SIDE = 48;
  close.forEach((one) => {
    one.x = one.members.reduce((sum, each) => sum + each.px, 0) / one.members.length;
    one.y = one.members.reduce((sum, each) => sum + each.py, 0) / one.members.length;
    one.r = radiusOf(one.members.length);
  });
  close.sort((a, b) => b.members.length - a.members.length).forEach((one) => {
    let into = null;
    nearby(cells, SIDE, one.x, one.y, (each) => { if (!into && Math.hypot(each.x - one.x, each.y - one.y) < each.r + one.r + 3) into = each; });
    if (into) { into.members.push(...one.members); return; }
    kept.push(one);
    put(cells, SIDE, one.x, one.y, one);
  });
  alone = alone.filter((one) => {
    let into = null;
    if (!apart(one)) nearby(cells, SIDE, one.px, one.py, (each) => { if (!into && Math.hypot(each.x - one.px, each.y - one.py) < each.r + 9) into = each; });
    if (into) into.members.push(one);
    return !into;
  });
  kept.forEach((one) => { one.r = radiusOf(one.members.length); });
  return kept;
}
/* a bubble does not stand below an incident, which would hide its count */
function keepClear() {
  const above = [];
  standing.eachLayer((layer) => { if (layer.of && layer.getLatLng) above.push(map.latLngToLayerPoint(layer.getLatLng())); });
  crowds.forEach((one) => above.forEach((each) => {
    const room = one.r + 14, dx = one.x - each.x, dy = one.y - each.y, far = Math.hypot(dx, dy);
    if (far >= room) return;
    one.x = each.x + (far > 0.5 ? dx / far : 0.7) * room;
    one.y = each.y + (far > 0.5 ? dy / far : 0.7) * room;
  }));
}
function putOnMap() {
  const now = new Set(alone);
  onMap.forEach((one) => { if (!now.has(one)) symbols.removeLayer(one.layer); });
  now.forEach((one) => {
    const layer = layerOf(one);
    if (one.drawn_x !== one.x || one.drawn_y !== one.y) layer.setLatLng(placeOf(one));
    one.drawn_x = one.x;
    one.drawn_y = one.y;
    if (!onMap.has(one)) symbols.addLayer(layer);
    one.box.classList.toggle("guessed", Boolean(one.guessed));
    head(one);
  });
  onMap = now;
  while (bubbles.length < crowds.length) bubbles.push(bubble());
  bubbles.forEach((one, number) => {
    one.crowd = crowds[number];
    if (!one.crowd) { symbols.removeLayer(one.sign); return; }
    one.sign.setLatLng(map.layerPointToLatLng([one.crowd.x, one.crowd.y]));
    symbols.addLayer(one.sign);
    wear(one);
  });
}
function choose(one) {
  if (chosen && chosen.box) chosen.box.classList.remove("chosen");
  chosen = one;
  if (one && one.lat !== undefined && !one.geometry) layerOf(one);
  if (one && one.box) one.box.classList.add("chosen");
}

/* a bubble says how many, whose, and how much of it is old, as on the live map */
const countWords = (count) => (count < 1000 ? String(count) : count < 10000 ? Math.floor(count / 100) / 10 + "k" : Math.floor(count / 1000) + "k");
function bubble() {
  const count = element("span", "count"), ring = add(element("div", "ring"), count), one = { ring: ring, count: count, crowd: null, worn: "" };
  one.sign = L.marker([0, 0], { icon: L.divIcon({ html: ring, className: "crowd", iconSize: [42, 42] }), keyboard: true });
  one.sign.on("add", () => saidAloud(one));
  one.sign.bindPopup(() => membersOf(one.crowd), { ...ROOM, maxWidth: 320 });
  return one;
}
function saidAloud(one) {
  const made = one.sign.getElement();
  if (made && one.crowd) made.setAttribute("aria-label", one.crowd.members.length + " together: open the list");
}
function wear(one) {
  const shares = new Map(), those = one.crowd.members;
  let old = 0;
  those.forEach((each) => {
    if (each.stale || each.doubtful || each.guessed) old++; else shares.set(each.agency, (shares.get(each.agency) || 0) + 1);
  });
  const whose = [...shares].sort((a, b) => b[1] - a[1]), worn = page.dataset.theme + one.crowd.r + "/" + old + "/" + whose.join("/");
  if (worn === one.worn) return;
  one.worn = worn;
  let turned = 0;
  const ring = whose.map(([agency, count]) => [colourOf(agency), count]).concat(old ? [[tone("muted") + "80", old]] : []).map(([colour, count]) => {
    const from = turned;
    turned += (360 * count) / those.length;
    return colour + " " + from.toFixed(1) + "deg " + turned.toFixed(1) + "deg";
  });
  one.ring.style.backgroundImage = "conic-gradient(" + ring.join(", ") + ")";
  one.ring.style.width = one.ring.style.height = 2 * one.crowd.r + "px";
  one.ring.classList.toggle("old", old === those.length);
  one.count.textContent = countWords(those.length);
  saidAloud(one);
}
const MOST_LISTED = 60;
function membersOf(crowd) {
  const box = element("div", "members");
  if (!crowd) return box;
  const those = crowd.members.slice().sort((a, b) => a.name.localeCompare(b.name)), old = those.filter((one) => one.stale).length;
  add(box, element("h3", "", those.length + " together" + (old ? ", " + old + " old" : "")));
  const bounds = L.latLngBounds(those.map(placeOf)).pad(0.3);
  if (map.getZoom() < 17 && map.getBoundsZoom(bounds) > map.getZoom()) {
    add(box, add(button("nearer", () => { map.closePopup(); map.fitBounds(bounds, { animate: false, maxZoom: 18 }); }), element("span", "", "Zoom in")));
  }
  those.slice(0, MOST_LISTED).forEach((one) => add(box, add(button("", () => near(one)), element("strong", "", one.name),
    element("span", "below", [one.what, one.status, one.stale ? "old" : "", nameOf(one.agency)].filter(Boolean).join(" · ")))));
  if (those.length > MOST_LISTED) add(box, element("p", "below", those.length - MOST_LISTED + " more: zoom in, or search"));
  return box;
}
recoloured.push(() => bubbles.forEach((one) => { if (one.crowd) wear(one); }));
