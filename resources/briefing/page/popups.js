/* What is said of a thing when it is pressed, and of a task wherever it stands. */
const fact = (name, value) => add(element("div", "fact"), element("span", "", name), element("span", "", value));

function part(words) {
  const one = element("div", "part", words);
  one.setAttribute("role", "heading");
  one.setAttribute("aria-level", "4");
  return one;
}

function facts(box, rows) {
  rows.forEach(([name, value]) => { if (value !== undefined && value !== null && value !== "") add(box, fact(name, value)); });
}

const TASK_COLOURS = new Set(["requested", "accepted", "declined", "countered", "en_route", "on_scene", "complete", "cancelled",
  "draft", "expired", "released", "reassigned", "handed_over"]);
function taskRow(task) {
  const state = element("span", "state", task.state), word = TASK_COLOURS.has(task.state_word) ? task.state_word : "draft";
  state.dataset.state = word;
  const under = [task.clause && task.ground.indexOf(task.clause) < 0 ? "Under " + task.clause : "", task.ground].filter(Boolean).join(" · ");
  const row = add(element("div", "task" + (task.over ? " over" : "")),
    add(element("div", "task-head"), element("strong", "", task.objective), state),
    element("span", "below", task.asked + (task.whose ? " (" + task.whose + ")" : "") + ", asked by " + task.by),
    element("span", "below", task.state + " since " + task.since + " (" + span(task.since_s) + ")" +
      (task.word_of ? ", says " + task.word_of : "") + (task.late ? ", answered late" : "")));
  if (task.reason) add(row, element("span", "below said", "“" + task.reason + "”"));
  if (under) add(row, element("span", "below", under));
  if (task.eta_s !== undefined && task.eta_s !== null) add(row, element("span", "below", "Expected within " + span(task.eta_s)));
  if (task.offers) add(row, element("span", "below", "Offered instead: " + task.offers));
  if (task.channel) add(row, element("span", "below", "Channel " + task.channel));
  if (task.note) add(row, element("span", "below", task.note));
  if (task.due) add(row, element("span", "below", "Due " + task.due));
  if (task.hazards) add(row, element("span", "below warns", "Hazards: " + task.hazards));
  return row;
}

function popupOf(one) {
  const box = add(element("div"), element("h3", "", (one.kind === "incident" ? "P" + one.priority + " " : "") + one.name));
  const warn = (words) => add(box, element("p", "warns", words));
  if (one.tag) warn(one.tag + ": not an alarm");
  if (then < 0) warn("What is said here is as of " + about.at);
  if (one.stale) warn("Old: last heard " + span(one.age_s) + " before");
  if (one.doubtful) warn("This place can hardly be true");
  if (one.withheld) warn("Shown as its owner agreed: " + one.withheld);
  if (one.over) warn(one.kind === "incident" ? one.status : "Over");
  if (one.coming) warn("Not yet: from " + one.from);
  if (one.contested) warn("Two agencies claim the lead");
  if (one.kind === "incident") {
    facts(box, [["Leads", one.lead], ["Under", one.under || one.why], ["", one.says ? "“" + one.says + "”" : ""],
      ["In command", one.command]]);
  }
  facts(box, [["What", one.what], [one.kind === "incident" ? "Reported by" : "Agency", nameOf(one.agency)],
    ["Status", one.over ? "" : one.status], ["Priority", one.priority], ["Address", one.address],
    ["Opened", one.opened ? one.opened + ", " + span(one.open_s) + " before" : ""],
    ["Crew", one.crew], ["Can", one.can], ["Quantity", one.quantity], ["Available", one.available],
    ["Conditions", one.conditions], ["Area", one.area], ["Until", one.until],
    ["Speed", one.speed_mps === undefined ? "" : Math.round(one.speed_mps * 2.237) + " mph (" + Math.round(one.speed_mps * 3.6) + " km/h)"],
    ["Course", one.course === undefined ? "" : one.course + "°"],
    ["Accuracy", one.accuracy_m === undefined ? "" : "± " + one.accuracy_m + " m"],
    ["Grid", one.grid], ["Place", one.lat === undefined ? "" : degrees(L.latLng(one.lat, one.lon))],
    ["Said", one.said ? one.said + ", " + age(one.age_s) : ""], ["Heard as", one.feed],
    ["Contact", (agencyOf.get(one.agency) || {}).contact]]);
  if (one.summary) add(box, element("p", "", one.summary));
  if (one.reports && one.reports.length) {
    add(box, part(one.echo_of ? "The same as" : "Also reported by"));
    one.reports.forEach((words) => add(box, element("p", "", words)));
  }
  if (one.related && one.related.length) {
    add(box, element("h4", "", "Related"));
    one.related.forEach((words) => add(box, element("p", "", words)));
  }
  (one.details || []).forEach((each) => {
    add(box, part("For this reader alone, under " + (each.under || "a clause")));
    if (each.medical) add(box, element("p", "", "Medical: " + each.medical));
    if (each.personal) add(box, element("p", "", "Personal: " + each.personal));
  });
  if (one.tasks && one.tasks.length) {
    add(box, part("Tasks"));
    one.tasks.forEach((task) => add(box, taskRow(task)));
  }
  return box;
}
