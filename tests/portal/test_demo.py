"""The demo region: always the same within a week, true to its ratios, and nobody real in it."""

import hashlib
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Q

from accounts.models import User
from courses.models import Course, CourseRun, ImportPlan, Keyword, Session
from courses.search import SearchQuery, search
from portal.demo import days, loading, organizations, people, plans, texts
from portal.demo.courses import make_offers
from portal.demo.loading import load
from portal.demo.profiles import PROFILES
from providers.models import Certification, Contact, Location, Membership, Organization
from talentpool import numbers
from talentpool.models import CheckIn, ContactRequest, Entry, Invitation, Member, Operator
from taxonomy.loading import read
from taxonomy.models import District, Region
from tests.conftest import loaded_demo

KINDS = {
    Organization: {},
    Location: {},
    Contact: {},
    Certification: {},
    Course: {"source": None},
    CourseRun: {"course__source": None},
    Session: {"run__course__source": None},
    Keyword: {},
}
PHONE = re.compile(r"(?:\+49|\b0)[\d\s/().-]{6,}")


@pytest.fixture(scope="module")
def region(django_db_setup, django_db_blocker):
    with loaded_demo(django_db_blocker):
        yield


@pytest.fixture
def demo(region, db, settings):
    settings.DEMO = True


def content() -> str:
    """All columns of all rows but keys and what the import of a delivery dates itself, as one number."""
    digest = hashlib.sha256()
    for kind, own in KINDS.items():
        fields = [field for field in kind._meta.concrete_fields if not field.primary_key and not field.is_relation]
        names = [field.name for field in fields if field.name not in {"created_at", "updated_at"}]
        order = names if kind is Keyword else ["pk"]
        digest.update(repr(list(kind._base_manager.filter(**own).order_by(*order).values_list(*names))).encode())
    return digest.hexdigest()


def offers(profile: str, week: date = date(2027, 3, 1)) -> tuple[list, list]:
    """What would be written, without a database: providers and offers."""
    spots = [
        organizations.Spot(1, "Nordhausen", "16062", 51.5, 10.8, ("99734",)),
        organizations.Spot(2, "Wernigerode", "15085", 51.8, 10.8, ("38855",)),
        organizations.Spot(3, "Sondershausen", "16065", 51.4, 10.9, ("99706",)),
    ]
    numbers = organizations.Numbers(*(loading.count(1) for _ in range(6)))
    maker = organizations.Maker(PROFILES[profile], week, spots, numbers)
    providers = organizations.make_providers(maker)
    return providers, list(make_offers(maker, providers, {}))


@pytest.fixture(scope="module")
def default_profile():
    return offers("S")


