"""Fixtures for all tests over a real server."""
import os
import sys

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))

from roost import Roost  # noqa: E402  the path comes first


@pytest.fixture
def make_roost():
    """A maker of servers that are all stopped and looked over in the end."""
    made = []

    def make(protocols=""):
        made.append(Roost(protocols))
        return made[-1]

    yield make
    problems = []
    for roost in made:
        try:
            roost.close()
        except AssertionError as problem:
            problems.append(str(problem))
    assert not problems, "\n".join(problems)
