"""Each test that takes a driver runs for all of them."""
import pathlib
import tempfile

import pytest

from drive import DRIVERS, Drive, MEMORY


@pytest.fixture
def tmp_path():
    with tempfile.TemporaryDirectory(dir=MEMORY) as path:
        yield pathlib.Path(path)


@pytest.fixture(params=DRIVERS, ids=repr)
def driver(request):
    return request.param


@pytest.fixture
def start(driver, tmp_path):
    """Starts processes over one and the same mail; they have to end well."""
    running = []

    def start_one(**options):
        running.append(Drive(driver, tmp_path, **options))
        return running[-1]

    yield start_one
    for drive in running:
        if drive.process.returncode is None:
            assert drive.end() == 0, drive.log.decode()
