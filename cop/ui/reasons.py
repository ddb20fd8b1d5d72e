"""The usual reasons why an owner says no, in the order of the keys that give them."""

DECLINE = (
    "No crew",
    "Committed elsewhere",
    "Out of service",
    "Below minimum cover",
    "Not suited",
)
RECALL = (
    "Needed at home",
    "Another emergency of ours",
    "Out of service",
    "Crew must be relieved",
    "Not covered by the agreement",
)
DECLINE_COMMAND = (
    "Nobody of ours is there yet",
    "Not ours to command",
    "We are leaving the scene",
)
DECLINE_RESOURCES = (
    "None free",
    "Needed at home",
    "Out of service",
    "Not ours",
)
