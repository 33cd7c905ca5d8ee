"""Environments for processes that shall know nothing of the test run around them."""

import os
import sys
import tempfile
from pathlib import Path

import pytest

from portal.embedded import pytest_servers

ROOT = Path(__file__).resolve().parents[2]
FROM_THE_RUN = {
    *pytest_servers.ENVIRONMENT,
    pytest_servers.MARK,
    "DATABASE_URL",
    "REDIS_URL",
    "PORTAL_STATE_DIR",
    "STATIC_ROOT",
    "PORT",
}


def make_folder() -> Path:
    """A folder that PostgreSQL's account may pass into, which pytest's own are not; it goes with the test run."""
    made = Path(tempfile.mkdtemp(dir=os.environ[pytest_servers.MARK]))
    made.chmod(0o711)
    return made


@pytest.fixture
def folder():
    return make_folder()


@pytest.fixture
def clean_environ(folder):
    """This machine's environment without what the test run added; state in a folder of the test's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FROM_THE_RUN and not name.startswith(("PYTEST", "COV"))
    }
    return {**kept, "PORTAL_STATE_DIR": str(folder / "state")}


@pytest.fixture
def embedded():
    """Command line of the launcher behind ./dev, without its installing."""
    return [sys.executable, "-m", "portal.embedded"]
