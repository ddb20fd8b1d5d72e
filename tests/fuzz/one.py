"""Fuzz one format until the time is over or something is found: `python -m tests.fuzz.one FORMAT SECONDS FOLDER`.

What it finds ends the process with the input written into the folder, as libFuzzer does.
"""

import sys
from pathlib import Path
from typing import Any

import atheris

FORM, SECONDS, FOLDER = sys.argv[1:4]

with atheris.instrument_imports(include=["cop.feeds.adapters", "cop.domain"]):
    from cop.feeds.adapters import format_of

    format_of(FORM)

from cop.feeds.message import BadMessage, Message  # noqa: E402 - what is instrumented comes first

from ..feeds.payloads import RECEIVED_AT, Case, adapter_of, cases  # noqa: E402 - as above
from ..feeds.test_adapters_fuzzed import PASS_ON  # noqa: E402 - as above

_CASES: list[Case] = [case for case in cases() if case.format == FORM]
_TOPICS = sorted({case.expected.get("topic", "") for case in _CASES})
_FEEDS = {str(case.expected.get("options")): case for case in _CASES}
_ADAPTERS = [case.adapter for case in _FEEDS.values()] or [adapter_of(FORM)]


def test_one(data: bytes) -> None:
    """The first two bytes choose options and topic, the rest is the payload. Only BadMessage may leave."""
    if len(data) < 2:
        return
    adapter, topic = _ADAPTERS[data[0] % len(_ADAPTERS)], _TOPICS[data[1] % len(_TOPICS)]
    try:
        reports: Any = adapter.decode(Message(topic, data[2:], RECEIVED_AT))
    except BadMessage as bad:
        assert 0 < len(bad.reason) <= 160
        reports = list(bad.reports)
    if reports:
        import msgspec

        PASS_ON.decode(msgspec.msgpack.encode(reports))


def main() -> None:
    """Seed the corpus with our own payloads, and go."""
    corpus = Path(FOLDER) / FORM
    corpus.mkdir(parents=True, exist_ok=True)
    for case in _CASES:
        topic = _TOPICS.index(case.expected.get("topic", ""))
        feed = list(_FEEDS).index(str(case.expected.get("options")))
        (corpus / f"{case.name}.seed").write_bytes(bytes([feed, topic]) + case.payload)
    arguments = [
        sys.argv[0],
        str(corpus),
        f"-max_total_time={SECONDS}",
        "-max_len=65536",
        "-timeout=5",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={FOLDER}/{FORM}-",
        "-print_final_stats=1",
    ]
    atheris.Setup(arguments, test_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
