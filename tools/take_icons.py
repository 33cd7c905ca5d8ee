"""Copies the icons named in templates and menus from a folder of Bootstrap Icons into static/icons/, for developers.

Usage: python tools/take_icons.py node_modules/bootstrap-icons/icons
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']""")
IN_ARGUMENT = re.compile(r"""\bicon["']?\s*[=:]\s*["']([a-z0-9-]+)["']""")
APPS = ["portal", "counseling", "courses", "talentpool", "providers", "accounts", "taxonomy"]


def used_icons() -> set[str]:
    """Every icon that a template draws or a menu names."""
    sources = [*ROOT.glob("templates/**/*.html"), *(file for app in APPS for file in ROOT.glob(f"{app}/**/*.py"))]
    names = set()
    for source in sources:
        text = source.read_text(encoding="utf-8")
        names.update(IN_TEMPLATE.findall(text), IN_ARGUMENT.findall(text))
    return names


if __name__ == "__main__":
    for name in sorted(used_icons()):
        shutil.copy(Path(sys.argv[1]) / f"{name}.svg", ROOT / "static" / "icons" / f"{name}.svg")
