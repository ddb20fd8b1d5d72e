/* The briefing page: makes a map of what it is told. Words are only ever set as text, never as markup. */
"use strict";
(function () {
  const told = JSON.parse(document.getElementById("told").textContent);
  const about = told.occasion;
  const page = document.getElementById("page");
  const at = (id) => document.getElementById(id);
  const element = (name, looks, text) => {
    const one = document.createElement(name);
    if (looks) one.className = looks;
    if (text !== undefined && text !== null) one.textContent = String(text);
    return one;
  };
  const add = (parent, ...children) => { children.forEach((one) => one && parent.appendChild(one)); return parent; };
  const map = map_briefing;
  at("map-place").appendChild(map.getContainer());
  map.invalidateSize();
  map.attributionControl.setPrefix(false);

  /* words */
  const LEVELS = { county: "Counties", city: "Cities", state: "States", district: "Districts", special: "Special ground" };
  const KINDS = { unit: "Units", incident: "Incidents", resource: "Resources", zone: "Zones", alert: "Alerts" };
  function age(seconds) {
    if (seconds === undefined) return "at a time not said";
    if (seconds < -1) return "later than this map, by its own clock";
    if (seconds < 100) return Math.max(0, Math.round(seconds)) + " s before";
    if (seconds < 5400) return Math.round(seconds / 60) + " min before";
    return (seconds / 3600).toFixed(1) + " h before";
  }
  const agencyOf = new Map(told.agencies.map((one) => [one.id, one]));
  const nameOf = (agency) => (agencyOf.get(agency) || { name: agency }).name;
  const colourOf = (agency) => {
    const said = (agencyOf.get(agency) || {}).colour || "";
    return /^#[0-9a-f]{6}$/i.test(said) ? said : "#7a8794";
  };

  /* the head and the foot */
  document.querySelectorAll(".marking").forEach((one) => { one.textContent = about.classification; });
  at("operation").textContent = about.operation;
  at("exercise").hidden = !about.exercise;
  at("past").hidden = !about.past;
  at("past").title = about.past;
  at("period").textContent = about.period;
  at("as-of").textContent = "As of " + about.at;
  at("for").textContent = "For " + about.for;
  at("made").textContent = "Made " + about.made + (about.by ? " by " + about.by : "") + (about.past ? ". " + about.past : "");
  (function () {
    const place = at("held-back");
    if (about.whole) { place.textContent = "Nothing is held back: for the own agency's people alone."; return; }
    if (!about.applied.length) { place.textContent = "No clause holds anything back from this reader."; return; }
    add(place, element("strong", "", "Held back or added by agreement: "));
    place.appendChild(document.createTextNode(about.applied.map(
      (one) => one.giver + ": " + one.what + " (" + one.count + "), " + one.clause).join(" · ")));
  })();

  /* the ground */
  const panes = { ground: 210, water: 220, roads: 230, jurisdictions: 240, grid: 250, areas: 350, trails: 420 };
  Object.entries(panes).forEach(([name, z]) => { map.createPane(name).style.zIndex = z; });
  ["ground", "water", "roads", "grid"].forEach((name) => { map.getPane(name).style.pointerEvents = "none"; });
  const painters = {};
  const painter = (pane) => painters[pane] || (painters[pane] = L.svg({ pane: pane, padding: 0.3 }));
  const tone = (name) => getComputedStyle(page).getPropertyValue("--" + name).trim();
  const groups = {};
  const group = (name) => groups[name] || (groups[name] = L.layerGroup());
  const toned = [];
  function shapes(features, pane, style) {
    const layer = L.geoJSON(features, { pane: pane, renderer: painter(pane), interactive: false, style: style });
    toned.push([layer, style]);
    return layer;
  }
  const feature = (one) => ({ type: "Feature", properties: one, geometry: one.geometry });
  if (told.tiles) {
    const further = told.tiles.px === 512 ? 1 : 0;  // their levels count from a world of one tile of 512 pixels
    const Carried = L.TileLayer.extend({
      getTileUrl: function (place) {
        return told.tiles.images[place.z - further + "/" + place.x + "/" + place.y] ||
          "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";
      },
    });
    const words = element("span", "", told.tiles.attribution).textContent.replace(/[<>&"']/g, " ");
    new Carried("", { tileSize: told.tiles.px, minNativeZoom: told.tiles.least + further, maxZoom: 19,
      maxNativeZoom: told.tiles.most + further, attribution: words })
      .addTo(group("background"));
  } else {
    const water = (told.region.water || []).map(feature);
    shapes(water, "water", (one) => ({
      stroke: one.geometry.type.indexOf("Line") >= 0, color: tone("water"), weight: 4, fill: true, fillColor: tone("water"),
      fillOpacity: one.geometry.type.indexOf("Line") >= 0 ? 0 : 1,
    })).addTo(group("background"));
    const width = { motorway: 3.2, primary: 2.2 };
    shapes((told.region.roads || []).map(feature), "roads", (one) => ({
      color: tone("road"), weight: width[one.properties.class] || 1.6, opacity: 0.9,
    })).addTo(group("background"));
  }
  const NAMED = { city: 8, town: 10, place: 11 };
  const places = (told.region.places || []).filter((one) => one.geometry.type === "Point");
  function named(lat, lon, words, looks) {
    const tip = L.tooltip({ permanent: true, direction: "center", className: "named " + looks, interactive: false,
      pane: "tooltipPane", opacity: 1 });
    tip.setLatLng([lat, lon]).setContent(element("span", "", words));
    return tip;
  }
  places.forEach((one) => {
    const [lon, lat] = one.geometry.coordinates;
    one.tip = named(lat, lon, one.name, one.class === "city" ? "city" : "");
    one.from = NAMED[one.class] || 11;
  });
  function namePlaces() {
    const shown = boxes.places && boxes.places.checked;
    places.forEach((one) => {
      const wanted = shown && map.getZoom() >= one.from;
      if (wanted !== map.hasLayer(one.tip)) { if (wanted) one.tip.addTo(map); else one.tip.remove(); }
    });
  }

  /* jurisdictions */
  const levels = [...new Set(told.jurisdictions.map((one) => one.level))];
  levels.forEach((level) => {
    const of = told.jurisdictions.filter((one) => one.level === level);
    const layer = L.geoJSON(of.map(feature), {
      pane: "jurisdictions", renderer: painter("jurisdictions"),
      style: (one) => ({ color: level === "county" || level === "state" ? tone("county") : one.properties.colour, weight: 1.4,
        dashArray: level === "county" ? "6 4" : null, fill: true, fillOpacity: 0.02, fillColor: one.properties.colour }),
    });
    toned.push([layer, layer.options.style]);
    layer.on("click", (event) => {
      const here = told.jurisdictions.filter((one) => within(event.latlng, one.geometry)).reverse();
      const box = element("div");
      add(box, element("h3", "", "Whose ground"));
      here.forEach((one) => add(box, fact(one.whose || one.agency, one.name + " · " + one.level)));
      L.popup().setLatLng(event.latlng).setContent(box).openOn(map);
    });
    group("level " + level).addLayer(layer);
  });
  function within(place, geometry) {
    const inside = (ring) => {
      let odd = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [x1, y1] = ring[i], [x2, y2] = ring[j];
        if ((y1 > place.lat) !== (y2 > place.lat) && place.lng < ((x2 - x1) * (place.lat - y1)) / (y2 - y1) + x1) odd = !odd;
      }
      return odd;
    };
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
    return polygons.some((rings) => inside(rings[0]) && !rings.slice(1).some(inside));
  }

  /* the grid */
  const gridTips = L.layerGroup();
  function drawGrid() {
    const layer = group("grid");
    layer.clearLayers();
    const fine = map.getZoom() >= 13;
    const seen = map.getBounds().pad(0.2);
    told.grid.forEach((one) => {
      if (one.step_km === 1 && !fine) return;
      if (!seen.intersects(L.latLngBounds(one.line))) return;
      L.polyline(one.line, { pane: "grid", renderer: painter("grid"), interactive: false, color: tone("grid"),
        weight: one.step_km === 10 ? 1.2 : 0.7, opacity: 0.6 }).addTo(layer);
      const place = one.line.find((point) => map.getBounds().contains(point));
      if (place) named(place[0], place[1], one.label, "figure").addTo(layer);
    });
  }

  /* things */
  const PEN = { hot_zone: "#ef3b3b", warm_zone: "#fb923c", cold_zone: "#4aa3ff", road_closure: "#d32f2f", evacuation: "#c026d3",
    staging_area: "#15803d", lane_closure: "#d97706", road_work: "#d97706" };
  const DASH = { hot_zone: "8 6", warm_zone: "12 5", cold_zone: "18 5", search_segment: "12 4 3 4" };
  const all = [];
  const fact = (name, value) => add(element("div", "fact"), element("span", "", name), element("span", "", value));
  function facts(box, rows) {
    rows.forEach(([name, value]) => { if (value !== undefined && value !== null && value !== "") add(box, fact(name, value)); });
  }
  function popupOf(one) {
    const box = element("div");
    add(box, element("h3", "", one.name));
    if (one.stale) add(box, element("p", "warns", "Old: not heard from since " + age(one.age_s)));
    if (one.doubtful) add(box, element("p", "warns", "This place can hardly be true"));
    if (one.withheld) add(box, element("p", "warns", "Shown as its owner agreed: " + one.withheld));
    if (one.over) add(box, element("p", "warns", one.kind === "incident" ? one.status : "Over"));
    if (one.contested) add(box, element("p", "warns", "Two agencies claim the lead"));
    const rows = [["What", one.what], ["Agency", nameOf(one.agency)], ["Status", one.over ? "" : one.status]];
    if (one.kind === "incident") {
      rows.push(["Priority", one.priority], ["Address", one.address], ["Opened", one.opened],
        ["Leads", one.lead], ["Under", one.under || one.why], ["In command", one.command]);
    }
    rows.push(["Crew", one.crew], ["Can", one.can], ["Quantity", one.quantity],
      ["Available", one.available], ["Conditions", one.conditions], ["Area", one.area], ["Until", one.until],
      ["Speed", one.speed_mps === undefined ? "" : Math.round(one.speed_mps * 3.6) + " km/h (" + Math.round(one.speed_mps * 2.237) + " mph)"],
      ["Course", one.course === undefined ? "" : one.course + "°"],
      ["Accuracy", one.accuracy_m === undefined ? "" : "± " + one.accuracy_m + " m"],
      ["Grid", one.grid], ["Place", one.lat === undefined ? "" : one.lat.toFixed(5) + ", " + one.lon.toFixed(5)],
      ["Said", one.said ? one.said + ", " + age(one.age_s) : ""], ["Heard as", one.feed]);
    facts(box, rows);
    if (one.summary) add(box, element("p", "", one.summary));
    (one.details || []).forEach((each) => {
      add(box, element("h4", "", "For this reader alone, under " + (each.under || "a clause")));
      if (each.medical) add(box, element("p", "", "Medical: " + each.medical));
      if (each.personal) add(box, element("p", "", "Personal: " + each.personal));
    });
    if (one.tasks && one.tasks.length) {
      add(box, element("h4", "", "Tasks"));
      one.tasks.forEach((task) => {
        const row = add(element("div", "task"), element("strong", "", task.objective),
          element("span", "below", task.asked + (task.whose ? " (" + task.whose + ")" : "") + ", asked by " + task.by),
          element("span", "below", task.state + " since " + task.since + (task.reason ? ": " + task.reason : "")));
        if (task.ground) add(row, element("span", "below", task.ground));
        if (task.hazards) add(row, element("span", "below warns", "Hazards: " + task.hazards));
        add(box, row);
      });
    }
    return box;
  }
  function marker(one) {
    const box = element("div", "thing " + one.kind + (one.stale ? " old" : ""));
    const image = new Image();
    image.alt = "";
    image.src = told.icons[one.icon];
    const size = one.status_word === "emergency" ? 52 : { unit: 36, incident: 44, resource: 40, alert: 34 }[one.kind];
    image.width = image.height = size;
    add(box, image);
    if (one.course !== undefined && one.speed_mps > 0.5 && !one.stale) {
      const way = element("span", "way");
      way.style.background = colourOf(one.agency);
      way.style.transform = "rotate(" + Number(one.course) + "deg) translateY(-19px)";
      add(box, way);
    }
    add(box, element("span", "callsign", one.name));
    const icon = L.divIcon({ html: box, className: "", iconSize: [size, size] });
    const words = [one.name, one.what, one.status].filter(Boolean).join(", ");
    const layer = L.marker([one.lat, one.lon], { icon: icon, keyboard: true, alt: words, riseOnHover: true,
      zIndexOffset: { incident: 2000, alert: 1500, unit: 500, resource: 0 }[one.kind] });
    layer.on("add", () => { const made = layer.getElement(); if (made) made.setAttribute("aria-label", words); });
    one.box = box;
    return layer;
  }
  function area(one) {
    const hot = one.kind === "alert" ? "#d32f2f" : PEN[one.zone] || "#b7791f";
    return L.geoJSON(feature(one), {
      pane: "areas", renderer: painter("areas"),
      style: { color: hot, weight: one.zone === "road_closure" ? 5 : 2.2, dashArray: one.kind === "alert" ? "2 5" : DASH[one.zone] || null,
        fillColor: hot, fillOpacity: one.over ? 0 : 0.1, opacity: one.over ? 0.4 : 1 },
      pointToLayer: (_, place) => L.circleMarker(place, { pane: "areas", renderer: painter("areas"), radius: 7, color: hot }),
    });
  }
  Object.keys(KINDS).forEach((kind) => told.objects[kind].forEach((one) => {
    // a zone may be no more than a place: it has no symbol
    if (!one.geometry && one.lat !== undefined && one.icon === undefined) one.geometry = { type: "Point", coordinates: [one.lon, one.lat] };
    if (one.geometry) {
      one.layer = area(one);
      const middle = one.layer.getBounds().isValid() ? one.layer.getBounds().getCenter() : null;
      if (middle) { one.lat = undefined; one.middle = middle; one.tip = named(middle.lat, middle.lng, one.name, "zone"); }
      if (one.icon !== undefined && middle) {
        one.sign = marker({ ...one, lat: middle.lat, lon: middle.lng });
        one.sign.bindPopup(() => popupOf(one), { maxWidth: 380 });
      }
    } else if (one.lat !== undefined) {
      one.layer = marker(one);
    }
    if (one.layer) one.layer.bindPopup(() => popupOf(one), { maxWidth: 380 });
    all.push(one);
  }));
  const crowds = L.markerClusterGroup({
    maxClusterRadius: 34, disableClusteringAtZoom: 14, showCoverageOnHover: false, animate: false, spiderfyOnMaxZoom: false,
    iconCreateFunction: (crowd) => {
      const count = crowd.getChildCount(), size = count < 10 ? 30 : count < 100 ? 36 : 44;
      return L.divIcon({ html: element("span", "", count), className: "crowd", iconSize: [size, size] });
    },
  });
  map.addLayer(crowds);
  const standing = L.layerGroup().addTo(map);

  /* what is shown */
  const boxes = {};
  const shownAgencies = new Set(told.agencies.map((one) => one.id));
  function tick(parent, name, words, count, on, change, looks, dot) {
    const box = element("input");
    box.type = "checkbox";
    box.checked = on;
    const line = add(element("label", "tick " + (looks || "")), box);
    if (dot) { const spot = element("span", "dot"); spot.style.background = dot; add(line, spot); }
    add(line, element("span", "words", words));
    if (count !== null) add(line, element("span", "count", count));
    box.addEventListener("change", change);
    if (name) boxes[name] = box;
    add(parent, line);
    return box;
  }
  const OF = { unit: "what", resource: "what", zone: "what" };
  const hiddenSorts = new Set();
  Object.entries(KINDS).forEach(([kind, words]) => {
    const those = told.objects[kind];
    if (!those.length) return;
    tick(at("layers"), kind, words, those.length, true, show);
    const sorts = new Map();
    if (OF[kind]) those.forEach((one) => sorts.set(one.what || "", (sorts.get(one.what || "") || 0) + 1));
    if (sorts.size > 1 && sorts.size <= 24) [...sorts].sort().forEach(([sort, count]) => {
      const key = kind + "/" + sort;
      tick(at("layers"), key, sort || "Other", count, true, (event) => {
        if (event.target.checked) hiddenSorts.delete(key); else hiddenSorts.add(key);
        show();
      }, "of");
    });
  });
  if (told.trails.length) tick(at("layers"), "trails", "Trails", told.trails.length, false, drawTrails);
  levels.forEach((level) => tick(at("layers"), "level " + level, LEVELS[level] || level,
    told.jurisdictions.filter((one) => one.level === level).length, true, show));
  tick(at("layers"), "grid", "US National Grid", null, false, show);
  tick(at("layers"), "places", "Place names", null, true, show);
  tick(at("layers"), "background", told.tiles ? "Background map" : "Roads and water", null, true, show);
  const counts = new Map();
  all.forEach((one) => counts.set(one.agency, (counts.get(one.agency) || 0) + 1));
  const agencyBoxes = told.agencies.map((one) => [one.id, tick(at("agencies"), "", one.name, counts.get(one.id) || 0, true, (event) => {
    if (event.target.checked) shownAgencies.add(one.id); else shownAgencies.delete(one.id);
    show();
  }, "", colourOf(one.id))]);
  function allAgencies(on) {
    agencyBoxes.forEach(([id, box]) => { box.checked = on; if (on) shownAgencies.add(id); else shownAgencies.delete(id); });
    show();
  }
  at("all-agencies").addEventListener("click", () => allAgencies(true));
  at("no-agency").addEventListener("click", () => allAgencies(false));
  const isShown = (one) => boxes[one.kind].checked && shownAgencies.has(one.agency) &&
    !hiddenSorts.has(one.kind + "/" + (one.what || "")) && !one.nowhere;
  function show() {
    standing.clearLayers();
    const crowd = [];
    all.forEach((one) => {
      if (!one.layer || !isShown(one)) return;
      if (one.kind === "unit" || one.kind === "resource") crowd.push(one.layer);
      else { standing.addLayer(one.layer); if (one.sign) standing.addLayer(one.sign); }
    });
    crowds.clearLayers();
    crowds.addLayers(crowd);
    ["grid", "background", ...levels.map((level) => "level " + level)].forEach((name) => {
      const wanted = boxes[name] && boxes[name].checked;
      if (wanted) map.addLayer(group(name)); else map.removeLayer(group(name));
    });
    if (boxes.grid.checked) drawGrid();
    nameAll();
    drawTrails();
    said();
  }
  function nameAll() {
    namePlaces();
    all.forEach((one) => {
      if (!one.tip) return;
      const wanted = map.getZoom() >= 12 && isShown(one);
      if (wanted !== map.hasLayer(one.tip)) { if (wanted) one.tip.addTo(map); else one.tip.remove(); }
    });
  }
  function said() {
    map.getContainer().setAttribute("aria-label", "Map of " + about.operation + ", " + all.filter((one) => one.layer && isShown(one)).length + " things shown");
  }

  /* trails */
  const trailLayer = L.layerGroup().addTo(map);
  const byUnit = new Map(told.objects.unit.map((one) => [one.agency + "\n" + one.id, one]));
  told.trails.forEach((one) => { one.unit = byUnit.get(one.agency + "\n" + one.id); });
  let then = 0;
  const first = told.trails.length ? Math.min(...told.trails.map((one) => one.points[0][0])) : 0;
  function drawTrails() {
    trailLayer.clearLayers();
    if (!boxes.trails || !(boxes.trails.checked || then < 0)) return;
    told.trails.forEach((one) => {
      if (!one.unit || !isShown(one.unit) && !one.unit.nowhere) return;
      if (!shownAgencies.has(one.agency) || !boxes.unit.checked) return;
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
  function placeAt(points, t) {
    let low = -1;
    for (let i = 0; i < points.length && points[i][0] <= t; i++) low = i;
    if (low < 0) return null;
    const a = points[low], b = points[low + 1];
    if (!b || !b[3]) return [a[1], a[2]];
    const part = (t - a[0]) / Math.max(1, b[0] - a[0]);
    return [a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part];
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
      const place = t < 0 ? placeAt(one.points, t) : [one.unit.lat, one.unit.lon];
      one.unit.nowhere = place === null;
      if (place) one.unit.layer.setLatLng(place);
    });
    told.objects.unit.forEach((one) => { if (!trailed.has(one)) one.nowhere = t < 0; });
    at("slider").value = t;
    at("slider").setAttribute("aria-valuetext", t < 0 ? clockAt(t) : "as of " + about.at);
    at("slider-at").textContent = t < 0 ? clockAt(t) + " · " + age(-t) : "As of " + about.at;
    at("then").hidden = t >= 0;
    at("then").textContent = "Where units were at " + clockAt(t);
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
    if (then >= 0) goTo(first);
    const step = Math.max(1, -first / 150);
    timer = window.setInterval(() => { const next = then + step; goTo(Math.min(0, next)); if (next >= 0) play(false); }, 100);
  }
  if (told.trails.length) {
    at("time").hidden = false;
    const slider = at("slider");
    slider.min = first; slider.max = 0; slider.step = 1; slider.value = 0;
    slider.addEventListener("input", () => { play(false); goTo(Number(slider.value)); });
    at("play").addEventListener("click", () => play(!timer));
  }

  /* search */
  function near(one) {
    if (one.middle) { map.fitBounds(one.layer.getBounds().pad(0.3), { maxZoom: 15, animate: false }); one.layer.openPopup(one.middle); return; }
    if (!one.layer) { L.popup().setLatLng(map.getCenter()).setContent(popupOf(one)).openOn(map); return; }
    if (!isShown(one)) L.popup().setLatLng([one.lat, one.lon]).setContent(popupOf(one)).openOn(map);
    map.setView(one.layer.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
    if (isShown(one)) one.layer.openPopup();
    document.querySelectorAll(".chosen").forEach((old) => old.classList.remove("chosen"));
    if (one.box) one.box.classList.add("chosen");
    at("side").classList.remove("shown");
  }
  const plain = (text) => String(text || "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const sought = all.map((one) => ({ one: one, words: plain([one.name, one.id, one.what, one.address, nameOf(one.agency), one.status].join(" ")),
    name: one.name, below: [one.what, nameOf(one.agency), one.layer ? "" : "no place shown"].filter(Boolean).join(" · "), go: () => near(one) }))
    .concat(told.jurisdictions.map((one) => ({ words: plain(one.name), name: one.name, below: "Ground of " + (one.whose || one.agency),
      go: () => map.fitBounds(L.geoJSON(feature(one)).getBounds(), { animate: false }) })))
    .concat(places.map((one) => ({ words: plain(one.name), name: one.name, below: "Place",
      go: () => map.setView([one.geometry.coordinates[1], one.geometry.coordinates[0]], 13, { animate: false }) })));
  function search() {
    const list = at("found"), asked = plain(at("search").value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!asked.length) return;
    const hits = sought.filter((one) => asked.every((word) => one.words.includes(word)));
    hits.sort((a, b) => Number(plain(b.name).startsWith(asked[0])) - Number(plain(a.name).startsWith(asked[0])));
    hits.slice(0, 30).forEach((one) => {
      const press = add(element("button", "", one.name), element("span", "below", one.below));
      press.type = "button";
      press.addEventListener("click", one.go);
      add(list, add(element("li"), press));
    });
    if (!hits.length) add(list, element("li", "below", "Nothing of that name"));
    else if (hits.length > 30) add(list, element("li", "below", hits.length - 30 + " more"));
  }
  at("search").addEventListener("input", search);
  at("search").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { const one = at("found").querySelector("button"); if (one) one.click(); }
    if (event.key === "Escape") { at("search").value = ""; search(); }
  });

  /* lists, legend, log */
  const open = told.objects.incident.slice().sort((a, b) => Number(a.over) - Number(b.over) || a.priority - b.priority);
  open.forEach((one) => {
    const press = add(element("button"), element("strong", "", "P" + one.priority + " "), document.createTextNode(one.name),
      element("span", "below", [one.status, one.address, one.lead ? "leads: " + one.lead : "",
        one.tasks.length ? one.tasks.length + " tasks" : ""].filter(Boolean).join(" · ")));
    press.type = "button";
    press.addEventListener("click", () => near(one));
    add(at("incidents"), add(element("li"), press));
  });
  if (!open.length) add(at("incidents"), element("li", "below", "None"));
  const seen = new Set();
  all.forEach((one) => {
    if (one.icon === undefined || one.kind === "alert" && one.geometry === undefined) return;
    const words = one.kind === "unit" ? one.what : one.kind === "incident" ? "Incident: " + one.what : one.kind === "resource" ? "Resource" : "Alert";
    if (seen.has(words) || one.stale) return;
    seen.add(words);
    const image = new Image();
    image.alt = "";
    image.src = told.icons[one.icon];
    add(at("legend"), add(element("div", "row"), image, element("span", "", words)));
  });
  const old = all.find((one) => one.stale && one.icon !== undefined);
  if (old) { const image = new Image(); image.alt = ""; image.src = told.icons[old.icon]; add(at("legend"), add(element("div", "row"), image, element("span", "", "Old: not heard from as promised"))); }
  [...new Set(told.objects.zone.map((one) => one.zone))].forEach((zone) => {
    const line = element("span", "dot");
    line.style.background = PEN[zone] || "#b7791f";
    add(at("legend"), add(element("div", "row"), line, element("span", "", (told.objects.zone.find((one) => one.zone === zone) || {}).what)));
  });
  told.log.forEach((one) => add(at("log"), add(element("li"), element("span", "below", one.at + " · " + one.agency + (one.by ? " · " + one.by : "")),
    document.createTextNode(one.text))));
  if (!told.log.length) at("log").parentElement.hidden = true;

  /* the page */
  function theme(name) {
    page.dataset.theme = name;
    at("theme").textContent = name === "dark" ? "Light" : "Dark";
    toned.forEach(([layer, style]) => layer.setStyle(style));
    if (boxes.grid.checked) drawGrid();
  }
  at("theme").addEventListener("click", () => theme(page.dataset.theme === "dark" ? "light" : "dark"));
  at("print").addEventListener("click", () => window.print());
  at("show-side").addEventListener("click", () => {
    const shown = at("side").classList.toggle("shown");
    at("show-side").setAttribute("aria-expanded", String(shown));
  });
  /* above and below each printed page; a marking is text of our own people, and yet spelt sign by sign */
  function spelt(text) {
    return '"' + [...text].map((sign) => "\\" + sign.codePointAt(0).toString(16) + " ").join("") + '"';
  }
  const printed = new CSSStyleSheet();
  const mark = about.classification ? "content: " + spelt(about.classification) + "; font-weight: bold;" : "";
  const foot = spelt(about.operation + (about.exercise ? " (EXERCISE)" : "") + ", as of " + about.at + ". Page ");
  printed.insertRule("@page { @top-center { " + mark + " } @bottom-center { " + mark + " } @bottom-left { content: " + foot +
    ' counter(page) " of " counter(pages); font-size: 8pt; } }');
  document.adoptedStyleSheets = [printed];
  let asItWas = null;
  function forPaper(on) {
    if (on && !asItWas) { asItWas = map.getBounds(); }
    map.invalidateSize({ animate: false });
    if (on) map.fitBounds(asItWas, { animate: false }); else if (asItWas) { map.fitBounds(asItWas, { animate: false }); asItWas = null; }
    toned.forEach(([layer, style]) => layer.setStyle(style));
  }
  window.addEventListener("beforeprint", () => forPaper(true));
  window.addEventListener("afterprint", () => forPaper(false));
  window.matchMedia("print").addEventListener("change", (event) => forPaper(event.matches));
  map.on("mousemove", (event) => { at("pointed").textContent = event.latlng.lat.toFixed(5) + ", " + event.latlng.lng.toFixed(5); });
  map.on("mouseout", () => { at("pointed").textContent = ""; });
  map.on("zoomend", () => { map.getContainer().classList.toggle("near", map.getZoom() >= 14); nameAll(); });
  map.on("moveend", () => { if (boxes.grid.checked) drawGrid(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target.tagName !== "INPUT") { event.preventDefault(); at("search").focus(); }
  });
  L.control.scale({ metric: true, imperial: true, maxWidth: 140 }).addTo(map);
  const bounds = L.latLngBounds([told.view[1], told.view[0]], [told.view[3], told.view[2]]);
  map.fitBounds(bounds, { animate: false, maxZoom: 14 });
  theme(page.dataset.theme);
  goTo(0);
  page.dataset.ready = "yes";
})();
