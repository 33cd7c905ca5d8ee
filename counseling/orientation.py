"""“I do not know yet”: four short questions and what to do next. Nothing is stored: the answers are in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Label = str | Promise


@dataclass(frozen=True)
class Answer:
    """`courses`: keys of the catalogue's query string that follow from this answer."""

    value: str
    label: Label
    courses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Question:
    key: str
    label: Label
    hint: Label
    answers: tuple[Answer, ...]


QUESTIONS = (
    Question(
        "wunsch",
        _("What is on your mind?"),
        _("Choose what fits best. You can go back at any time."),
        (
            Answer("arbeit", _("I am looking for work"), (("thema", "orientierung-bewerbung"),)),
            Answer(
                "weiter", _("I want to get on in my job"), (("thema", "beruf-technik"), ("thema", "wirtschaft-buero"))
            ),
            Answer("neu", _("I want to do something different"), (("thema", "berufsabschluss"),)),
            Answer("abschluss", _("I want a school certificate"), (("thema", "schulabschluss"),)),
            Answer("deutsch", _("I want to learn German"), (("thema", "deutsch-lernen"),)),
            Answer("computer", _("I want to manage better with computers"), (("thema", "computer-einstieg"),)),
            Answer("weissnicht", _("I do not know")),
        ),
    ),
    Question(
        "lage",
        _("What is your situation?"),
        _("This helps us to find what is paid for you. You may skip it."),
        (
            Answer("schule", _("I go to school")),
            Answer("arbeit", _("I have work")),
            Answer("ohne", _("I have no work at the moment"), (("kosten", "foerderung"), ("kosten", "frei"))),
            Answer("familie", _("I look after my family")),
            Answer("rente", _("I am retired"), (("kosten", "frei"),)),
            Answer("egal", _("I would rather not say")),
        ),
    ),
    Question(
        "zeit",
        _("When do you have time?"),
        "",
        (
            Answer("vormittags", _("in the morning"), (("wann", "vormittags"),)),
            Answer("abends", _("in the evening"), (("wann", "abends"),)),
            Answer("wochenende", _("at the weekend"), (("wann", "wochenende"),)),
            Answer("online", _("at home, online"), (("format", "online"),)),
            Answer("egal", _("that does not matter")),
        ),
    ),
    Question(
        "hilfe",
        _("What would help you most now?"),
        "",
        (
            Answer("reden", _("a talk with somebody who knows")),
            Answer("anruf", _("a short call")),
            Answer("schauen", _("have a look at courses by myself")),
        ),
    ),
)


def given(query: Mapping[str, str]) -> dict[str, Answer]:
    """Answers of the address, in order, up to the first that is missing or made up."""
    found: dict[str, Answer] = {}
    for question in QUESTIONS:
        answer = next((each for each in question.answers if each.value == query.get(question.key)), None)
        if answer is None:
            break
        found[question.key] = answer
    return found


def next_question(answers: Mapping[str, Answer]) -> Question | None:
    """The first without an answer; None at the end."""
    return next((question for question in QUESTIONS if question.key not in answers), None)


def course_query(answers: Mapping[str, Answer]) -> str:
    """What the catalogue is asked; "" where nothing narrows it."""
    pairs = [pair for answer in answers.values() for pair in answer.courses]
    return urlencode(pairs)


def wider_queries(answers: Mapping[str, Answer]) -> list[str]:
    """The same question with fewer wishes, until there is something: without the time, then without the costs."""
    kept = dict(answers)
    found = [course_query(kept)]
    for key in ("zeit", "lage"):
        kept.pop(key, None)
        found.append(course_query(kept))
    return list(dict.fromkeys(query for query in found if query))
