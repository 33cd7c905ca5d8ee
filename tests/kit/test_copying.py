"""Rows written by COPY are the rows that bulk_create would have written."""

import pytest
from django.db import IntegrityError, transaction

from courses.models import CourseRun
from kit import copying
from taxonomy.models import Topic
from tests import make

pytestmark = pytest.mark.django_db


def topics(*names: str) -> list[Topic]:
    return [Topic(name=name, slug=name.lower(), cues=["ä\tb", 'c"\\N']) for name in names]


def test_rows_get_keys_and_can_be_saved():
    rows = topics("Eins", "Zwei")
    copying.insert(rows)
    assert [row.pk for row in Topic.objects.order_by("pk")] == [row.pk for row in rows]
    rows[0].name = "Anders"
    rows[0].save()
    assert Topic.objects.get(pk=rows[0].pk).name == "Anders"


def test_values_arrive_as_with_bulk_create():
    copied, made = topics("Eins"), topics("Zwei")
    copying.insert(copied)
    Topic.objects.bulk_create(made)
    first, second = Topic.objects.order_by("pk").values("cues", "position", "parent_id")
    assert first == second


def test_run_of_a_course_with_arrays_json_and_gaps():
    course = make.make_course()
    run = CourseRun(course=course, external_id="R1", phases=[{"note": "täglich"}], times_of_day=["evening"])
    other = CourseRun(course=course, external_id="R2", phases=[{"note": "täglich"}], times_of_day=["evening"])
    copying.insert([run])
    CourseRun.objects.bulk_create([other])
    fields = [field.name for field in CourseRun._meta.concrete_fields if field.name not in {"id", "external_id"}]
    first, second = CourseRun.objects.order_by("pk").values(*fields)
    assert {**first, "created_at": None, "updated_at": None} == {**second, "created_at": None, "updated_at": None}


def test_conflict_is_an_error_and_nothing_is_written():
    copying.insert(topics("Eins"))
    with pytest.raises(IntegrityError), transaction.atomic():
        copying.insert(topics("Zwei", "Eins"))
    assert Topic.objects.count() == 1


def test_nothing_to_write_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        copying.insert([])


def test_rows_with_own_keys_are_followed_by_others():
    copying.insert_with_keys(Topic, [Topic(pk=500, name="Eins", slug="eins")])
    assert Topic.objects.create(name="Zwei", slug="zwei").pk == 501
