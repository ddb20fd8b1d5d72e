"""How far it is from one place to another."""

import numpy as np
import pytest

from cop.domain.distance import distance_m


def test_that_the_distance_is_that_on_the_sphere() -> None:
    metres = distance_m(35.0, -81.0, np.array([35.0, 36.0]), np.array([-81.0, -81.0]))
    assert metres == pytest.approx([0.0, 111_195.0], abs=1.0)
