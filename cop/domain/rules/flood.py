"""When a sender says more than its share."""

#: so many times as much as is usual for it …
_TIMES_USUAL = 10.0
#: … is no flood as long as it is little: nobody else is kept waiting by so many messages a second
_FEW_PER_S = 200.0
#: What a desk takes in, messages a second; who alone says more than its half leaves too little to the others.
TAKEN_IN_PER_S = 15_000.0
_SHARE = 0.5
#: It is over when less than this share of the limit has come for so many seconds.
_OVER, OVER_AFTER_S = 0.5, 5.0
#: what is usual is learnt over so many seconds, and is known after so many
_LEARNT_OVER_S, KNOWN_AFTER_S = 600.0, 30.0


def limit_per_s(usual_per_s: float | None) -> float:
    """How much a sender may say in a second before it floods; `usual_per_s` is None until it is known."""
    share = _SHARE * TAKEN_IN_PER_S
    return share if usual_per_s is None else min(share, max(_FEW_PER_S, _TIMES_USUAL * usual_per_s))


def is_over(per_s: float, limit: float) -> bool:
    """Whether a second was quiet enough to be none of a flood."""
    return per_s < _OVER * limit


def learnt(usual_per_s: float, per_s: float, seconds: float, heard_s: float) -> float:
    """What is usual, after `seconds` more at a rate, of a sender that has been heard for `heard_s` in all.

    At first it is the mean of all that was heard; later a flood of a minute moves it by a tenth of its height.
    """
    over = min(_LEARNT_OVER_S, max(heard_s, seconds))
    return usual_per_s + (per_s - usual_per_s) * min(1.0, seconds / over)
