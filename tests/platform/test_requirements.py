"""What is installed is pinned, hashed, reasoned and comes from wherever the machine's pip looks."""

import re
import tomllib

import pytest

from tests.platform.conftest import ROOT

FILES = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MOST_DIRECT_DEPENDENCIES = 35


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_requirements_name_no_address(path):
    assert "://" not in path.read_text()
    assert not re.search(r"^\s*--(index|extra|find|trusted)", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_requirement_is_pinned_and_hashed(path):
    entries = re.split(r"\n(?=\S)", path.read_text().strip())
    assert len(entries) > 40
    for entry in entries:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,_-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_larger_sets_agree_with_smaller_ones():
    """`./dev test` after `./dev up` must not change versions under a running portal."""
    pins = {path.stem: dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(), re.MULTILINE)) for path in FILES}
    for small, large in [("base", "run"), ("run", "test"), ("test", "e2e")]:
        assert pins[small].items() <= pins[large].items()


def test_every_direct_dependency_has_a_reason():
    text = (ROOT / "pyproject.toml").read_text()
    groups = PROJECT["dependency-groups"].values()
    direct = [*PROJECT["project"]["dependencies"], *(each for group in groups for each in group)]
    assert len(direct) <= MOST_DIRECT_DEPENDENCIES
    for requirement in direct:
        line = next(line for line in text.splitlines() if f'"{requirement}"' in line)
        assert re.search(r"# \w.{7}", line), requirement


def test_every_direct_dependency_is_locked():
    locked = (ROOT / "requirements" / "e2e.txt").read_text()
    groups = PROJECT["dependency-groups"].values()
    for requirement in [*PROJECT["project"]["dependencies"], *(each for group in groups for each in group)]:
        name = re.match(r"[a-z0-9-]+", requirement).group()
        assert re.search(rf"^{name}==", locked, re.MULTILINE), name
