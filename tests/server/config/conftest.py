import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from confrun import Conf  # noqa: E402 pylint: disable=wrong-import-position


@pytest.fixture
def conf(tmp_path):
    return Conf(str(tmp_path))
