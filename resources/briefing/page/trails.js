/* Where units were: the slider, and the lines that they drew. */
const byUnit = new Map(movable.filter((one) => one.kind === "unit").map((one) => [one.agency + "\n" + one.id, one]));
const trails = [];
told.trails.forEach((said) => {
  const unit = byUnit.get(said.agency + "\n" + said.id), count = said.points.length / 3;
  if (!unit) return;
  const one = { unit: unit, t: new Float64Array(count), x: new Float64Array(count), y: new Float64Array(count), parted: new Uint8Array(count) };
  let [t, lat, lon] = [0, 0, 0];
  for (let i = 0; i < count; i++) {  // each figure is how much it differs from the one before
    t += said.points[3 * i];
    lat += said.points[3 * i + 1];
    lon += said.points[3 * i + 2];
    const place = PLANE.latLngToPoint(L.latLng(lat / 1e5, lon / 1e5), 0);
    one.t[i] = t;
    one.x[i] = place.x;
    one.y[i] = place.y;
  }
  [0, ...said.parted].forEach((i) => { one.parted[i] = 1; });
  unit.trail = one;
  trails.push(one);
});
const first = trails.reduce((least, one) => Math.min(least, one.t[0]), 0);
/* longer than this after the last word a place is a guess, where it is not said how often a unit reports */
const SILENT_S = 60;
let then = 0;

function lastBefore(trail, t) {
  let low = 0, high = trail.t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (trail.t[middle] <= t) low = middle + 1; else high = middle;
  }
  return low - 1;
}

/* where it was, whether that is a guess, and where it went; nowhere before the first word of it */
function putThen(unit) {
  const trail = unit.trail, i = trail ? lastBefore(trail, then) : -1, next = i + 1;
  unit.nowhere = i < 0;
  unit.went = null;
  unit.guessed = false;
  if (i < 0) return;
  unit.x = trail.x[i];
  unit.y = trail.y[i];
  if (next < trail.t.length && !trail.parted[next]) {
    const part = (then - trail.t[i]) / Math.max(1e-9, trail.t[next] - trail.t[i]), dx = trail.x[next] - unit.x, dy = trail.y[next] - unit.y;
    unit.x += dx * part;
    unit.y += dy * part;
    // of the world's 256 pixels: some ten metres
    unit.went = Math.hypot(dx, dy) > 6e-5 ? (Math.atan2(dx, -dy) * 180) / Math.PI : null;
  } else unit.guessed = then - trail.t[i] > Math.max(SILENT_S, unit.promised_s || 0);
}

/* all lines on one canvas: an element for each would not follow the slider */
const TrailCanvas = L.Layer.extend({
  onAdd: function () {
    this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("trails"));
    this.draw();
  },
  draw: function () {
    if (!this.canvas) return;
    const wanted = trails.length && isOn("unit") && (then < 0 || isOn("trails"));
    const size = map.getSize(), sharp = wanted ? Math.max(2, window.devicePixelRatio || 1) : 0, pen = this.canvas.getContext("2d");
    const [wide, high] = [Math.round(size.x * sharp), Math.round(size.y * sharp)];
    if (this.canvas.width !== wide || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [wide, high];
    else pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!wanted) return;
    [this.canvas.style.width, this.canvas.style.height] = [size.x + "px", size.y + "px"];
    const view = viewOf(0), ofColour = new Map();
    L.DomUtil.setPosition(this.canvas, L.point(view.left, view.top));
    trails.forEach((one) => {
      const unit = one.unit;
      if (!shownAgencies.has(unit.agency) || hiddenSorts.has(sortOf(unit))) return;
      const colour = colourOf(unit.agency);
      if (ofColour.has(colour)) ofColour.get(colour).push(one); else ofColour.set(colour, [one]);
    });
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    Object.assign(pen, { lineWidth: 2.5, lineJoin: "round", lineCap: "round", globalAlpha: 0.75 });
    ofColour.forEach((those, colour) => {
      pen.strokeStyle = colour;
      pen.beginPath();
      those.forEach((one) => line_(pen, one, view));
      pen.stroke();
    });
  },
});
function line_(pen, trail, view) {
  const [left, top, last] = [view.x + view.left, view.y + view.top, lastBefore(trail, then)];
  let [px, py] = [0, 0];
  for (let i = 0; i <= last; i++) {
    const x = trail.x[i] * view.scale - left, y = trail.y[i] * view.scale - top;
    if (trail.parted[i]) pen.moveTo(x, y);
    else if (i < last && Math.abs(x - px) + Math.abs(y - py) < 1.5) continue;
    else pen.lineTo(x, y);
    [px, py] = [x, y];
  }
  const next = last + 1;
  if (last >= 0 && next < trail.t.length && !trail.parted[next]) pen.lineTo(trail.unit.x * view.scale - left, trail.unit.y * view.scale - top);
}
const trailCanvas = new TrailCanvas();
const drawTrails = () => trailCanvas.draw();

