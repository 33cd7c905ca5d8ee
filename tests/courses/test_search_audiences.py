"""For whom a course is: read out of its text, given by editors, ticked by visitors."""

import pytest

from courses.models import Keyword
from courses.search import Facet, SearchQuery, index, search
from courses.search.audiences import named
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("title", "audience", "groups"),
    [
        ("Kochen für Kinder", "", ["Kinder"]),
        ("Erste Hilfe am Kind", "", []),
        ("Mädchen und Technik", "", []),
        ("Yoga", "<p>Seniorinnen und Senioren</p>", ["Ältere Menschen"]),
        ("Yoga", "Aeltere Menschen, Berufstätige", ["Ältere Menschen", "Beschäftigte"]),
        ("Büro", "Mütter, Väter, Großeltern.", ["Eltern und Familien"]),
        ("Deutsch", "Menschen jeden Alters mit anderer Muttersprache und Grundkenntnissen", []),
        ("Schweißen", "alle, die gern selbst Hand anlegen", []),
    ],
)
def test_groups_are_read_out_of_the_audience_and_of_what_a_title_says_behind_fuer(title, audience, groups):
    assert named(make.make_course(title=title, audience=audience)) == groups


def test_group_is_a_facet_with_those_that_editors_gave():
    read = make.make_course(audience="Arbeitsuchende")
    given = make.make_course()
    group = Keyword.objects.create(kind="audience", word="Arbeitsuchende")
    given.keywords.add(group)
    other = make.make_course(audience="Frauen")
    index.refresh()
    result = search(SearchQuery(chosen={Facet.AUDIENCE: frozenset([group.pk])}))
    assert {hit.course for hit in result.hits} == {read.pk, given.pk}
    women = Keyword.objects.get(kind="audience", word="Frauen")
    assert result.counts[Facet.AUDIENCE] == {group.pk: 2, women.pk: 1}
    assert other.pk not in {hit.course for hit in result.hits}


def test_group_that_a_course_names_twice_counts_once():
    course = make.make_course(title="Computer für Frauen", audience="Frauen")
    course.keywords.add(Keyword.objects.create(kind="audience", word="Frauen"))
    index.refresh()
    index.refresh([course.pk])
    assert course.search_row.audiences == [Keyword.objects.get(word="Frauen").pk]
