"""Makes some of the invented offers old, or changes them: what ends soon, is asked about, or waits for a look."""

from datetime import timedelta

from internships.models import LessonOffer, Offer, OfferChange
from internships.models.offered import Offered
from portal.demo.organizations import Maker

ASKED, SILENT = 1, 2  # how often


def make_old_and_changed(maker: Maker) -> None:
    """One of each kind, at the company of the demo login where it is to be seen."""
    _make_old(maker)
    _make_changed()


def _make_old(maker: Maker) -> None:
    anchor = maker.anchor
    topics = list(LessonOffer.objects.published().order_by("pk"))
    _asked(LessonOffer, topics[0].pk, anchor, checks=ASKED)
    _asked(LessonOffer, topics[-1].pk, anchor, checks=SILENT, paused_at=anchor - timedelta(days=1))
    LessonOffer.objects.filter(pk=topics[1].pk).update(end_told=topics[1].shown_until)


def _asked(kind, pk: int, anchor, *, checks: int, **fields) -> None:
    kind.objects.filter(pk=pk).update(
        checked_at=anchor - timedelta(days=380), checks=checks, check_asked_at=anchor - timedelta(days=5), **fields
    )


def _make_changed() -> None:
    """New words that wait, remarks on others, and a draft; and a topic whose new words wait."""
    rows = Offer.objects.published().filter(employer=Offer.objects.order_by("pk").first().employer).order_by("pk")
    waiting, draft, returned = rows[0], rows[1], rows[2]
    _change(waiting, "submitted", title=f"{waiting.title}, neu gedacht", task=f"{waiting.task} Sie prüfen es selbst.")
    _change(returned, "returned", reason="Bitte sagen Sie genauer, was man tut.", task="Verschiedenes.")
    OfferChange.objects.create(offer=draft, state="draft", values={"title": f"{draft.title} (halb fertig)"})
    topic = LessonOffer.objects.visible().order_by("pk").first()
    _change(topic, "submitted", preparation="Die Klasse kennt die Formeln und bringt Taschenrechner mit.")


def _change(offer: Offered, state: str, *, reason: str = "", **words: str) -> None:
    values = {name: getattr(offer, name) for name in offer.WORDS} | words
    OfferChange.objects.create(**{offer.NAME: offer}, state=state, values=values, reason=reason)
