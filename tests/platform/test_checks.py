"""What `manage.py check --deploy` refuses, and what a process without a key does."""

import subprocess
import sys

import pytest

from portal import checks
from tests.platform.conftest import ROOT


@pytest.fixture
def production(settings):
    """Settings as a real installation has them."""
    settings.DEBUG = settings.DEMO = False
    settings.SECRET_KEY = "q7" * 25
    settings.HTTPS = True
    settings.PROXY_COUNT = 1
    settings.DEFAULT_FROM_EMAIL = "Lernregion <portal@example.org>"
    return settings


def found():
    return [finding.id for finding in checks.production()]


def test_a_complete_installation_passes(production):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("DEBUG", True, "portal.E001"),
        ("DEMO", True, "portal.E002"),
        ("SECRET_KEY", "short", "portal.E003"),
        ("SECRET_KEY", "only-for-the-build" + "x" * 50, "portal.E003"),
        ("HTTPS", False, "portal.E004"),
        ("PROXY_COUNT", 0, "portal.E005"),
        ("DEFAULT_FROM_EMAIL", "Lernregion <portal@lernregion.example>", "portal.W001"),
    ],
)
def test_each_mistake_is_named(production, name, value, finding):
    setattr(production, name, value)
    assert found() == [finding]


def test_no_process_starts_without_a_key(clean_environ):
    check = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=clean_environ, capture_output=True, text=True
    )
    assert check.returncode == 1
    assert "Set SECRET_KEY" in check.stderr
