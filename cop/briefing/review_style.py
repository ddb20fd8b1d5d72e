"""How the page of a review looks, and the little that runs in it: lists that are put in order by a click."""

STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #55606b; --line: #d5dbe1; --ground: #eef1f4; --card: #fff;
  --met: #00664a; --not: #a3241b; --open: #6b5200; --accent: #0b5c91; }
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 "DejaVu Sans", "Segoe UI", system-ui, Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 0 20px 40px; }
.line { font-weight: bold; text-align: center; margin: 0; padding: 5px; overflow-wrap: anywhere; }
.badges { text-align: center; margin: 10px 0 0; }
.badge { display: inline-block; margin: 2px 4px; padding: 3px 12px; border-radius: 4px; color: #fff; font-weight: bold;
  overflow-wrap: anywhere; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.exercise { background: #5b21b6; } .replay { background: #92400e; }
header { padding: 18px 0 6px; }
h1 { font-size: 30px; line-height: 1.15; margin: 4px 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 21px; margin: 38px 0 6px; padding-top: 10px; border-top: 2px solid var(--ink); }
h3 { font-size: 16px; margin: 22px 0 6px; }
p { margin: 6px 0; } p, li, footer { overflow-wrap: anywhere; } .soft, .how { color: var(--soft); }
.how { font-size: 13px; max-width: 90ch; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; font-size: 14px; }
a { color: var(--accent); } a.rec { color: inherit; text-decoration: none; }
a.rec:hover, a.rec:focus { text-decoration: underline; } .recs { color: var(--soft); font-size: 12px; }
.tallies { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 14px 0; }
.tally { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tally b { display: block; font-size: 27px; line-height: 1.15; font-variant-numeric: tabular-nums; }
.tally span { color: var(--soft); font-size: 13px; } .tally .recs { font-size: 11.5px; display: block; }
.tally.met b { color: var(--met); } .tally.not b { color: var(--not); } .tally.open b { color: var(--open); }
.goals { list-style: none; padding: 0; margin: 10px 0; }
.goals li { background: var(--card); border: 1px solid var(--line); border-left: 8px solid var(--soft);
  border-radius: 6px; padding: 9px 14px; margin: 7px 0; display: grid; grid-template-columns: 128px 1fr;
  gap: 2px 12px; }
.goals .met { border-left-color: var(--met); } .goals .not { border-left-color: var(--not); }
.goals .open { border-left-color: #c9a400; }
.goals strong { overflow-wrap: anywhere; } .goals .why { grid-column: 2; color: var(--soft); overflow-wrap: anywhere; }
.mark { font-weight: bold; white-space: nowrap; } .met .mark { color: var(--met); } .not .mark { color: var(--not); }
.open .mark { color: var(--open); }
.found { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px 8px 34px; }
.found li { margin: 5px 0; overflow-wrap: anywhere; }
.chart { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 10px; margin: 10px 0; }
.chart img { display: block; width: 100%; height: auto; }
.wide { overflow-x: auto; margin: 8px 0 14px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
caption { text-align: left; padding: 8px 10px 2px; font-weight: bold; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-top: 1px solid var(--line);
  overflow-wrap: break-word; max-width: 380px; }
thead th { border-top: 0; background: #f5f7f9; font-size: 12.5px; color: var(--soft); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.t { font-variant-numeric: tabular-nums; white-space: nowrap; min-width: 104px; }
td.t .recs { display: block; white-space: normal; } td.w { min-width: 190px; } td.m { min-width: 130px; }
.spell { display: block; margin-bottom: 4px; }
td.bad { color: var(--not); font-weight: bold; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
th button::after { content: " ↕"; opacity: .45; }
th[aria-sort="ascending"] button::after { content: " ↑"; opacity: 1; }
th[aria-sort="descending"] button::after { content: " ↓"; opacity: 1; }
th button:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent);
  outline-offset: 2px; }
summary { cursor: pointer; font-weight: bold; padding: 4px 0; }
tr:target, li:target { background: #fff6cc; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; font-size: 14px; }
dt { font-weight: bold; } dd { margin: 0; overflow-wrap: anywhere; }
code { font: 13px "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: 13px; border-top: 1px solid var(--line); margin-top: 30px; padding-top: 8px; }
@media (max-width: 640px) { .goals li { grid-template-columns: 1fr; } .goals .why { grid-column: 1; }
  h1 { font-size: 24px; } main { padding: 0 12px 30px; } dl { grid-template-columns: 1fr; } }
@media print { body { background: #fff; font-size: 10pt; } main { max-width: none; padding: 0; } nav { display: none; }
  h2 { break-after: avoid; } .tally, .goals li, .chart, tr { break-inside: avoid; }
  thead { display: table-header-group; }
  details > * { display: block; } th button::after { content: ""; } .wide { overflow: visible; } }
"""
#: `data-v` of a cell is what it is put in order by
SCRIPT = """
"use strict";
for (const table of document.querySelectorAll("table.sorts")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
      const rows = [...table.tBodies[0].rows].map((row, place) => [row, place, value(row)]);
      const compare = (a, b) => {
        const [x, y] = [Number(a[2]), Number(b[2])];
        const by = Number.isFinite(x) && Number.isFinite(y) && a[2] !== "" && b[2] !== ""
          ? x - y : a[2].localeCompare(b[2]);
        return by * (up ? 1 : -1) || a[1] - b[1];
      };
      table.tBodies[0].append(...rows.sort(compare).map((one) => one[0]));
    });
  });
}
"""
