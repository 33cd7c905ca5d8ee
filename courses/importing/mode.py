"""How a course is taught, in the words of tables and of venues."""

import re

MODES = [
    (
        "blended",
        re.compile(r"hybrid|blended|gemischt|kombi|teils|online und vor ort|(?:präsenz|vor ort) und online", re.I),
    ),
    ("distance", re.compile(r"fern(?:unterricht|lehrgang|kurs|studium)|selbststudium", re.I)),
    ("online", re.compile(r"online|digital|virtuell|webinar|e-?learning|zoom|internet", re.I)),
    ("on_site", re.compile(r"präsenz|praesenz|vor[ -]?ort|on[ -]?site|seminarraum|kursraum", re.I)),
]


def named(raw: str) -> str:
    """A value of CourseRun.Mode, or "" where the words do not say."""
    return next((name for name, pattern in MODES if pattern.search(raw)), "")
