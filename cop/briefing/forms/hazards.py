"""What can hurt people: hazards that tasks name, zones that somebody drew, alerts in force. For safety messages."""

import shapely

from cop.briefing.forms.blocks import agency, incident_of, lines, short
from cop.briefing.forms.situation import Situation
from cop.domain.area import Alert, Zone
from cop.domain.words import zone_label
from cop.picture.change import Key
from cop.picture.names import one_line

#: zones that say where it is dangerous, or where nobody may go
_OF_DANGER = frozenset({"hot_zone", "warm_zone", "evacuation", "road_closure", "perimeter"})


def named_hazards(ground: Situation, incident: Key | None = None) -> list[str]:
    """The hazards that open tasks name, each once."""
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    found = (one_line(hazard) for work in works if work.is_open for hazard in work.task.hazards)
    return list(dict.fromkeys(filter(None, found)))


def zones_of(ground: Situation, incident: Key | None = None, kinds: frozenset[str] = _OF_DANGER) -> list[Zone]:
    """The zones of these kinds that hold at the moment of the form."""
    zones = ground.zones if incident is None else ground.zones_of.get(ground.picture.same.lead(incident), ())
    return [one for one in zones if one.kind in kinds]


def alerts_in_force(ground: Situation, incident: Key | None = None) -> list[tuple[str, Alert]]:
    """Alerts with the agency that gave them; of an incident those that are drawn over it, or nowhere."""
    body = incident_of(ground, incident)
    if body is None or body.lat is None or body.lon is None:
        return [(giver, alert) for giver, alert, _ground in ground.alerts]
    spot = shapely.Point(body.lon, body.lat)
    return [(giver, alert) for giver, alert, over in ground.alerts if over is None or over.intersects(spot)]


def alert_words(ground: Situation, giver: str, alert: Alert) -> str:
    """One alert: who warns of what, how bad it is, until when, what to do."""
    until = f", until {short(ground, alert.expires_at)}" if alert.expires_at is not None else ""
    status = "" if alert.status == "Actual" else f" [{one_line(alert.status)}]"
    bad = f" ({one_line(alert.severity)})" if alert.severity not in {"", "Unknown"} else ""
    words = f"{agency(ground, giver)}: {one_line(alert.headline) or one_line(alert.event)}{status}{bad}{until}"
    return f"{words}. {lines(alert.instruction)}" if alert.instruction else words


def zone_words(ground: Situation, zone: Zone) -> str:
    """One zone: what it is, how it is called, until when."""
    kind, name = one_line(zone_label(zone.kind)), one_line(zone.name)
    until = f", until {short(ground, zone.expires_at)}" if zone.expires_at is not None else ""
    says_kind = name.casefold().startswith(kind.casefold())
    named = name if says_kind else f"{kind}: {name}" if name else kind
    summary = lines(zone.summary)
    return f"{named}{until}{f'. {summary}' if summary else ''}"


def safety_words(ground: Situation, incident: Key | None = None) -> str:
    """All of it, a line each."""
    told = [f"Hazard: {one}" for one in named_hazards(ground, incident)]
    told += [zone_words(ground, one) for one in zones_of(ground, incident)]
    told += [alert_words(ground, giver, one) for giver, one in alerts_in_force(ground, incident)]
    return "\n".join(told)
