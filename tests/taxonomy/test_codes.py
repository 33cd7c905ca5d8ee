"""Numbers of code lists."""

import pytest

from courses.models import CourseRun
from taxonomy import codes, loading
from taxonomy.models import Code, CodeList, FundingType


@pytest.mark.parametrize(
    ("form", "mode"),
    [(101, "on_site"), (202, "online"), (301, "blended"), (402, "distance"), (None, ""), (0, ""), (4, "distance"),
     (7, "on_site"), (999, ""), (9, "")],
)  # fmt: skip
def test_mode_is_the_first_digit(form, mode):
    assert codes.mode(form) == mode
    assert mode == "" or mode in CourseRun.Mode.values


@pytest.mark.django_db
def test_unknown_numbers_are_kept_and_flagged():
    loading.load_codes()
    assert codes.ensure(CodeList.EDUCATION_TYPE, [100, 777]) == {777}
    assert codes.ensure(CodeList.EDUCATION_TYPE, [100, 777]) == set()
    assert list(Code.objects.unknown().values_list("list", "number")) == [("education_type", 777)]


@pytest.mark.django_db
def test_known_numbers_cost_one_query(django_assert_num_queries):
    loading.load_codes()
    with django_assert_num_queries(1):
        codes.ensure(CodeList.EDUCATION_TYPE, [100, 101, 102])


@pytest.mark.django_db
def test_unknown_funding_is_kept_and_flagged():
    assert codes.ensure_funding("regional", [991]) == {991}
    assert FundingType.objects.get(level="regional", number=991).is_known is False


@pytest.mark.django_db
def test_labels():
    loading.load_codes()
    codes._label.cache_clear()
    assert codes.label(CodeList.CERTIFIER, 48) == "CERTQUA GmbH"
    assert codes.label(CodeList.CERTIFIER, None) == ""
    assert codes.label(CodeList.CERTIFIER, 9999) == "Code 9999"
    codes._label.cache_clear()
