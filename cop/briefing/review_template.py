"""The page of a review as a template: every text in it is put in as text."""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title | p }}</title>
<style>{{ style }}</style>
</head>
<body>
{%- macro rec(records) %}{% set named = shown(records) %}{% if named %} <span class="recs">record&nbsp;
{%- for one in named %}{% if one in index %}<a class="rec" href="#r{{ one }}">{{ "{:,}".format(one) }}</a>
{%- else %}{{ "{:,}".format(one) }}{% endif %}{{ " · " if not loop.last }}{% endfor %}
{%- if more(records) %} and {{ "{:,}".format(more(records)) }} more{% endif %}</span>{% endif %}
{%- endmacro %}
{%- macro at(told) %}{{ say.told(told) }}{% if told and told.record %}{{ rec([told.record]) }}{% endif %}
{%- endmacro %}
{%- macro lasted(seconds, begins, ends) %}{{ say.duration(seconds, ends) }}
{%- if seconds is not none and ends %}{{ rec([begins.record, ends.record]) }}{% endif %}{% endmacro %}
{%- macro marks() %}
{%- if occasion.classification %}<p class="line">{{ occasion.classification | p }}</p>{% endif %}
{%- if occasion.exercise %}<p class="badges">
<span class="badge exercise">EXERCISE · {{ occasion.exercise | p }}</span></p>{% endif %}
{%- endmacro %}
{%- macro chart(image, words) %}{% if image %}
<div class="chart"><img src="{{ image }}" alt="{{ words }}"></div>{% endif %}{% endmacro %}
{{ marks() }}
<main>
<header>
<p class="soft">After-action review</p>
<h1>{{ (review.title or review.operation) | p }}</h1>
<p>{{ say.from_to(review.begins, review.ends) }}
<br><span class="soft">By the record of {{ say.agency(review.agency) | p }}, desk {{ review.desk | p or "—" }}:
{{ "{:,}".format(review.records) }} records, {{ "{:,}".format(review.first) }} to {{ "{:,}".format(review.last) }}.
{%- if paced %} {{ paced }}{% endif %}</span></p>
{%- if not told.whole %}
<p class="soft">For {{ say.agency(told.reader) if told.reader else "anybody" }}, as far as the share clauses allow
{%- if told.kept_back %}; kept back: {{ told.kept_back | join(", ") | p }}{% endif %}.</p>
{%- endif %}
<nav aria-label="Parts">{% for id, words in parts %}<a href="#{{ id }}">{{ words }}</a>{% endfor %}</nav>
</header>

<section id="reached">
<h2>What was reached</h2>
{%- if review.objectives %}
<div class="tallies">
<div class="tally met"><b>{{ tally.met }} of {{ review.objectives | length }}</b><span>objectives met</span></div>
<div class="tally not"><b>{{ tally.not_met }}</b><span>not met</span></div>
{%- if tally.open %}<div class="tally open"><b>{{ tally.open }}</b>
<span>cannot be told from this record</span></div>{% endif %}
</div>
<ol class="goals">
{%- for one in review.objectives %}
{%- set state = "met" if one.met else "open" if one.met is none else "not" %}
<li class="{{ state }}"><span class="mark">
{{- {"met": "✓ Met", "not": "✗ Not met", "open": "? Cannot tell"}[state] }}</span>
<strong>{{ one.objective.text | p }}</strong>
<span class="why">{{ one.why | p }}
{%- if not one.records and one.counts_from %}; counted from {{ at(one.counts_from) }}{% else %}{{ rec(one.records) }}
{%- endif %}</span></li>
{%- endfor %}
</ol>
{%- else %}
<p>No objectives are set for this {{ "exercise" if review.exercise else "operation" }}: these are its figures.</p>
{%- endif %}
<div class="tallies">
{%- for one in tiles %}<div class="tally {{ one.state }}"><b>{{ one.value }}</b>
<span>{{ one.words }}{{ rec(one.records) if one.records | length <= 5 }}
{%- if one.records | length > 5 %}<a class="recs" href="#responses">records in the list below</a>{% endif %}
</span></div>{% endfor %}
</div>
{%- if found %}
<h3>What stood out</h3>
<ul class="found">
{%- for one in found[:10] %}<li>{{ one.words | p }}{{ rec(one.records) }}</li>{% endfor %}
</ul>
{%- endif %}
</section>

<section id="course">
<h2>How it went</h2>
{{ chart(charts.course, "Incidents and their tasks over time; the lists below say the same") }}
{{ chart(charts.workload, "Units at work, requests without an answer, incidents and conflicts open, over time") }}
</section>