function clockAt(t) {
  const moment = new Date((about.at_s + t) * 1000);
  return isNaN(moment) ? "" : moment.toISOString().slice(11, 19) + "Z";
}
function goTo(t) {
  const wasThen = then;
  then = Math.max(first, Math.min(0, t));
  if (then !== wasThen) map.closePopup();  // it would pull the map along, and says what holds at the end
  let [unknown, silent] = [0, 0];
  movable.forEach((one) => {
    if (then < 0 && one.kind === "unit") {
      putThen(one);
      unknown += one.nowhere ? 1 : 0;
      silent += one.guessed ? 1 : 0;
    } else if (wasThen < 0) Object.assign(one, { nowhere: false, guessed: false, went: undefined, x: one.home_x, y: one.home_y });
  });
  const waiting = told.objects.incident.filter((one) => one.nowhere).length;
  told.objects.incident.forEach((one) => { one.nowhere = one.open_s !== null && one.open_s > 0 && then < -one.open_s; });
  Object.assign(at("slider"), { value: then });
  at("slider").setAttribute("aria-valuetext", then < 0 ? clockAt(then) + ", " + span(-then) + " before" : "as of " + about.at);
  at("slider-at").textContent = then < 0 ? clockAt(then) + " · " + span(-then) + " before" : "As of " + about.at;
  at("then").hidden = then >= 0;
  if (then < 0) {
    const beside = ["All else, and what units do, is as of " + about.at, unknown ? unknown + " not known then" : "", silent ? silent + " silent then" : ""];
    at("then").replaceChildren(document.createTextNode("Where units were at " + clockAt(then)), element("span", "below", beside.filter(Boolean).join(" · ")));
  }
  page.classList.toggle("earlier", then < 0);
  if (waiting !== told.objects.incident.filter((one) => one.nowhere).length) stand();
  arrange();
  drawTrails();
  layNames();
}

let playing = 0, began = 0, from = 0;
function play(on) {
  window.cancelAnimationFrame(playing);
  playing = 0;
  at("play").textContent = on ? "Pause" : "Play";
  at("play").setAttribute("aria-label", on ? "Pause the trails" : "Play the trails");
  if (!on) return;
  map.closePopup();
  if (then >= 0) goTo(first);
  [began, from] = [performance.now(), then];
  const step = (now) => {
    goTo(from + ((now - began) / 1000) * Number(at("speed").value));
    if (then >= 0) play(false); else playing = window.requestAnimationFrame(step);
  };
  playing = window.requestAnimationFrame(step);
}
if (first < 0) {
  at("time").hidden = false;
  const slider = at("slider"), speeds = [...at("speed").options].map((one) => Number(one.value));
  Object.assign(slider, { min: first, max: 0, step: 1, value: 0 });
  // all of it in some twenty seconds
  at("speed").value = speeds.reduce((best, one) => (Math.abs(-first / one - 20) < Math.abs(-first / best - 20) ? one : best));
  at("speed").addEventListener("change", () => { [began, from] = [performance.now(), then]; });
  slider.addEventListener("input", () => { play(false); goTo(Number(slider.value)); });
  slider.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    play(false);
    goTo(then + way * (event.shiftKey ? 60 : 10));
  });
  at("play").addEventListener("click", () => play(!playing));
}
