"""What somebody needs and nobody offers, handed to the providers of its topic. No name goes with it."""

import re

from django.db import transaction

from accounts import audit
from accounts.actors import Actor
from counseling.emails import guidance as emails
from counseling.models import Appointment, Audience, Counsellor, Wish
from kit import clock, text
from providers.models import Organization

MOST_PROVIDERS = 50
ADDRESS = re.compile(r"\S+@\S+|www\.|https?:", re.IGNORECASE)
NUMBER = re.compile(r"\d(?:[\s/().-]*\d){5,}")  # six digits in a row, however they are spaced: a phone number
SHORTEST_NAME = 3


class Identifying(Exception):
    """The text says who it is about; the message is the part that does."""


class WithoutTopic(Exception):
    """The subject is joined to no topic of courses: somebody has to choose one."""


def identifying_part(words: str, counsellor: Counsellor) -> str:
    """What in a text would tell who it is about: an address, a phone number, a client's name; "" for nothing."""
    for pattern in (ADDRESS, NUMBER):
        if found := pattern.search(words):
            return found[0].strip()
    said = {spelt: word for word in re.findall(r"\w+", words) for spelt in _spellings(word)}
    return next((said[name] for name in _names_of_clients(counsellor) if name in said), "")


def _spellings(word: str) -> set[str]:
    """Zaunkönig is Zaunkonig for some and Zaunkoenig for others."""
    return {text.fold(word), text.fold(text.transliterate(word))}


def _names_of_clients(counsellor: Counsellor) -> list[str]:
    """Every word of the names of this counsellor's clients and their companies, as far as they are still stored."""
    stored = Appointment.objects.of(counsellor).exclude(name="").values_list("name", "organization_name")
    words = {word for names in stored for name in names for word in re.findall(r"\w+", name)}
    spelt = {each for word in words if len(word) >= SHORTEST_NAME for each in _spellings(word)}
    return sorted(spelt - COMMON)


COMMON = {"gmbh", "und", "der", "die", "das", "von", "van", "firma", "verein", "schule"}


@transaction.atomic
def note_wish(*, counsellor: Counsellor, text: str, by: Actor, wish: Wish | None = None, **fields) -> Wish:
    """Write down or correct a wish. Raises Identifying: what is stored here has no name in it."""
    if part := identifying_part(text, counsellor):
        raise Identifying(part)
    wish = wish or Wish(counsellor=counsellor)
    for name, value in {**fields, "text": text.strip()}.items():
        setattr(wish, name, value)
    wish.save()
    audit.record("wish noted", wish, by=by)
    return wish


def from_talk(*, appointment: Appointment, text: str, by: Actor) -> Wish:
    """A need from a talk with a company becomes a wish at once, with the topic of the subject. Raises WithoutTopic."""
    topic = appointment.subject.topics.first()
    if topic is None:
        raise WithoutTopic
    fields = {"audience": appointment.audience, "subject": appointment.subject, "topic": topic}
    fields["place"] = appointment.counsellor.center.location.place
    return note_wish(counsellor=appointment.counsellor, text=text, by=by, **fields)


@transaction.atomic
def hand_over(*, wish: Wish, by: Actor) -> int:
    """To each provider of the topic, once. Returns to how many. Raises Identifying."""
    wish = Wish.objects.select_for_update(of=["self"]).get(pk=wish.pk)
    if wish.handed_at:
        return 0
    if wish.counsellor and (part := identifying_part(wish.text, wish.counsellor)):
        raise Identifying(part)
    providers = list(providers_of(wish))
    for provider in providers:
        emails.hand_wish(wish, provider.email)
    wish.handed_at = clock.now()
    wish.save(update_fields=["handed_at"])
    audit.record("wish handed over", wish, by=by, providers=len(providers))
    return len(providers)


def providers_of(wish: Wish):
    """Who teaches the topic and can be written to."""
    return Organization.objects.visible().teaching(wish.topic).exclude(email="")[:MOST_PROVIDERS]


def need_in_words(appointment: Appointment) -> str:
    """A first sentence for a need, without a name; people make it better."""
    for_whom = Audience(appointment.audience).label
    return f"{appointment.subject.name} ({for_whom})"
