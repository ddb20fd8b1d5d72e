/* Search: units, incidents, zones, places, ground; and degrees that somebody read out. */
function near(one) {
  at("side").classList.remove("shown");
  map.closePopup();
  choose(one);
  const place = placeOf(one);
  const loose = () => L.popup({ maxWidth: 400, minWidth: 240 }).setLatLng(place || map.getCenter()).setContent(popupOf(one)).openOn(map);
  if (!place) { loose(); return; }
  if (one.geometry) map.fitBounds(one.layer.getBounds().pad(0.3), { maxZoom: 15, animate: false });
  else map.setView(place, Math.max(map.getZoom(), 15), { animate: false });
  arrange();
  if (!isShown(one)) loose(); else if (one.geometry) one.layer.openPopup(place); else one.layer.openPopup();
  layNames();
}

const plain = (text) => String(text || "").normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const sought = all.map((one) => ({ words: plain([one.name, one.id, one.what, one.address, nameOf(one.agency), one.status, one.grid].join(" ")),
  name: one.name, below: [one.what, nameOf(one.agency), one.over ? "over" : "", one.isPlaced ? "" : "no place shown"].filter(Boolean).join(" · "), go: () => near(one) }))
  .concat(told.jurisdictions.map((one) => ({ words: plain(one.name), name: one.name, below: "Ground of " + (one.whose || one.agency || "nobody"),
    go: () => map.fitBounds(one.box, { animate: false }) })))
  .concat(places.map((one) => ({ words: plain(one.name), name: one.name, below: "Place",
    go: () => map.setView([one.lat, one.lon], 13, { animate: false }) })));

function degreesSaid(text) {
  const found = /^\s*(-?\d{1,2}\.\d+)\s*[,;\s]\s*(-?\d{1,3}\.\d+)\s*$/.exec(text);
  if (!found || Math.abs(found[1]) > 85 || Math.abs(found[2]) > 180) return [];
  const place = L.latLng(Number(found[1]), Number(found[2]));
  return [{ name: degrees(place), below: usng(place.lat, place.lng, 5), go: () => { map.setView(place, 14, { animate: false }); map.fire("click", { latlng: place }); } }];
}

function search() {
  const list = at("found"), said = at("search").value, asked = plain(said).split(/\s+/).filter(Boolean);
  list.replaceChildren();
  if (!asked.length) return;
  const hits = sought.filter((one) => asked.every((word) => one.words.includes(word)));
  hits.sort((a, b) => Number(plain(b.name).startsWith(asked[0])) - Number(plain(a.name).startsWith(asked[0])));
  hits.unshift(...degreesSaid(said));
  hits.slice(0, 30).forEach((one) => add(list, add(element("li"),
    add(button("", one.go), element("span", "", one.name), element("span", "below", one.below)))));
  if (!hits.length) add(list, element("li", "below", "Nothing of that name"));
  else if (hits.length > 30) add(list, element("li", "below", hits.length - 30 + " more"));
}
at("search").addEventListener("input", search);
at("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") { const one = at("found").querySelector("button"); if (one) one.click(); }
  if (event.key === "Escape") { at("search").value = ""; search(); }
});
