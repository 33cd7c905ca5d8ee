"""One thing of each kind around internships, and the addresses that name them, for tests/test_access.py."""

from accounts.actors import SYSTEM
from certificates.actions import issue
from internships.models import Application, OfferChange, Proposal, Registration, SchoolTime, Signup, Source
from kit import clock, tokens
from tests import make
from tests.internships.make import (
    make_application,
    make_campaign,
    make_employer,
    make_guardian,
    make_lesson_offer,
    make_lesson_unit,
    make_offer,
    make_pupil,
    make_wish,
)


class Internships:
    def __init__(self, *, company, school):
        self.employer = make_employer()
        make.make_membership(company, self.employer.organization)
        self.campaign = make_campaign()
        self.source = Source.objects.create(campaign=self.campaign, label="Jugendhaus")
        self.offer = make_offer(self.employer, campaign=self.campaign, days=self.campaign.days[:1], seats=5)
        OfferChange.objects.create(offer=self.offer, state="submitted", values={"title": "Neu"})
        self.pupil = make_pupil(15)
        self.guardian = make_guardian(self.pupil)
        certificate = issue(name="Sam Muster", birth_date=self.pupil.birth_date, title="Bescheinigung",
                            issuer="Betrieb", words="Eine Lampe", by=SYSTEM)  # fmt: skip
        self.certificate = certificate
        self.application: Application = make_application(
            self.offer.periods.get(), self.pupil, state="accepted", certificate=certificate
        )
        self.wish = make_wish(self.pupil)
        self.proposal = Proposal.objects.create(offer=self.offer, wish=self.wish)
        self.signup = Signup.objects.create(campaign=self.campaign, pupil=self.pupil, confirmed_at=clock.now())
        self.registration = Registration.objects.create(
            name="Holte GmbH", place=make.make_place(), contact_name="Kim", email="kim@holte.example", phone="1"
        )
        self.school = make.make_organization(kinds=["school"])
        make.make_membership(school, self.school)
        self.topic = make_lesson_offer(self.employer)
        self.lesson = make_lesson_unit(self.topic, school=self.school, teacher=school, state="planned")
        first = self.campaign.first_day
        self.time = SchoolTime.objects.create(school=self.school, grade="9b", first_day=first, last_day=first, pupils=9)

    def kwargs(self, name: str) -> dict | None:
        """What the address of that URL names; None for URLs of others."""
        area, _colon, page = name.partition(":")
        if name == "admin:internships_campaign_funnel":
            return {"object_id": self.campaign.pk}
        if area == "certificates":
            return {"number": self.certificate.number} if page == "check" else {}
        if area == "internship_links":
            return self._links(page)
        return self._pages(page) if area == "internships" else None

    def _links(self, page: str) -> dict:
        others = {
            "guardian": ("internship_guardian", self.guardian), "proposal": ("internship_proposal", self.proposal),
            "registration": ("internship_registration", self.registration),
            **dict.fromkeys(["offer_check", "offer_extend"], ("internship_offer_check", self.offer)),
            **dict.fromkeys(
                ["lesson_offer_check", "lesson_offer_extend"], ("internship_lesson_offer_check", self.topic)
            ),
        }  # fmt: skip
        purpose, obj = others.get(page, ("internship_pupil", self.pupil))
        found = {"token": tokens.make_for(purpose, obj)}
        if page in {"mine", "parent", "erase", "data", *others}:
            return found
        row = {"wish": self.wish, "sign": self.signup, "abse": self.signup}.get(page[:4], self.application)
        return found | {"pk": row.pk}

    def _lessons(self, page: str) -> dict | None:
        """Pages around lessons: of the company, or of the school."""
        parts = {
            "offer": {"offer_pk": self.topic.pk}, "ask": {"offer_pk": self.topic.pk}, "ask_own": {}, "offer_new": {},
            "offers": {}, "": {"unit_pk": self.lesson.pk},
        }  # fmt: skip
        partner = {"partnership_pk": self.lesson.partnership_id}
        side = {"pk": self.school.pk if page.startswith("school_") else self.employer.pk}
        name = page.removeprefix("school_")
        if name.startswith("partner_"):
            return side | ({} if name == "partner_new" else partner)
        if name == "lessons":
            return side
        if name != "lesson" and not name.startswith("lesson_"):
            return None
        deed = name.removeprefix("lesson").removeprefix("_")
        found = parts.get(deed, parts["offer"] if deed.startswith("offer_") else parts[""])
        return side | found

    def _pages(self, page: str) -> dict:
        if (found := self._lessons(page)) is not None:
            return found
        employer, offer = {"pk": self.employer.pk}, {"offer_pk": self.offer.pk}
        if page in {"detail", "apply"}:
            return {"slug": self.offer.slug, "pk": self.offer.pk}
        if page in {"campaign", "sign_up", "signed_up"}:
            return {"slug": self.campaign.slug}
        if page in {"school", "propose", "school_time_delete"}:
            more = {"propose": offer, "school_time_delete": {"time_pk": self.time.pk}}
            return {"pk": self.school.pk} | more.get(page, {})
        if page in {"poster", "wish_match"}:
            return {"code": self.source.code} if page == "poster" else {"pk": self.wish.pk}
        if page.startswith("application"):
            return employer | {"application_pk": self.application.pk}
        if page == "wish_answer":
            return employer | {"wish_pk": self.wish.pk}
        if page in {"employer", "offer_new", "wishes"}:
            return employer
        return employer | offer if page.startswith("offer") else {}
