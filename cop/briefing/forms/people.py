"""Who commands and who leads, in words for the forms: each with what it rests on."""

from cop.briefing.forms.blocks import agencies, agency, incident_name, short
from cop.briefing.forms.situation import Situation
from cop.domain.rules.site import Lead
from cop.picture.change import Key
from cop.picture.names import one_line


def commanders(ground: Situation, incident: Key) -> str:
    """Who is in command of an incident, a line each: person and agency; several in unified command, or contested."""
    stands = ground.command(incident)
    told = []
    for one in stands.commanders:
        name = one_line(one.name)
        since = f", since {short(ground, one.since)}" if one.since is not None else ""
        told.append(f"{f'{name}, ' if name else ''}{agency(ground, one.agency)}{since}")
    if stands.state == "unified":
        told.append("Unified command")
    elif stands.state == "contested":
        told.append("CONTESTED: each of them says that it commands")
    told += [f"Offered to {agency(ground, one.taker)} by {agency(ground, one.giver)}" for one in stands.offers]
    return "\n".join(told)


def commanders_of_all(ground: Situation, about: Key | None) -> str:
    """Who commands one incident, or, incident by incident, each that anybody commands."""
    if about is not None:
        return commanders(ground, about)
    told = []
    for key in ground.incidents:
        who = commanders(ground, key)
        if who:
            told.append(f"{incident_name(ground, key)}: {'; '.join(who.splitlines())}")
    return "\n".join(told)


def lead_words(ground: Situation, incident: Key) -> tuple[str, str]:
    """Who leads an incident, and under which clause or for which other reason; two empty texts where nobody knows."""
    lead = ground.leads.get(ground.picture.same.lead(incident))
    if lead is None:
        return "", ""
    who = agencies(ground, lead.agencies) or "Nobody"
    if lead.contested:
        who = f"CONTESTED: {who}"
    elif lead.unified:
        who = f"{who} together"
    return who, _why(ground, lead)


def lead_line(ground: Situation, incident: Key) -> str:
    """ "Charlotte Fire — Regional Hazmat MOU §3.1"; empty where nobody knows."""
    who, why = lead_words(ground, incident)
    return f"{who} — {why}" if who and why else who


def _why(ground: Situation, lead: Lead) -> str:
    words = one_line(lead.term.words) if lead.term is not None and not lead.contested else one_line(lead.reason)
    if lead.contested and lead.decides:
        words += f"; {agency(ground, lead.decides)} decides"
    return words
