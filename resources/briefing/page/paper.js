/* Themes, paper, keys; and the start. */
function theme(name) {
  page.dataset.theme = name;
  at("theme").textContent = name === "dark" ? "Light" : "Dark";
  recoloured.forEach((put) => put());
  drawGrid();
  drawTrails();
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
let printed = null;
try { printed = new CSSStyleSheet(); } catch (error) { /* an old browser: see below */ }
const marking = about.classification ? "content: " + spelt(about.classification) + "; font-weight: bold;" : "";
const foot = spelt(about.operation + (about.exercise ? " (EXERCISE)" : "") + ", as of " + about.at + ", not live");
if (printed) printed.insertRule("@page { @top-center { " + marking + " } @bottom-center { white-space: nowrap; " + marking + " } @bottom-left { content: " +
  foot + '; font-size: 7pt; } @bottom-right { content: "Page " counter(page) " of " counter(pages); font-size: 7pt; } }');
if (printed) document.adoptedStyleSheets = [printed];
/* where a browser writes nothing into a page's margin, the page's own marking stands on each sheet */
page.classList.toggle("unmargined", !printed || !("CSSMarginRule" in window));

/* paper is light, has room for a wide map, and shows the tasks of each incident */
let before = null;

/* what the title and seven columns of legend leave of a page, in millimetres: A4 is the lower, Letter the narrower */
function mapHeight() {
  const rows = [...at("legend").children].reduce((sum, one) => sum + (one.textContent.length > 22 ? 1.6 : 1), 0);
  return Math.max(90, 172 - 4.8 * Math.ceil(rows / 7 + 0.6));
}
function forPaper(on) {
  if (!on && !before) return;
  if (on && !before) {
    before = { view: map.getBounds(), theme: page.dataset.theme, closed: [...document.querySelectorAll("#incidents details:not([open])")] };
    page.classList.add("on-paper");
    page.style.setProperty("--map-height", mapHeight() + "mm");
    before.closed.forEach((one) => { one.open = true; });
    if (before.theme === "dark") theme("light");
    map.closePopup();
  }
  const { view, closed, theme: worn } = before;
  if (!on) {
    before = null;
    page.classList.remove("on-paper");
    closed.forEach((one) => { one.open = false; });
    if (worn === "dark") theme("dark");
  }
  map.options.zoomSnap = on ? 0.1 : 1;
  map.invalidateSize({ animate: false });
  map.fitBounds(view, { animate: false });
  drawGrid();
  arrange();
  drawTrails();
  placeNames();
}
window.addEventListener("beforeprint", () => forPaper(true));
window.addEventListener("afterprint", () => forPaper(false));
window.matchMedia("print").addEventListener("change", (event) => forPaper(event.matches));

document.addEventListener("keydown", (event) => {
  const typing = ["INPUT", "BUTTON", "SUMMARY"].includes(event.target.tagName) && event.target.type !== "range";
  if (event.key === "/" && event.target.id !== "search") { event.preventDefault(); at("side").classList.add("shown"); at("search").focus(); }
  if (event.key === " " && !typing && !at("time").hidden) { event.preventDefault(); play(!playing); }
  if (event.key === "Escape") { at("side").classList.remove("shown"); map.closePopup(); }
});
map.on("zoomend", () => map.getContainer().classList.toggle("near", map.getZoom() >= 14));
L.control.scale({ metric: true, imperial: true, maxWidth: 140 }).addTo(map);
const [west, south, east, north] = told.view;
map.fitBounds([[south, west], [north, east]], { animate: false, maxZoom: 14 });
theme(page.dataset.theme);
trailCanvas.addTo(map);
goTo(0);
show();
pointCentre();
page.dataset.ready = "yes";
