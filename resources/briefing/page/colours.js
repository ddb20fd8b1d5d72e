/* Colours of the desk's themes, and of agencies so that they stand out from the ground at 3:1 (WCAG 2.1 §1.4.11). */
const tone = (name) => getComputedStyle(page).getPropertyValue("--" + name).trim();
const themed = () => Number(page.dataset.theme === "dark");
const PLAIN = /^#[0-9a-f]{6}$/i;
const parts = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));

function luminance(colour) {
  const [red, green, blue] = parts(colour).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function readable(wanted, ground) {
  const below = luminance(ground), towards = below > 0.18 ? 0 : 255;
  let found = wanted;
  for (let step = 1; step < 25; step++) {
    const above = luminance(found), [low, high] = above < below ? [above, below] : [below, above];
    if ((high + 0.05) / (low + 0.05) >= 3) break;
    found = "#" + parts(wanted).map((part) => Math.round(part + (towards - part) * step * 0.04).toString(16).padStart(2, "0")).join("");
  }
  return found;
}

const inks = new Map();
function ink(said) {
  const colour = PLAIN.test(said || "") ? said : "#7a8794", key = colour + page.dataset.theme;
  if (!inks.has(key)) inks.set(key, readable(colour, tone("symbol-disc")));
  return inks.get(key);
}
const ofAgency = [new Map(), new Map()];  // asked for each unit at each step of the slider
function colourOf(agency) {
  const known = ofAgency[themed()];
  if (!known.has(agency)) known.set(agency, ink((agencyOf.get(agency) || {}).colour));
  return known.get(agency);
}

/* how areas look: the table that the live map reads as well */
const zoneLooks = new Map(Object.entries(told.looks.zone)), alertLooks = new Map(Object.entries(told.looks.alert));
const zoneLook = (kind) => zoneLooks.get(kind) || zoneLooks.get("other");
const lookOf = (one) => (one.kind === "alert" ? alertLooks.get(one.tag ? "quiet" : one.severity) || alertLooks.get("Unknown") : zoneLook(one.zone));
const inkOf = (look) => look.ink[themed()];
const widthOf = (look) => look.width || 2;
const dashesOf = (look) => (look.dashes ? look.dashes.map((one) => one * widthOf(look)).join(" ") : null);
const fillOf = (look) => (look.fill === undefined ? 34 : look.fill) / 255;
const rankOf = (look) => (look.rank === undefined ? 9 : look.rank);

/* what has to be coloured anew in another theme */
const recoloured = [];
