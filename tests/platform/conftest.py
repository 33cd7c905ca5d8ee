"""Environments for processes that shall know nothing of the test run around them."""

import os
import sys
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


@pytest.fixture
def clean_environ(tmp_path):
    """This machine's environment without what the test run added; state in a folder of the test's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in FROM_THE_RUN and not name.startswith(("PYTEST", "COV"))
    }
    return {**kept, "PORTAL_STATE_DIR": str(open_to_postgres(tmp_path) / "state")}


def open_to_postgres(folder: Path) -> Path:
    """pytest's folders are closed to others; started by root, PostgreSQL's account has to pass through."""
    if os.geteuid() == 0:
        for part in (folder, folder.parent, folder.parent.parent):
            part.chmod(0o711)
    return folder


@pytest.fixture
def embedded():
    """Command line of the launcher behind ./dev, without its installing."""
    return [sys.executable, "-m", "portal.embedded"]
