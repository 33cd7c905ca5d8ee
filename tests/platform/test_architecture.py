"""The rules of docs/architecture.md and of pyproject.toml, run."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.platform.conftest import ROOT

PROGRAMS = Path(sys.executable).parent
APPS = ["courses", "talentpool", "providers", "accounts", "taxonomy", "kit", "portal"]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["lint-imports", "--no-cache"], id="imports point downward"),
        pytest.param(["ruff", "check", "--no-cache"], id="rules"),
        pytest.param(["ruff", "format", "--check", "--no-cache"], id="format"),
    ],
)
def test_code_keeps_the_rules(command):
    program, *arguments = command
    done = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_import_that_points_up_is_found(tmp_path):
    """Guards the guard: a contract that found nothing would pass for ever."""
    for app, line in {"kit": "import courses.models", "courses": ""}.items():
        (tmp_path / app).mkdir()
        (tmp_path / app / "__init__.py").write_text(line)
    (tmp_path / "courses" / "models.py").write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["courses", "kit"]\n'
        '[[tool.importlinter.contracts]]\nname = "down"\ntype = "layers"\nlayers = ["courses", "kit"]\n'
    )
    done = subprocess.run([PROGRAMS / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "kit -> courses" in done.stdout


def test_a_module_that_stands_in_no_layer_is_found(tmp_path):
    """Without `exhaustive` a new kind of module could import what it likes."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [contract.get("exhaustive") for contract in contracts if "containers" in contract] == [True]
    (tmp_path / "courses").mkdir()
    for name in ("__init__.py", "models.py", "services.py"):
        (tmp_path / "courses" / name).write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_packages = ["courses"]\n[[tool.importlinter.contracts]]\nname = "inside"\n'
        'type = "layers"\ncontainers = ["courses"]\nexhaustive = true\nlayers = ["models"]\n'
    )
    done = subprocess.run([PROGRAMS / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert "services" in done.stdout


@pytest.mark.parametrize("app", APPS)
def test_no_app_listens_to_signals_of_its_own(app):
    """What happens is written where it is caused; a receiver far away surprises."""
    for path in (ROOT / app).rglob("*.py"):
        assert "@receiver" not in path.read_text(), path
