"""What a unit, incident, resource, task, agency and jurisdiction is, and in `rules` what is allowed."""
