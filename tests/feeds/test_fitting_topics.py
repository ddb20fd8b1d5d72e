"""Which topics a filter takes in: as the broker's own rule has it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub

from cop.feeds.topics import fits

_LEVELS = st.sampled_from(["a", "b", "", "$SYS", "é"])
_TOPICS = st.lists(_LEVELS, min_size=1, max_size=4).map("/".join)
_FILTERS = st.builds(
    lambda levels, end: "/".join([*levels, *end]),
    st.lists(_LEVELS | st.just("+"), min_size=1, max_size=4),
    st.sampled_from([(), ("#",)]),
)


@given(topic_filter=_FILTERS | st.just("#"), topic=_TOPICS)
def test_that_a_topic_fits_as_the_client_library_says(topic_filter: str, topic: str) -> None:
    assert fits(topic_filter.split("/"), topic.split("/")) == topic_matches_sub(topic_filter, topic)


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [("a/#", "a", True), ("a/+", "a", False), ("a/+", "a/", True), ("#", "$SYS/x", False), ("a/b", "a/b/c", False)],
)
def test_that_the_ends_of_filters_are_read_as_the_standard_has_them(
    topic_filter: str, topic: str, expected: bool
) -> None:
    assert fits(topic_filter.split("/"), topic.split("/")) is expected
