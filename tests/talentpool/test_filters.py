"""By what companies may search: an allow-list, and chance for the order."""

from datetime import date

import pytest
from django.db.models.constants import LOOKUP_SEP
from django.http import QueryDict

from talentpool.filters import TalentFilter, preset
from talentpool.models import Entry
from tests.make import make_district, make_location, make_place, make_user
from tests.talentpool.make import make_entry, make_member, make_pool

pytestmark = pytest.mark.django_db
ALLOWED = {"feld", "sucht", "abschluss", "zeit", "ort", "km", "ab"}
LOOKUPS = ["", "exact", "lt", "gte", "range", "in", "icontains", "isnull", "year"]


def found(query: str) -> set:
    return set(TalentFilter(QueryDict(query), queryset=Entry.objects.all()).qs)


def every_path() -> list[str]:
    """All fields of an entry and of the person behind it."""
    own = [field.name for field in Entry._meta.get_fields()]
    person = [f"user__{field.name}" for field in Entry._meta.get_field("user").related_model._meta.get_fields()]
    return [*own, *person, "endorsements__member", "place__name", "foto", "photo", "alter", "name", "geschlecht"]


def test_the_allow_list_is_this():
    assert set(TalentFilter.base_filters) == ALLOWED


def test_nothing_else_filters_or_sorts(django_assert_num_queries):
    """No age, no name, no photo: whatever stands in the address, everybody stays and the order is that of chance."""
    make_entry(user=make_user("candidate", full_name="Anna Muster"), birth_date=date(1990, 1, 1))
    make_entry(user=make_user("candidate", full_name="Zoe Muster"), birth_date=date(2008, 1, 1))
    plain = str(TalentFilter(QueryDict(""), queryset=Entry.objects.all()).qs.shuffled("1").query)
    for path in every_path():
        for lookup in LOOKUPS:
            name = f"{path}{LOOKUP_SEP}{lookup}" if lookup else path
            query = f"{name}=1990-01-01&sort={name}&o=-{name}&ordering={name}&order_by={name}"
            asked = TalentFilter(QueryDict(query), queryset=Entry.objects.all()).qs.shuffled("1")
            assert str(asked.query) == plain, name


def test_an_opened_filter_is_found(monkeypatch):
    """Negative control: one more field in the list would be noticed."""

    class Careless(TalentFilter):
        class Meta:
            model = Entry
            fields = ["birth_date"]

    make_entry(birth_date=date(1990, 1, 1))
    monkeypatch.setattr("tests.talentpool.test_filters.TalentFilter", Careless)
    with pytest.raises(AssertionError):
        test_the_allow_list_is_this()
    with pytest.raises(AssertionError):
        test_nothing_else_filters_or_sorts(None)


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("feld=S13", True), ("feld=S22", False), ("feld=S22&feld=S13", True), ("sucht=training", True),
        ("sucht=job", False), ("abschluss=middle", True), ("abschluss=high", False), ("zeit=full", True),
        ("zeit=part", False), ("ab=2026-05-12", True), ("ab=2026-05-11", False), ("feld=nonsense", True),
        ("ab=nonsense", True), ("km=7", True), ("ort=Nirgendheim", True),
    ],
)  # fmt: skip
def test_what_is_asked_narrows_the_list(query, matches, at):
    at("2026-05-12 10:00")
    entry = make_entry()
    assert (found(query) == {entry}) is matches


def test_both_kinds_of_hours_fit_each():
    entry = make_entry(hours="both")
    assert found("zeit=full") == found("zeit=part") == {entry}


def test_distance_counts_from_the_place_asked_for():
    near = make_entry(place=make_place())
    far = make_place(
        "Halle", postcodes=("06108",), latitude=51.48, longitude=11.97, district=make_district("15002", "Halle")
    )
    make_entry(place=far)
    assert found("ort=99734&km=50") == {near}
    assert len(found("ort=99734&km=100")) == 2


def test_a_company_begins_around_its_own_address():
    member = make_member()
    assert not preset(member)
    make_location(member.organization)
    assert preset(member).dict() == {"ort": "99734 Nordhausen", "km": "50"}


def test_the_order_is_chance_by_day_and_company_and_stable_within_both():
    pool = make_pool()
    for _number in range(8):
        make_entry(pool)
    order = {seed: list(Entry.objects.shuffled(seed)) for seed in ("2026-05-12:1", "2026-05-13:1", "2026-05-12:2")}
    assert list(Entry.objects.shuffled("2026-05-12:1")) == order["2026-05-12:1"]
    assert len({tuple(entry.pk for entry in entries) for entries in order.values()}) == 3
