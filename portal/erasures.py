"""After a backup was restored: erase again whoever was erased since it was made, across all apps."""

from collections import Counter

from django.apps import apps
from django.db import models, transaction

from accounts import journal
from accounts.actors import SYSTEM
from accounts.models import User
from accounts.privacy import erase_person
from internships.actions.erasing import forget_pupil
from internships.models import Pupil
from talentpool.actions import erasing
from talentpool.models import Entry


def replay() -> Counter:
    """Returns how many were erased again, per kind of object. Nobody gets a mail a second time.

    People come last: what was theirs is erased by its own rules, which know of more than its rows.
    """
    erased: Counter = Counter()
    for line in sorted(journal.missing(), key=lambda line: line.label == User._meta.label):
        erased[line.label] += _erase_again(line)
    journal.write_down()
    return erased


@transaction.atomic
def _erase_again(line: journal.Line) -> bool:
    found = _named(line)
    if isinstance(found, Entry):
        erasing.erase(entry=found, is_told=False)
    elif isinstance(found, Pupil):
        forget_pupil(pupil=found, by=SYSTEM)
    elif isinstance(found, User):
        erase_person(user=found, by=SYSTEM, reason=line.reason)
    journal.acknowledge(line)
    return found is not None


def _named(line: journal.Line) -> models.Model | None:
    """Whom a line names: only the digest is there, so all are asked."""
    everybody = apps.get_model(line.label)._base_manager.order_by("pk").iterator()
    return next((each for each in everybody if line.digest in journal.digests(each)), None)