<section id="responses">
<h2>From a request to the scene</h2>
{{ chart(charts.responses, "How long each agency took to answer, to roll and to arrive; the table says the same") }}
{%- if review.agencies %}
<div class="wide">
<table class="sorts"><caption>By agency: median · 90th percentile · slowest</caption>
<thead><tr>
<th>Agency</th>
<th class="n">Asked</th>
<th>To answer</th>
<th>To en route</th>
<th>To scene</th>
<th class="n">Declined</th>
<th class="n">Late or expired</th>
<th class="n">Unanswered</th></tr></thead>
<tbody>
{%- for one in review.agencies %}
<tr><td>{{ one.name | p }}{% if one.own_tasks %}<br><span class="recs">and {{ one.own_tasks }} own task
{{- "s" if one.own_tasks > 1 }}</span>{% endif %}</td>
<td class="n" data-v="{{ one.requests }}">{{ one.requests }}{% if one.by_clause %}<br><span class="recs">
{{- one.by_clause | length }} by agreement</span>{% endif %}</td>
{%- for times in (one.to_answer, one.to_en_route, one.to_on_scene) %}
{%- set row = say.times(times) %}
<td class="m" data-v="{{ times.median_s if times.count else "" }}">{% if times.count == 1 %}{{ row.slowest | p }}
<br>{{ rec(times.records) }}{% elif times.count %}{{ row.median }} · {{ row.p90 }} · {{ row.slowest | p }}
<br><span class="recs">of {{ row.count }},</span>{{ rec(times.records) }}{% else %}—{% endif %}</td>
{%- endfor %}
<td class="n">{{ one.declined | length or "—" }}</td>
<td class="n">{{ one.expired | length or "—" }}</td>
<td class="n {{ "bad" if one.unanswered }}">{{ one.unanswered | length or "—" }}</td></tr>
{%- endfor %}
</tbody></table></div>
{%- endif %}
{%- if review.responses %}
<div class="wide">
<table class="sorts"><caption>Every request and task</caption>
<thead><tr>
<th>Asked</th>
<th>Who asked whom</th>
<th>For what</th>
<th>Answer</th>
<th>After</th>
<th>En route</th>
<th>On scene</th></tr></thead>
<tbody>
{%- for one in review.responses %}
<tr><td class="t" data-v="{{ one.asked.at.timestamp() }}">{{ at(one.asked) }}</td>
<td class="m">{% if one.requested %}{{ say.agency(one.asker) | p }} → {{ say.agency(one.owner) | p }}{% else %}
{{- say.agency(one.owner) | p }}, own unit{% endif %}
<br>{{ say.unit(one) | p }}</td>
<td class="m">{{ one.objective | p }}<br><span class="recs">{{ say.incident(one.incident) | p }}</span></td>
<td class="w {{ "bad" if one.unanswered or one.late }}">{{ say.answer(one) | p if one.requested else "—" }}
{%- for words, record in say.reasons(one) %}<br><span class="recs">{{ words | p }}</span>{{ rec([record]) }}
{%- endfor %}</td>
<td class="t" data-v="{{ one.waited_s }}">{% if one.answered and one.requested and not one.by_clause %}
{{- lasted(one.to_answer_s, one.asked, one.answered) }}
{%- elif one.unanswered %}waited {{ say.duration(one.waited_s) }}{% else %}—{% endif %}</td>
<td class="t" data-v="{{ one.to_en_route_s if one.en_route else "" }}">
{{- lasted(one.to_en_route_s, one.asked, one.en_route) }}</td>
<td class="t" data-v="{{ one.to_on_scene_s if one.on_scene else "" }}">
{{- lasted(one.to_on_scene_s, one.asked, one.on_scene) }}</td></tr>
{%- endfor %}
</tbody></table></div>
<p class="how">All durations count from the request
{{- ", in seconds of the exercise" if review.exercise }}. “≤” stands where only the last
of several words was heard: it cannot have been later.</p>
{%- else %}<p>Nobody was asked for anything.</p>{% endif %}
</section>