class TestLoading:
    def test_has_as_many_rows_as_the_profile_says(self, demo):
        assert Organization.objects.of_kind("provider").count() == 12
        assert Course.objects.filter(source=None).count() == 150
        assert CourseRun.objects.filter(course__source=None).count() == 500
        assert Session.objects.count() == pytest.approx(3_000, rel=0.25)  # weeks differ in holidays

    def test_is_the_same_when_made_again_in_the_same_week(self, demo):
        before = content()
        load(PROFILES["XS"], say=lambda line: None, reset=True)
        assert content() == before

    def test_moves_with_the_week(self):
        first, second = offers("XS")[1], offers("XS", date(2027, 3, 8))[1]
        starts = [run.starts_on for offer in first for run in offer.runs if run.starts_on]
        later = [run.starts_on for offer in second for run in offer.runs if run.starts_on]
        assert starts != later
        assert min(starts) >= date(2027, 3, 1) - timedelta(weeks=37)

    def test_is_refused_outside_a_demo(self, region, db):
        with pytest.raises(CommandError, match="DEMO=1"):
            call_command("load_demo", profile="XS", reset=True)
        assert Course.objects.exists()

    def test_does_not_mix_with_what_is_there(self, demo):
        with pytest.raises(CommandError, match="--reset"):
            call_command("load_demo", profile="XS")

    def test_if_empty_leaves_what_is_there(self, demo, capsys):
        before = content()
        call_command("load_demo", profile="XS", if_empty=True)
        assert "already" in capsys.readouterr().out
        assert content() == before

    def test_nothing_is_left_when_it_breaks_off(self, demo, monkeypatch):
        def broken():
            raise KeyboardInterrupt

        monkeypatch.setattr("portal.demo.loading.index.refresh", broken)
        with pytest.raises(KeyboardInterrupt):
            load(PROFILES["XS"], say=lambda line: None, reset=True)
        assert Course.objects.filter(source=None).count() == 150  # those of before, for the removal was taken back too

    def test_imports_were_applied_wait_and_failed(self, demo):
        applied, waiting, failed = ImportPlan.objects.order_by("pk")
        assert (applied.state, waiting.state, failed.state) == ("applied", "waiting", "failed")
        assert (applied.count_new > 5, applied.count_rejected) == (True, 0)
        assert Course.objects.visible().exclude(source=None).exists()
        assert waiting.brakes
        assert failed.error

    def test_is_found_by_the_search(self, demo):
        course = Course.objects.visible().filter(runs__in=CourseRun.objects.visible()).order_by("pk").first()
        found = search(SearchQuery(text=course.title, per_page=200))
        assert course.pk in [hit.course for hit in found.hits]
        assert search(SearchQuery()).total > 80

    def test_a_provider_can_log_in_and_has_courses(self, demo):
        person = User.objects.with_role("provider").get()
        organization = Membership.objects.get(user=person).organization
        assert Course.objects.of(organization).count() > 50

    def test_the_region_says_that_it_is_invented(self, demo):
        assert Region.objects.get().is_invented
        assert set(District.objects.filter(in_region=True).values_list("pk", flat=True)) == {
            "16062", "16064", "16065", "15085",
        }  # fmt: skip
        assert not District.objects.filter(in_region=True).filter(Q(contact="") | Q(enforcement_body="")).exists()

    def test_rows_are_as_saving_would_leave_them(self, demo):
        for row in [*Organization.objects.all(), *Location.objects.all(), *Contact.objects.all()]:
            before = {name: value for name, value in vars(row).items() if name in {"sort_key", "key"}}
            row.save()
            assert {name: getattr(row, name) for name in before} == before
            row.full_clean(validate_unique=False)

    def test_titles_are_sorted_like_those_that_were_saved(self, demo):
        for course in Course.objects.all()[:30]:
            before = (course.sort_key, course.slug)
            course.derive()
            assert (course.sort_key, course.slug) == before

    def test_new_rows_get_keys_behind_the_copied_ones(self, demo):
        highest = Course.objects.order_by("-pk").first()
        fresh = Course.objects.create(provider=highest.provider, title="Noch einer")
        assert fresh.pk > highest.pk


class TestTalentPools:
    def test_there_are_people_in_every_state(self, demo):
        found = Counter(Entry.objects.values_list("state", flat=True))
        assert set(found) == {"onboarding", "guardian", "active", "paused"}
        assert Entry.objects.visible().count() > 25
        for field in ("unreachable_since", "orphaned_since", "left_at"):
            assert Entry.objects.exclude(**{field: None}).exists(), field
        assert Counter(CheckIn.objects.delivered().values_list("ordinal", flat=True)) == {1: 2, 2: 1}

    def test_there_is_everything_between_companies_and_people(self, demo):
        assert set(ContactRequest.objects.values_list("state", flat=True)) == set(ContactRequest.State.values)
        assert set(Invitation.objects.values_list("state", flat=True)) == set(Invitation.State.values)
        assert Member.objects.waiting().exists()
        assert Member.objects.exclude(ended_at=None).exists()
        laender = {spot.place.district.land_id for spot in Location.objects.filter(organization__in=operators())}
        assert laender == {"15", "16"}

    def test_each_login_has_its_place(self, demo):
        company = Member.objects.get(organization__memberships__user__email__startswith="betrieb@")
        school = Member.objects.get(organization__memberships__user__email__startswith="schule@")
        assert (company.may_search, school.kind) == (True, "school")
        assert numbers.recommended_by(company).joined > 0
        assert Entry.objects.visible().filter(user__email__startswith="kandidatin@").exists()
        assert Operator.objects.run_by(User.objects.get(email__startswith="traeger@")).exists()

    def test_addresses_and_numbers_are_invented(self, demo):
        assert not User.objects.with_role("candidate").exclude(email__endswith=".example").exists()
        phones = [
            *Operator.objects.values_list("contact_phone", flat=True),
            *Entry.objects.values_list("phone", flat=True),
        ]
        assert [phone for phone in phones if not people.FICTION.fullmatch(phone)] == []

    def test_open_entries_have_not_lost_their_address(self, demo):
        """As after a real end: what is over keeps no name."""
        assert not Invitation.objects.filter(state__in=Invitation.ENDED).exclude(email="").exists()


