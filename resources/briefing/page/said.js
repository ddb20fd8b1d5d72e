/* What is told, and how it is said: every word of a feed is set as text, never as markup. */
const told = JSON.parse(document.getElementById("told").textContent);
const about = told.occasion;
const map = map_briefing;
const at = (id) => document.getElementById(id);
const page = at("page");

function element(name, looks, text) {
  const one = document.createElement(name);
  if (looks) one.className = looks;
  if (text !== undefined && text !== null) one.textContent = String(text);
  return one;
}

function add(parent, ...children) {
  children.forEach((one) => { if (one) parent.appendChild(one); });
  return parent;
}

/* drawn shapes: attributes are figures and our own colours, no word of a feed */
function drawn(name, attributes, ...children) {
  const one = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => one.setAttribute(key, value));
  return add(one, ...children);
}

function button(looks, press) {
  const one = element("button", looks);
  one.type = "button";
  one.addEventListener("click", press);
  return one;
}

const counted = (count, what) => count + " " + what + (count === 1 ? "" : "s");

function span(seconds) {
  if (seconds < 100) return Math.max(0, Math.round(seconds)) + " s";
  if (seconds < 5400) return Math.round(seconds / 60) + " min";
  return seconds < 172800 ? (seconds / 3600).toFixed(1) + " h" : Math.round(seconds / 86400) + " days";
}

/* how old a word was at the moment of this map */
function age(seconds) {
  if (seconds === undefined || seconds === null) return "at a time not said";
  return seconds < -1 ? "later than this map, by its own clock" : span(seconds) + " old";
}

const agencyOf = new Map(told.agencies.map((one) => [one.id, one]));
const nameOf = (agency) => (agencyOf.get(agency) || { name: agency }).name;

/* the head and the foot */
document.querySelectorAll(".marking").forEach((one) => { one.textContent = about.classification; });
at("operation").textContent = about.operation || "Briefing map";
at("exercise").hidden = !about.exercise;
page.classList.toggle("drill", Boolean(about.exercise));
at("past").hidden = !about.past;
at("past").title = about.past;
at("period").textContent = about.period;
at("as-of").textContent = "As of " + about.at;
at("for").textContent = "For " + about.for;
at("made").textContent = "Made " + about.made + (about.by ? " by " + about.by : "") + (about.past ? ". " + about.past : "");
(function () {
  const place = at("held-back");
  if (about.whole) { place.textContent = "Nothing is held back: for the own agency's people alone."; return; }
  const never = "Letters to others, drafts, and details that no clause shows are never on this map.";
  if (!about.applied.length) { place.textContent = "No clause holds a place back from this reader. " + never; return; }
  add(place, element("strong", "", "Held back or added by agreement: "), document.createTextNode(about.applied.map(
    (one) => one.giver + ": " + one.what + " (" + one.count + "), " + one.clause).join(" · ") + ". " + never));
})();
