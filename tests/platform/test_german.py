"""German is complete: every text of ours has a translation, and none says "du"."""

import ast
import re

import polib
import pytest

from internships.models import LessonOffer, Offer
from providers.models import Organization
from tests.platform.conftest import ROOT

APPS = [
    "portal", "counseling", "courses", "internships", "talentpool", "certificates", "providers", "accounts",
    "taxonomy", "kit",
]  # fmt: skip
NAMES = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy"}
TAG = re.compile(r"""{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
ARGUMENT = re.compile(r"""\b_\((?:"([^"]+)"|'([^']+)')\)""")
BLOCK = re.compile(r"{%\s*blocktranslate\b(?P<head>[^%]*)%}(?P<body>.*?){%\s*endblocktranslate", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
INFORMAL = re.compile(r"\b(du|dich|dir|dein\w*)\b", re.IGNORECASE)


def of_python(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in NAMES:
            continue
        place = 1 if node.func.id.startswith("pgettext") else 0
        if len(node.args) > place and isinstance(node.args[place], ast.Constant):
            found.add(node.args[place].value)
    return found


def of_template(source: str) -> set[str]:
    found = {double or single for pattern in (TAG, ARGUMENT) for double, single in pattern.findall(source)}
    for match in BLOCK.finditer(source):
        body = re.split(r"{%\s*plural\s*%}", match["body"])[0].replace("%", "%%")
        if "trimmed" in match["head"]:
            body = " ".join(line.strip() for line in body.splitlines() if line.strip())
        found.add(VARIABLE.sub(r"%(\1)s", body))
    return found


def our_texts() -> dict[str, str]:
    """Source text → a file that says it."""
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= dict.fromkeys(of_python(path.read_text()), str(path.relative_to(ROOT)))
    for path in (ROOT / "templates").rglob("*.*"):
        if path.suffix in {".html", ".txt"}:
            found |= dict.fromkeys(of_template(path.read_text()), str(path.relative_to(ROOT)))
    return {text: place for text, place in found.items() if text.strip()}


def german() -> set[str]:
    parts = (ROOT / "locale/de/parts").glob("*.po")
    return {entry.msgid for part in parts for entry in polib.pofile(str(part)).translated_entries()}


def test_every_text_of_ours_has_a_german_one():
    known = german()
    missing = {text: place for text, place in our_texts().items() if text not in known}
    assert not missing


def verbs_of(source: str) -> set[str]:
    """What stands in the audit log: the verb of each `record(…)`, also where a function passes it on.

    What is noted about offers stands there with each of their kinds.
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "func", None) and (getattr(node.func, "attr", "") or getattr(node.func, "id", ""))
        place = {"record": 0, "_move": 2, "record_deed": 0, "_say": 1}.get(name)
        if place is None or len(node.args) <= place:
            continue
        areas = [f"{kind.AREA} " for kind in (Offer, LessonOffer)] if name in {"record_deed", "_say"} else [""]
        found |= {f"{area}{verb}" for area in areas for verb in constants_of(node.args[place])}
    return found


def constants_of(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return constants_of(node.body) | constants_of(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) else set()


def test_every_deed_of_the_audit_log_has_german_words():
    sources = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    verbs = set().union(*(verbs_of(path.read_text()) for path in sources))
    verbs |= {f"organization {state}" for state in Organization.State.values}
    assert len(verbs) > 20
    assert verbs - german() == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [('_("Courses")', {"Courses"}), ('pgettext("place", "Course")', {"Course"}), ("_(word)", set())],
)
def test_texts_in_code_are_found(source, found):
    assert of_python(source) == found


def test_texts_in_templates_are_found():
    source = '{% translate "Dates" %}{% blocktranslate with a=b trimmed %}\n One {{ a }}\n day{% endblocktranslate %}'
    source += """{% include "a.html" with here=_("Places") %}{{ name|default:_('nobody') }}"""
    assert of_template(source) == {"Dates", "One %(a)s day", "Places", "nobody"}


@pytest.mark.parametrize("part", sorted((ROOT / "locale/de/parts").glob("*.po")), ids=lambda path: path.stem)
def test_people_are_addressed_formally(part):
    assert [entry.msgid for entry in polib.pofile(str(part)) if INFORMAL.search(entry.msgstr)] == []
