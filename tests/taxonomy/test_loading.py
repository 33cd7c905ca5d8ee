"""Loading the vocabulary again and again."""

import time

import pytest
from django.core.management import call_command

from taxonomy import codes, loading
from taxonomy.models import Code, CodeList, District, FundingType, Land, Page, Place, Topic

pytestmark = pytest.mark.django_db


def test_everything_is_loaded_and_a_second_time_changes_nothing(capsys):
    call_command("load_vocabulary")
    counts = {model: model.objects.count() for model in loading.MODELS}
    written = loading.load_vocabulary()
    assert {model: model.objects.count() for model in loading.MODELS} == counts
    assert (written["places"], written["codes"], written["funding"], written["topics"]) == (0, 0, 0, 0)
    assert counts[Land] == 16
    assert counts[District] == 400


def test_all_of_germany_is_loaded_in_seconds():
    began = time.monotonic()
    loading.load_vocabulary()
    assert time.monotonic() - began < 15  # 2.5 s on an idle machine; generous, because tests share two cores


def test_what_people_edited_stays():
    loading.load_vocabulary()
    District.objects.filter(code="16062").update(in_region=True, contact="Bildungsbüro")
    Topic.objects.filter(slug="pflege").update(name="Pflegeberufe")
    FundingType.objects.filter(slug="bildungsgutschein").update(explanation="Unser Text")
    loading.load_vocabulary()
    assert District.objects.get(code="16062").contact == "Bildungsbüro"
    assert District.objects.get(code="16062").in_region
    assert Topic.objects.get(slug="pflege").name == "Pflegeberufe"
    assert FundingType.objects.get(slug="bildungsgutschein").explanation == "Unser Text"


def test_a_place_that_moved_is_mended():
    loading.load_vocabulary()
    Place.objects.filter(slug="nordhausen").update(latitude=0.0, sort_key="x")
    assert loading.load_vocabulary()["places"] == 1
    assert Place.objects.get(slug="nordhausen").sort_key == "nordhausen"


def test_an_unknown_code_that_becomes_official_is_known_from_then_on():
    Code.objects.create(list=CodeList.EDUCATION_TYPE, number=110, label="education_type 110", is_known=False)
    loading.load_codes()
    code = Code.objects.get(list=CodeList.EDUCATION_TYPE, number=110)
    assert (code.label, code.is_known) == ("Berufssprachkurse", True)


def test_every_list_has_values():
    loading.load_codes()
    assert set(Code.objects.values_list("list", flat=True)) == set(CodeList.values)


def test_funding_of_a_land_knows_its_land():
    loading.load_vocabulary()
    for land, number in codes.EDUCATION_LEAVE.items():
        assert FundingType.objects.get(level="regional", number=number).land_id == land
    assert not FundingType.objects.filter(level="federal").exclude(land=None).exists()


def test_the_topic_tree_is_ten_by_four_to_eight():
    loading.load_topics()
    assert Topic.objects.roots().count() == 10
    assert {4 <= root.children.count() <= 8 or root.slug for root in Topic.objects.roots()} <= {True, *ALLOWED}
    assert not Topic.objects.filter(name_en="").exists()


ALLOWED = {"eltern-familie"}  # three: there is not more to tell apart


def test_pages_come_from_files_and_are_cleaned(tmp_path, monkeypatch):
    (tmp_path / "pages" / "de").mkdir(parents=True)
    (tmp_path / "pages" / "de" / "impressum.html").write_text(
        "<h1>Impressum &amp; mehr</h1>\n<p>Text von [Name]</p><script>x</script>"
    )
    monkeypatch.setattr(loading, "DATA", tmp_path)
    assert loading.load_pages() == 1
    page = Page.objects.get(slug="impressum", language="de")
    assert (page.title, page.body, page.is_template) == ("Impressum & mehr", "<p>Text von [Name]</p>", True)
    assert loading.load_pages() == 0
