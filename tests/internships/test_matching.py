"""What fits whom and why, numbers of campaigns, papers."""

import io

import pikepdf
import pytest
from django.conf import settings

from accounts.actors import SYSTEM
from certificates.actions import issue
from internships import matching, numbers, papers
from internships.actions import matching as proposing
from internships.models import Signup, Source
from kit import clock, qr
from kit.pdf import face
from tests.internships.make import (
    make_application,
    make_campaign,
    make_employer,
    make_offer,
    make_pupil,
    make_scheme,
    make_wish,
    next_monday,
)
from tests.kit.ua import elements, tag, violations
from tests.make import make_location, make_membership, make_organization, make_place, make_region, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


class TestMatching:
    def test_each_match_says_why(self):
        make_offer()
        (match,) = matching.offers_for(make_wish())
        assert match.reasons == ["Technik und Maschinen", "25. Mai 2026", "1 km von Nordhausen", "ab 14 Jahren"]

    @pytest.mark.parametrize(
        "wish", [{"job_families": ["S22"]}, {"last_day": next_monday}, {"radius": 1}, {"scheme": make_scheme}]
    )
    def test_what_does_not_fit_is_left_out(self, wish):
        place = make_place("Ellrich", postcodes=("99755",), latitude=51.59, longitude=10.66)
        organization = make_organization(kinds=["company"])
        make_location(organization, place=place, is_main=True)
        make_offer(make_employer(organization=organization))
        made = {name: value() if callable(value) else value for name, value in wish.items()}
        assert matching.offers_for(make_wish(radius=50, **made) if "radius" not in made else make_wish(**made)) == []

    def test_too_young_is_no_match(self):
        make_offer(min_age=16)
        assert matching.offers_for(make_wish(make_pupil(15))) == []

    def test_what_a_pupil_does_not_like_is_left_out_unless_asked_for(self):
        pupil = make_pupil()
        make_application(make_offer(job_family="S22").periods.get(), pupil, state="completed", fit="fits_not")
        assert matching.disliked(make_wish(pupil)) == {"S22"}

    def test_a_company_proposes_only_its_own_and_once(self):
        offer, wish = make_offer(), make_wish()
        staff = make_user("company")
        with pytest.raises(proposing.NotAllowed):
            proposing.propose_to_wish(wish=wish, offer=offer, by=staff)
        make_membership(staff, offer.employer.organization)
        first = proposing.propose_to_wish(wish=wish, offer=offer, by=staff)
        assert proposing.propose_to_wish(wish=wish, offer=offer, by=staff) == first

    def test_an_unmet_wish_stays_open_and_is_counted(self):
        wish = make_wish(job_families=["S53"])
        assert (matching.offers_for(wish), list(type(wish).objects.unmet())) == ([], [wish])


class TestNumbers:
    def sign_up(self, campaign, source, count: int, **steps) -> None:
        for _each in range(count):
            Signup.objects.create(
                campaign=campaign, pupil=make_pupil(), source=source, confirmed_at=clock.now(), **steps
            )

    def test_both_rates_by_source_and_no_small_cells(self):
        campaign = make_campaign()
        club = Source.objects.create(campaign=campaign, label="Jugendhaus")
        self.sign_up(campaign, club, 5, has_applied=True, has_place=True, has_attended=True)
        self.sign_up(campaign, club, 3, has_applied=True)
        self.sign_up(campaign, None, 4)
        lines = {line.label: line.cells for line in numbers.funnel(campaign)}
        assert lines["alle"] == ["12", "8", "5", "5"]
        assert lines["Jugendhaus"] == ["8", "8", "5", "5"]
        assert lines["ohne Code"] == ["weniger als 5", "0", "0", "0"]

    def test_reasons_of_absence(self):
        campaign = make_campaign()
        self.sign_up(campaign, None, 6, absence="ill")
        self.sign_up(campaign, None, 1, absence="forgot")
        assert numbers.absences(campaign) == [("krank", "6"), ("hat es vergessen", "weniger als 5")]


