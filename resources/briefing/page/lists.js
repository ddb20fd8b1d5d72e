/* Beside the map: incidents with their tasks, alerts, what the symbols mean, the log. On paper the same follows it. */
const ledWords = (one) => [one.lead ? "Leads: " + one.lead + (one.under ? " (" + one.under + ")" : "") : "", one.contested ? "contested" : "",
  one.command ? "in command: " + one.command : ""].filter(Boolean).join(", ");

function badge(priority) {
  const one = element("span", "badge", "P" + priority);
  one.dataset.priority = priority;
  return one;
}
const incidents = told.objects.incident.filter((one) => !one.echo_of)
  .sort((a, b) => Number(a.over) - Number(b.over) || a.priority - b.priority || (a.open_s || 0) - (b.open_s || 0));
incidents.forEach((one) => {
  const press = add(button("", () => near(one)), badge(one.priority), element("strong", "", one.name),
    element("span", "below", [one.status, one.open_s === null ? "" : span(one.open_s), one.address].filter(Boolean).join(" · ")));
  if (ledWords(one)) add(press, element("span", "below", ledWords(one)));
  const entry = add(element("li", one.over ? "over" : ""), press);
  if (one.tasks.length) {
    const asking = one.tasks.filter((task) => ["requested", "declined", "expired", "countered", "released"].includes(task.state_word)).length;
    const more = add(element("details"), element("summary", "", counted(one.tasks.length, "task") + (asking ? ", " + asking + " not taken on" : "")));
    one.tasks.forEach((task) => add(more, taskRow(task)));
    add(entry, more);
  }
  add(at("incidents"), entry);
});
if (!incidents.length) add(at("incidents"), element("li", "below", "None"));
told.tasks.forEach((task) => add(at("tasks"), taskRow(task)));
at("tasks").parentElement.hidden = !told.tasks.length;
told.objects.alert.filter((one) => !one.over).forEach((one) => add(at("alerts"), add(element("li"),
  add(button("", () => near(one)), element("strong", "", (one.tag ? one.tag + " " : "") + one.name),
    element("span", "below", [one.status, nameOf(one.agency), one.until ? "until " + one.until : ""].filter(Boolean).join(" · "))))));
at("alerts").parentElement.hidden = !at("alerts").childElementCount;
told.log.forEach((one) => add(at("log"), add(element("li"), element("span", "below", one.at + " · " + one.agency + (one.by ? " · " + one.by : "")),
  document.createTextNode(one.text))));
at("log").parentElement.hidden = !told.log.length;

/* the legend: of what is there, nothing else */
function legend(words, ...shown) {
  add(at("legend"), add(element("div", "row"), add(element("span", "sample"), ...shown), element("span", "", words)));
}
const heading = (words) => add(at("legend"), element("h3", "", words));
function samples(title, those, wordsOf) {
  const seen = new Map();
  those.forEach((one) => { if (one.icon !== undefined && !one.over && !seen.has(wordsOf(one))) seen.set(wordsOf(one), one); });
  if (!seen.size) return;
  heading(title);
  [...seen].sort((a, b) => a[0].localeCompare(b[0])).forEach(([words, one]) => legend(words, ...symbolOf(one)));
}
function line(look) {
  const shape = drawn("svg", { viewBox: "0 0 30 18", width: 30, height: 18 });
  const put = () => {
    const around = { x: 3, y: 3, width: 24, height: 12, fill: inkOf(look), "fill-opacity": fillOf(look) };
    const edge = { stroke: inkOf(look), "stroke-width": widthOf(look), "stroke-dasharray": dashesOf(look) || "none" };
    shape.replaceChildren(look.road ? drawn("path", { d: "M2 9H28", ...edge }) : drawn("rect", { ...around, ...edge }));
  };
  recoloured.push(put);
  put();
  return shape;
}
const sure = told.objects.unit.filter((one) => !one.stale && !one.doubtful);
samples("Incidents: the figure is the priority", told.objects.incident, (one) => one.what);
samples("Units", sure, (one) => one.what);
samples("What units do", sure, (one) => one.status);
samples("Resources", told.objects.resource, (one) => one.status);
samples("Alerts", told.objects.alert, (one) => (one.tag ? one.tag : one.severity));
(function () {
  const kinds = new Map(told.objects.zone.filter((one) => !one.over).map((one) => [one.zone, one.what]));
  if (kinds.size) heading("Zones");
  [...kinds].sort((a, b) => rankOf(zoneLook(a[0])) - rankOf(zoneLook(b[0]))).forEach(([zone, words]) => legend(words, line(zoneLook(zone))));
  heading("Marks");
  const old = all.find((one) => one.stale && one.icon !== undefined), odd = all.find((one) => one.doubtful && one.icon !== undefined);
  if (old) legend("Old: not heard from as promised", ...symbolOf(old));
  if (odd) legend("This place can hardly be true", ...symbolOf(odd));
  const tickMark = element("span", "way");
  tickMark.style.background = "#7a8794";
  legend("Goes this way", tickMark);
  const crowd = element("span", "ring small", "3");
  crowd.style.background = "conic-gradient(#1f7ae0 0deg 240deg, #d32f2f 240deg 360deg)";
  legend("So many at one place, by agency", crowd);
  if (told.trails.length) { const way = element("span", "trail"); legend("Where it came from", way); }
})();
