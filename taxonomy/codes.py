"""Numbers of the code lists as people read them, and what follows from a number.

Deliveries may name numbers that no list has. Nothing is refused for that: `ensure` keeps them, marked as unknown,
and the administration shows them in a queue.
"""

from collections.abc import Iterable
from functools import cache

from django.utils.text import slugify
from django.utils.translation import gettext as _

from taxonomy.models import Code, CodeList, FundingType

EDUCATION_LEAVE = {
    "01": 18, "02": 8, "03": 37, "04": 7, "05": 40, "07": 15, "08": 53, "11": 1, "12": 23, "13": 12, "15": 56,
}  # fmt: skip
"""Land → its number of Bildungsurlaub in FUNDING_TYPES_REGIONAL. Bayern and Sachsen have no such law; Hessen,
Saarland and Thüringen have one, but the list has no number for it."""

BILDUNGSGUTSCHEIN = 2  # FUNDING_TYPES_FEDERAL

_MODES = {1: "on_site", 2: "online", 3: "blended", 4: "distance"}  # first digit of INSTRUCTION_FORM since 2021
_OLD_MODES = {1: "on_site", 2: "on_site", 3: "on_site", 4: "distance", 5: "online", 6: "on_site", 7: "on_site"}


def mode(instruction_form: int | None) -> str:
    """How a run is taught (a value of CourseRun.Mode), from INSTRUCTION_FORM; empty where it does not say.

    The same bundling that the Bundesagentur shows as "Lernformen". Numbers below ten are the old list, in which
    0 (on request), 8 and 9 (for one person, for a group) say nothing about the mode.
    """
    if instruction_form is None:
        return ""
    if instruction_form < 10:
        return _OLD_MODES.get(instruction_form, "")
    return _MODES.get(instruction_form // 100, "")


def label(list_name: str, number: int | None) -> str:
    """What a number means, in German as in the official list; "Code 77" where nobody knows, "" for none."""
    if number is None:
        return ""
    return _label(str(list_name), number) or _("Code %(number)s") % {"number": number}


@cache
def _label(list_name: str, number: int) -> str:
    """Per process: official lists change with a release, labels of unknown numbers are looked up by the queue."""
    return Code.objects.filter(list=list_name, number=number).values_list("label", flat=True).first() or ""


def choices(list_name: str) -> list[tuple[int, str]]:
    """For forms: the known values of a list, by number."""
    return list(Code.objects.filter(list=list_name, is_known=True).values_list("number", "label"))


def ensure(list_name: str, numbers: Iterable[int]) -> set[int]:
    """Keep numbers that a delivery named; returns those that no list has. One query where all are known."""
    wanted = set(numbers)
    known = set(Code.objects.filter(list=list_name, number__in=wanted).values_list("number", flat=True))
    if unknown := wanted - known:
        name = str(CodeList(list_name).label)
        Code.objects.bulk_create(
            [Code(list=list_name, number=number, label=f"{name} {number}", is_known=False) for number in unknown],
            ignore_conflicts=True,
        )
    return unknown


def ensure_funding(level: str, numbers: Iterable[int]) -> set[int]:
    """The same for FUNDING_TYPES_FEDERAL and FUNDING_TYPES_REGIONAL."""
    wanted = set(numbers)
    known = set(FundingType.objects.filter(level=level, number__in=wanted).values_list("number", flat=True))
    if unknown := wanted - known:
        FundingType.objects.bulk_create([_unknown_funding(level, number) for number in unknown], ignore_conflicts=True)
    return unknown


def _unknown_funding(level: str, number: int) -> FundingType:
    name = f"{FundingType.Level(level).label} {number}"
    return FundingType(level=level, number=number, name=name, slug=slugify(f"{level}-{number}"), is_known=False)