<section id="supplies">
<h2>Requests for resources</h2>
{%- if review.supplies %}
<div class="wide">
<table class="sorts"><thead><tr>
<th>Asked</th>
<th>By</th>
<th>What</th>
<th class="n">Wanted</th>
<th class="n">Promised</th>
<th class="n">Delivered</th>
<th>First offer after</th>
<th>First delivery after</th>
<th>Who gave</th></tr></thead>
<tbody>
{%- for one in review.supplies %}
<tr><td class="t" data-v="{{ one.asked.at.timestamp() }}">{{ at(one.asked) }}</td>
<td>{{ say.agency(one.asker) | p }}</td>
<td>{{ one.what | p }}{% if one.overdue %}<br><span class="recs">overdue since {{ say.time(one.needed_by) }}</span>
{%- endif %}</td>
<td class="n">{{ one.wanted }}</td>
<td class="n">{{ one.promised }}</td>
<td class="n {{ "bad" if one.delivered < one.wanted and one.overdue }}">{{ one.delivered }}</td>
<td class="t">{{ lasted(one.to_offer_s, one.asked, one.offered) }}</td>
<td class="t">{{ lasted(one.to_delivery_s, one.asked, one.arrived) }}</td>
<td>{% for each in one.given %}
{{- say.agency(each.agency) | p }}: {{ each.state | replace("_", " ") }} {{ each.quantity }}
{{- " – " ~ each.reason | p if each.reason }}<br>{% else %}nobody{% endfor %}</td></tr>
{%- endfor %}
</tbody></table></div>
{%- else %}<p>No resources were requested.</p>{% endif %}
</section>

<section id="led">
<h2>Who led, and who was in command</h2>
{%- if review.led %}
<div class="wide">
<table class="sorts"><thead><tr>
<th>Incident</th>
<th>Open</th>
<th>No lead</th>
<th>Two leads</th>
<th>No command</th>
<th>Two in command</th>
<th>Who led, by the agreements</th>
<th>In command, by their words</th></tr></thead>
<tbody>
{%- for one in review.led %}
<tr><td>{{ one.title | p }}<br><span class="recs">{{ say.agency(one.agency) | p }}</span></td>
<td class="t" data-v="{{ one.known.at.timestamp() }}">{{ at(one.known) }}
<span class="spell">to {{ at(one.over) if one.over else "the end" }}</span></td>
{%- for seconds, bad in ((one.no_lead_s, true), (one.two_leads_s, true),
(one.no_command_s, one.no_command_s >= 300), (one.two_commands_s, true)) %}
<td class="t {{ "bad" if seconds and bad }}" data-v="{{ seconds }}">
{{- say.duration(seconds) if seconds else "none" }}</td>
{%- endfor %}
{%- for spells in (one.leads, one.commands) %}
<td class="w">{% for spell in spells %}<span class="spell">{{ say.spell(spell) | p }}{% if spell.why %}
<span class="recs">– {{ spell.why | p }}</span>{% endif %}{{ rec([spell.begins.record]) }}</span>{% else %}—
{%- endfor %}</td>
{%- endfor %}</tr>
{%- endfor %}
</tbody></table></div>
<p class="how">Who leads is worked out from the agreements as they are today, every
{{ say.duration(review.look_s) if review.look_s >= 1 else "half second" }} of the
record; who is in command is what agencies said themselves.</p>
{%- else %}<p>No incident is on record.</p>{% endif %}
</section>

<section id="conflicts">
<h2>Conflicts, and how long they stood</h2>
{%- if review.conflicts %}
<div class="wide">
<table class="sorts"><thead><tr>
<th>Since</th>
<th>Stood</th>
<th>What</th>
<th>To be settled by</th>
<th>How it ended</th></tr></thead>
<tbody>
{%- for one in review.conflicts %}
<tr><td class="t" data-v="{{ one.begins.at.timestamp() }}">{{ at(one.begins) }}</td>
<td class="t" data-v="{{ one.seconds }}">{{ say.duration(one.seconds) }}{{ "" if one.ends else " and on" }}</td>
<td class="w">{{ say.conflict(one.kind) }}<br>{{ one.words | p }}</td>
<td>{{ say.agency(one.owner) | p }}</td>
<td class="w">{% if one.ends %}{{ one.ended_by | p or "by the clock, or by where units went" }}<br>
{{- at(one.ends) }}{% else %}still open at the end{% endif %}</td></tr>
{%- endfor %}
</tbody></table></div>
{%- else %}<p>None stood at any look.</p>{% endif %}
</section>

<section id="silences">
<h2>Who was silent</h2>
{{ chart(charts.silences, "When which agency was silent; the table below says the same") }}
{%- if review.silences %}
<details {{ "open" if review.silences | length <= 12 }}><summary>{{ review.silences | length }} silence
{{- "s" if review.silences | length > 1 }}, each longer than is usual for who fell silent</summary>
<div class="wide">
<table class="sorts"><thead><tr>
<th>From</th>
<th>For</th>
<th>Agency</th>
<th>Feed</th>
<th>Usual longest pause</th>
<th>Until</th></tr></thead>
<tbody>
{%- for one in review.silences %}
<tr><td class="t" data-v="{{ one.begins.at.timestamp() }}">{{ at(one.begins) }}</td>
<td class="t" data-v="{{ one.real_s }}">{{ say.duration(one.real_s) }}</td>
<td>{{ say.agency(one.agency) | p }}</td>
<td>{{ one.feed | p }}</td>
<td class="t" data-v="{{ one.usual_gap_s }}">{{ say.duration(one.usual_gap_s) }}</td>
<td class="t">{{ at(one.ends) if one.ends else "the end" }}</td></tr>
{%- endfor %}
</tbody></table></div></details>
{%- else %}<p>Nobody was silent for longer than is usual for them.</p>{% endif %}
</section>