def operators():
    return Operator.objects.values("organization")


class TestNobodyIsReal:
    def test_every_phone_number_is_of_the_ranges_for_fiction(self, demo):
        numbers = [
            *Organization.objects.exclude(phone="").values_list("phone", flat=True),
            *Contact.objects.exclude(phone="").values_list("phone", flat=True),
            *Contact.objects.exclude(mobile="").values_list("mobile", flat=True),
            Region.objects.get().phone,
        ]
        assert len(numbers) > 20
        assert [number for number in numbers if not people.FICTION.fullmatch(number)] == []

    def test_no_text_carries_another_phone_number(self):
        found = [number for line in _all_lines() for number in PHONE.findall(line)]
        assert [number for number in found if not people.FICTION.search(number)] == []

    def test_every_address_ends_in_example(self, demo):
        mails = [
            *Organization.objects.exclude(email="").values_list("email", flat=True),
            *Contact.objects.exclude(email="").values_list("email", flat=True),
            *User.objects.values_list("email", flat=True),
            Region.objects.get().email,
        ]
        assert [mail for mail in mails if not mail.endswith(".example")] == []

    def test_every_website_lies_under_example(self, demo):
        sites = Organization.objects.exclude(website="").values_list("website", flat=True)
        assert sites
        assert [site for site in sites if not site.endswith(".example/")] == []

    def test_towns_are_real_and_of_the_region(self, demo):
        away = Location.objects.exclude(place__name=F("city"))
        assert not away.exists()
        assert not Location.objects.exclude(place__district__in_region=True).exists()


class TestRatios:
    """Of the default profile, made without a database."""

    def test_counts(self, default_profile):
        providers, made = default_profile
        assert (len(providers), len(made)) == (80, 2_000)
        assert sum(len(offer.runs) for offer in made) == 8_000
        assert sum(len(offer.sessions) for offer in made) == pytest.approx(50_000, rel=0.1)

    def test_one_provider_in_twenty_holds_half_of_the_courses(self, default_profile):
        shares = sorted((provider.courses for provider in default_profile[0]), reverse=True)
        assert sum(shares[:4]) == 1_000
        assert shares[0] == pytest.approx(500, rel=0.1)

    def test_three_runs_in_ten_are_over(self, default_profile):
        runs = _runs(default_profile)
        today = date(2027, 3, 3)
        over = [run for run in runs if run.starts_on and max(run.starts_on + timedelta(14), _deadline(run)) < today]
        assert len(over) / len(runs) == pytest.approx(0.30, abs=0.04)

    def test_modes_prices_and_times(self, default_profile):
        runs = _runs(default_profile)
        modes, prices = Counter(run.mode for run in runs), Counter(run.price_kind for run in runs)
        assert 0.10 <= (modes["online"] + modes["distance"]) / len(runs) <= 0.15
        assert prices["on_request"] / len(runs) == pytest.approx(0.20, abs=0.04)
        assert prices["free"] / len(runs) > 0.1
        assert sum(not run.times_of_day for run in runs) / len(runs) == pytest.approx(0.15, abs=0.03)
        assert all(run.location_id is None for run in runs if run.mode in {"online", "distance"})

    def test_some_titles_repeat_and_most_do_not(self, default_profile):
        titles = Counter((offer.course.provider_id, offer.course.title) for offer in default_profile[1])
        assert sum(times - 1 for times in titles.values()) / 2_000 == pytest.approx(0.05, abs=0.015)

    def test_some_are_full_and_some_can_begin_any_time(self, default_profile):
        runs = _runs(default_profile)
        assert sum(run.places_free == 0 for run in runs) > 200
        assert sum(run.begin == "any_time" for run in runs) > 20

    def test_queues_are_not_empty(self, default_profile):
        providers, made = default_profile
        states = Counter(offer.course.state for offer in made)
        assert min(states["submitted"], states["returned"], states["draft"]) > 3
        assert sum(provider.organization.blocked_at is not None for provider in providers) == 1
        week = date(2027, 3, 1)
        proofs = [each for provider in providers for each in provider.certifications]
        assert any(each.valid_to < week for each in proofs)
        assert any(week <= each.valid_to < week + timedelta(30) for each in proofs)
        assert any(each.checked_at is None for each in proofs)

    def test_bildungsfreistellung_of_sachsen_anhalt_is_for_the_harz_alone(self, default_profile):
        providers, made = default_profile
        harz = {
            place.pk for provider in providers
            for place, spot in zip(provider.locations, provider.spots, strict=True) if spot.district == "15085"
        }  # fmt: skip
        runs = [run for offer in made for run in offer.runs if 56 in run.funding_regional and run.location_id]
        assert runs
        assert {run.location_id for run in runs} <= harz

    def test_a_voucher_needs_a_certified_provider(self, default_profile):
        providers, made = default_profile
        certified = {provider.organization.pk for provider in providers if provider.has_azav}
        admitted = {offer.course.provider_id for offer in made for run in offer.runs if run.certificate_status == 1}
        assert admitted
        assert admitted <= certified

    def test_evening_classes_keep_clear_of_holidays(self, default_profile):
        for offer in default_profile[1]:
            for _run, day, _starts, _ends, _room in offer.sessions:
                assert not days.is_public_holiday(day)


