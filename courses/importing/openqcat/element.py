"""One SERVICE as its readers share it."""

from django.utils.translation import gettext as _

from courses.importing import values
from courses.importing.fields import Notes
from courses.importing.openqcat import reading


class ServiceElement:
    """The parts of a SERVICE, its notes, and the numbers of code lists that it names."""

    def __init__(self, element, notes: Notes, mime_root: str):
        self.element, self.notes, self.mime_root = element, notes, mime_root
        self.details = reading.first(element, "SERVICE_DETAILS")
        self.education = reading.first(element, "SERVICE_DETAILS/SERVICE_MODULE/EDUCATION")
        self.extended = reading.first(self.education, "EXTENDED_INFO")
        found = (
            []
            if self.education is None
            else [*self.education.iterchildren("MODULE_COURSE", "MODULE_CBT", "MODULE_WBT")]
        )
        self.modules = sorted(found, key=_order)
        self.codes: list[list] = []

    def code(self, name: str, element, tag: str) -> int | None:
        """The number in @type, noted with its label, so that unknown ones can be kept and flagged (trap 6)."""
        if element is None:
            return None
        raw = values.tidy(element.get("type"))
        number = reading.code(element)
        if number is None and (raw or values.tidy(element.text)):
            raw = raw or values.tidy(element.text)
            self.notes.notice(tag, _("“%(value)s” cannot be read.") % {"value": raw[:80]})
        if number is not None:
            self.codes.append([name, number, values.tidy(element.text)[:255]])
        return number

    def number_code(self, name: str, element, tag: str) -> int | None:
        """The number in the text of an element."""
        number = self.notes.read(tag, values.whole, "" if element is None else element.text)
        if number is not None:
            self.codes.append([name, number, ""])
        return number


def _order(module) -> int:
    try:
        return values.whole(reading.text(module, "MODULE_ORDER")) or 0
    except values.BadValue:
        return 0
