import pytest

from confrun import Conf


@pytest.fixture
def conf(tmp_path):
    return Conf(str(tmp_path))
