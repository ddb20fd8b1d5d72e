/* Where units were: trails up to a moment that the slider chooses. */
const trailLayer = L.layerGroup().addTo(map);
const byUnit = new Map(told.objects.unit.map((one) => [one.agency + "\n" + one.id, one]));
told.trails.forEach((one) => { one.unit = byUnit.get(one.agency + "\n" + one.id); });
const first = told.trails.reduce((least, one) => Math.min(least, one.points[0][0]), 0);
/* longer than this after the last word a place is a guess */
const SILENT_S = 60;
let then = 0;

function drawTrails() {
  trailLayer.clearLayers();
  if (!isOn("trails") && then >= 0) return;
  told.trails.forEach((one) => {
    if (!one.unit || !isOn("unit") || !shownAgencies.has(one.agency) || hiddenSorts.has(sortOf(one.unit))) return;
    const lines = [];
    one.points.forEach(([t, lat, lon, joined]) => {
      if (t > then) return;
      if (!joined || !lines.length) lines.push([]);
      lines[lines.length - 1].push([lat, lon]);
    });
    const known = lines.filter((line) => line.length > 1);
    if (known.length) L.polyline(known, { pane: "trails", renderer: painter("trails"), interactive: false,
      color: colourOf(one.agency), weight: 2.5, opacity: 0.75 }).addTo(trailLayer);
  });
}

/* where it was, and how long before that was said; null before the first word */
function placeAt(points, t) {
  let low = -1;
  for (let i = 0; i < points.length && points[i][0] <= t; i++) low = i;
  if (low < 0) return null;
  const a = points[low], b = points[low + 1];
  if (!b || !b[3]) return [a[1], a[2], t - a[0]];
  const part = (t - a[0]) / Math.max(1, b[0] - a[0]);
  return [a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part, 0];
}

function clockAt(t) {
  const moment = new Date((about.at_s + t) * 1000);
  return isNaN(moment) ? "" : moment.toISOString().slice(11, 19) + "Z";
}

function goTo(t) {
  then = t;
  const trailed = new Set();
  told.trails.forEach((one) => {
    if (!one.unit || !one.unit.layer) return;
    trailed.add(one.unit);
    const place = t < 0 ? placeAt(one.points, t) : [one.unit.lat, one.unit.lon, 0];
    one.unit.nowhere = place === null;
    if (!place) return;
    one.unit.layer.setLatLng(place.slice(0, 2));
    one.unit.box.classList.toggle("guessed", place[2] > SILENT_S);
  });
  told.objects.unit.forEach((one) => { if (!trailed.has(one)) one.nowhere = t < 0; });
  at("slider").value = t;
  at("slider").setAttribute("aria-valuetext", t < 0 ? clockAt(t) : "as of " + about.at);
  at("slider-at").textContent = t < 0 ? clockAt(t) + " · " + span(-t) + " before" : "As of " + about.at;
  at("then").hidden = t >= 0;
  at("then").textContent = "Where units were at " + clockAt(t);
  add(at("then"), element("span", "below", "All else, and what units do, is as of " + about.at));
  page.classList.toggle("earlier", t < 0);
  show();
}

let timer = 0;
function play(on) {
  window.clearInterval(timer);
  timer = 0;
  at("play").textContent = on ? "Pause" : "Play";
  at("play").setAttribute("aria-label", on ? "Pause the trails" : "Play the trails");
  if (!on) return;
  map.closePopup();
  if (then >= 0) goTo(first);
  const step = Math.max(1, -first / 100);
  timer = window.setInterval(() => { const next = then + step; goTo(Math.min(0, next)); if (next >= 0) play(false); }, 150);
}
if (told.trails.length && first < 0) {
  at("time").hidden = false;
  const slider = at("slider");
  Object.assign(slider, { min: first, max: 0, step: 1, value: 0 });
  slider.addEventListener("input", () => { play(false); goTo(Number(slider.value)); });
  at("play").addEventListener("click", () => play(!timer));
}
