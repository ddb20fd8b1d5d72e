"""When a sender says more than its share."""

#: so many times as much as is usual for it …
_TIMES_USUAL = 10.0
#: … is no flood as long as it is little: nobody else is kept waiting by so many messages a second
_FEW_PER_S = 200.0
#: What a desk takes in, messages a second; who alone says more than its half leaves too little to the others …
TAKEN_IN_PER_S = 15_000.0
_SHARE = 0.5
#: … unless so much is usual for it, or it speaks of so many things: a burst a second of each may come twice in one …
_A_TOPIC = 2.5
#: … and in no case more than this for some seconds.
_MOST, _MOST_OVER_S = 0.8, 8.0
#: What has lasted so long, in seconds, is no flood any more but what is usual now.
_LASTING_S = 900.0
#: It is over when less than this share of the limit has come for so many seconds.
_OVER, OVER_AFTER_S = 0.5, 5.0
#: what is usual is learnt over so many seconds, and is known after so many
_LEARNT_OVER_S, KNOWN_AFTER_S = 600.0, 30.0


def limit_per_s(usual_per_s: float | None, topics: int = 0) -> float:
    """How much a sender may say in a second before it floods.

    `usual_per_s` is None until it is known; `topics` is of how many things it speaks.
    """
    many = _A_TOPIC * max(topics, usual_per_s or 0.0)
    share = min(max(_SHARE * TAKEN_IN_PER_S, many), 2.0 * TAKEN_IN_PER_S)
    return share if usual_per_s is None else min(share, max(_FEW_PER_S, _TIMES_USUAL * usual_per_s))


def is_too_much(per_s: float) -> bool:
    """Whether a rate that lasts (`smoothed`) leaves too little to the others, whoever it is usual for."""
    return per_s > _MOST * TAKEN_IN_PER_S


def smoothed(before_per_s: float, per_s: float, seconds: float) -> float:
    """The rate of the last seconds, after `seconds` more at a rate: a burst that falls into the wrong one is none."""
    return before_per_s + (per_s - before_per_s) * min(1.0, seconds / _MOST_OVER_S)


def is_over(per_s: float, limit: float) -> bool:
    """Whether a second was quiet enough to be none of a flood."""
    return per_s < _OVER * limit


def is_usual_by_now(lasted_s: float) -> bool:
    """Whether what began as a flood has lasted for so long that it is how this sender speaks."""
    return lasted_s >= _LASTING_S


def learnt(usual_per_s: float, per_s: float, seconds: float, heard_s: float) -> float:
    """What is usual, after `seconds` more at a rate, of a sender that has been heard for `heard_s` in all.

    At first it is the mean of all that was heard; later a flood of a minute moves it by a tenth of its height.
    """
    over = min(_LEARNT_OVER_S, max(heard_s, seconds))
    return usual_per_s + (per_s - usual_per_s) * min(1.0, seconds / over)