<section id="unseen">
<h2>Who could not see what they needed</h2>
{%- for kind, words in unseen_kinds %}
{%- set mine = review.unseen | selectattr("kind", "equalto", kind) | list %}
{%- if mine %}
<h3>{{ words }}</h3>
<div class="wide">
<table class="sorts"><thead><tr>
<th>Who</th>
<th>What</th>
<th>Of whom</th>
<th>Incident</th>
<th>Why</th>
<th>For</th></tr></thead>
<tbody>
{%- for one in mine %}
<tr><td>{{ say.agency(one.agency) | p if one.agency else "this desk" }}</td>
<td>{{ one.what | p }}{% if one.count > 1 %} ({{ "{:,}".format(one.count) }} times){% endif %}{{ rec(one.records) }}
</td>
<td>{{ say.agency(one.of) | p if one.of else "—" }}</td>
<td>{{ say.incident(one.incident) | p }}</td>
<td>{{ one.clause | p or "—" }}</td>
<td class="t" data-v="{{ one.seconds or 0 }}">{{ say.duration(one.seconds) }}</td></tr>
{%- endfor %}
</tbody></table></div>
{%- endif %}
{%- endfor %}
{%- if not review.unseen %}<p>Nothing of the kind is on record.</p>{% endif %}
</section>

<section id="timeline">
<h2>What happened, in order</h2>
<details {{ "open" if review.timeline | length <= 80 }}><summary>{{ "{:,}".format(review.timeline | length) }} lines
{%- if left_out %}, of which the first {{ "{:,}".format(timeline | length) }} are here{% endif %}</summary>
<div class="wide">
<table class="sorts"><thead><tr>
<th>Time</th>{% if review.exercise %}<th>Exercise</th>{% endif %}<th>What</th>
<th>Record</th></tr></thead>
<tbody>
{%- for one in timeline %}
<tr><td class="t" data-v="{{ one.at.timestamp() }}">{{ say.time(one.at) }}</td>
{%- if review.exercise %}<td class="t" data-v="{{ second(one.at) }}">{{ exercise_clock(one.at) }}</td>{% endif %}
<td>{{ one.words | p }}</td>
<td>{{ rec(one.records) or "by the clock" }}</td></tr>
{%- endfor %}
</tbody></table></div></details>
</section>

<section id="how">
<h2>How each number was found</h2>
<p>Every figure names the records it comes from. A record is one message as this desk heard or said it, unchanged; its
number counts from 1 on, without a gap. To see one, take its time of receipt from the list below:</p>
<p><code>cop journal export FOLDER --from {{ example }} --to {{ example }} --format json</code></p>
<dl>
{%- for term, words in definitions %}<dt>{{ term }}</dt><dd>{{ words }}</dd>{% endfor %}
</dl>
<h3>What this record cannot tell</h3>
<ul>
{%- for one in review.cannot_tell %}<li>{% if one.begins %}{{ say.time(one.begins) }}
{%- if one.ends and one.ends != one.begins %} to {{ say.time(one.ends) }}{% endif %}: {% endif %}{{ one.words | p }}
{{- rec(one.records) }}</li>{% endfor %}
</ul>
{%- if review.index %}
<details><summary>The {{ "{:,}".format(review.index | length) }} records that are named here</summary>
<div class="wide">
<table class="sorts"><thead><tr>
<th class="n">Record</th>
<th>Received</th>
<th>Kind</th>
<th>Agency</th></tr></thead>
<tbody>
{%- for one in review.index %}
<tr id="r{{ one.record }}"><td class="n" data-v="{{ one.record }}">{{ "{:,}".format(one.record) }}</td>
<td class="t" data-v="{{ one.at.timestamp() }}">{{ iso(one.at) }}</td>
<td>{{ one.kind | p }}</td>
<td>{{ say.agency(one.agency) | p if one.agency else "—" }}</td></tr>
{%- endfor %}
</tbody></table></div></details>
{%- endif %}
</section>
<footer>Made {{ say.day(occasion.made_at) }} by {{ occasion.operator.name | p or "—" }},
{{ say.agency(occasion.operator.agency) | p }}. Times of day are {{ say.zone_words }}.</footer>
</main>
{{ marks() }}
<script>{{ script }}</script>
</body>
</html>
"""