class TestTexts:
    def test_there_are_at_least_120_blueprints(self):
        keys = [blueprint.key for blueprint in texts.blueprints()]
        assert len(keys) == len(set(keys)) >= 120

    def test_every_topic_is_one_of_the_vocabulary(self):
        known = {row["slug"] for row in read("topics.csv")}
        used = {blueprint.topic for blueprint in texts.blueprints()}
        used |= {slot["topic"] for blueprint in texts.blueprints() for slot in blueprint.slots if "topic" in slot}
        used |= {title.topic for blueprint in texts.blueprints() for title in blueprint.titles if title.topic}
        assert used <= known

    def test_every_leaf_of_the_vocabulary_has_courses(self, default_profile):
        parents = {row["parent"] for row in read("topics.csv")}
        leaves = {row["slug"] for row in read("topics.csv")} - parents
        used = {blueprint.topic for blueprint in texts.blueprints()}
        used |= {slot["topic"] for blueprint in texts.blueprints() for slot in blueprint.slots if "topic" in slot}
        assert leaves - used == set()

    def test_every_blueprint_can_be_held_by_somebody(self):
        sorts = set(texts.organizations()["sort"])
        for blueprint in texts.blueprints():
            assert set(blueprint.at) <= sorts, blueprint.key
            assert all(plans.shape(plan) for plan in blueprint.plans), blueprint.key

    def test_no_mark_is_left_unfilled(self, default_profile):
        for offer in default_profile[1]:
            course = offer.course
            for part in (course.title, course.description, course.audience, course.requirements, course.degree_title):
                assert "{" not in part, part
                assert "  " not in part, part

    def test_courses_do_not_look_copied(self, default_profile):
        descriptions = Counter(offer.course.description for offer in default_profile[1])
        assert descriptions.most_common(1)[0][1] <= 3
        assert len(descriptions) > 1_950

    def test_umlauts_are_written_as_such(self):
        wrong = re.compile(r"\b(fuer|ueber|koenn\w+|moecht\w+|Pruefung\w*|groess\w+|naechst\w*)\b")
        assert [line for line in _all_lines() if wrong.search(line)] == []


class TestDays:
    @pytest.mark.parametrize("day", ["2026-04-05", "2027-03-28", "2028-04-16", "2030-04-21"])
    def test_easter(self, day):
        assert days.easter(int(day[:4])) == date.fromisoformat(day)

    def test_takes_the_next_fitting_days(self):
        found = days.take(date(2026, 12, 14), 3, (1,), days.is_course_day)
        assert found == [date(2026, 12, 15), date(2027, 1, 5), date(2027, 1, 12)]

    def test_a_sentence_is_understood_as_the_importers_read_it(self):
        tuesdays = days.take(date(2027, 3, 1), 4, (1, 3), days.is_course_day)
        told = plans.told(tuesdays, "17:30", "20:00")
        assert told.note == "dienstags und donnerstags, 17:30 bis 20:00 Uhr, 4 Termine"
        assert (told.weekdays, told.times_of_day) == (0b1010, ["evening"])


def _runs(made) -> list[CourseRun]:
    return [run for offer in made[1] for run in offer.runs]


def _deadline(run: CourseRun) -> date:
    return run.registration_until or date.min


def _all_lines() -> list[str]:
    """Of all texts; without addresses of pages, which are ASCII, and tables of numbers."""
    lines = [
        line for path in sorted(texts.HERE.rglob("*.toml")) for line in path.read_text(encoding="utf-8").splitlines()
    ]  # fmt: skip
    return [line for line in lines if not re.match(r"slug = |[\d ]{2}[ -]\d ", line)]