class TestPapers:
    def said(self, paper: bytes, words: str) -> bool:
        content = b"".join(page.Contents.read_bytes() for page in pikepdf.open(io.BytesIO(paper)).pages).decode()
        return any(face(weight).hex(words) in content for weight in ("regular", "bold"))

    def code(self, paper: bytes) -> list[list[bool]]:
        """The picture as the squares that a camera sees, from what is drawn."""
        pdf = pikepdf.open(io.BytesIO(paper))
        boxes = []
        for page in pdf.pages:
            is_figure = False
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "BDC":
                    is_figure = str(operands[0]) == "/Figure"
                elif str(operator) == "re" and is_figure:
                    boxes.append([float(each) for each in operands])
        (figure,) = (each for each in elements(pdf) if tag(each) == "Figure")
        left, bottom, right, _top = (float(each) for each in figure.A.BBox)
        unit = boxes[0][2]
        size = round((right - left) / unit)
        black = {(size - 1 - round((y - bottom) / unit), round((x - left) / unit)) for x, y, _width, _height in boxes}
        return [[(row, column) in black for column in range(size)] for row in range(size)]

    @pytest.mark.parametrize("kind", ["release", "agreement", "certificate"])
    def test_papers_are_read_aloud_and_numbered(self, kind):
        make_region()
        pupil = make_pupil(15, first_name="Maximiliana-Friederike Alexandra", last_name="Freifrau von Schöngleina")
        certificate = issue(name=str(pupil), birth_date=pupil.birth_date, title="Bescheinigung", issuer="Holte GmbH",
                            words="Eine Lampe gebaut. " * 90, by=SYSTEM)  # fmt: skip
        application = make_application(pupil=pupil, state="completed", certificate=certificate)
        application.period.offer.task = "Messen und schneiden. " * 80
        pdf = pikepdf.open(io.BytesIO(getattr(papers, kind)(application)))
        assert violations(pdf) == []
        assert len(pdf.pages) == 2
        assert face("regular").hex("Seite 2 von 2") in pdf.pages[1].Contents.read_bytes().decode()

    def test_everybody_who_signs_has_a_line(self):
        make_region()
        application = make_application(pupil=make_pupil(15), state="accepted")
        paper = papers.agreement(application)
        for who in ("der Schülerin oder des Schülers", "eines Elternteils", "der Schule"):
            assert self.said(paper, f"Unterschrift {who}"), who
        assert self.said(papers.release(application), "Zustimmung der Schule")

    def test_the_certificate_says_what_the_register_says(self):
        pupil = make_pupil()
        certificate = issue(name=str(pupil), birth_date=pupil.birth_date, title="Bescheinigung", issuer="Holte GmbH",
                            words="Eine Lampe gebaut.", by=SYSTEM)  # fmt: skip
        paper = papers.certificate(make_application(pupil=pupil, state="completed", certificate=certificate))
        for words in ("Sam Muster", "Eine Lampe gebaut.", "Holte GmbH"):
            assert self.said(paper, words), words
        assert self.said(paper, f"Gültig ohne Unterschrift. Nummer {certificate.number}")
        address = settings.SITE_BASE_URL + certificate.get_absolute_url()
        assert self.code(paper) == qr.squares(address)

    def test_a_poster_carries_its_code(self):
        campaign = make_campaign()
        source = Source.objects.create(campaign=campaign, label="Jugendhaus", code="abc234")
        paper = papers.poster(campaign, source)
        assert self.said(paper, campaign.name)
        assert violations(pikepdf.open(io.BytesIO(paper))) == []
        address = f"{settings.SITE_BASE_URL}/praktikum/aktion/{campaign.slug}/"
        assert self.code(paper) == qr.squares(f"{address}?quelle=abc234")
        assert self.code(paper) != qr.squares(address)
