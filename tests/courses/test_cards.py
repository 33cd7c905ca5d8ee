"""Cards are made of plain rows: they say what the models say, and nothing of what has been withdrawn meanwhile."""

from courses.models import Course, CourseRun
from courses.search import Facet, Hit, SearchQuery, facts, glance, index
from courses.views import cards, wording
from kit import clock
from tests import make

EVERYTHING = SearchQuery(per_page=10_000)


def said(run, location) -> tuple:
    """Everything that a card says of a run, out of a model or of a plain row."""
    return (
        wording.begin(run),
        wording.price(run),
        wording.places(run),
        wording.tags(run),
        wording.venue(run, location),
        wording.times(run, []),
    )


def test_plain_rows_say_of_the_whole_demo_what_models_say(demo_region, db):
    rows = facts.read(glance(EVERYTHING).hits)
    runs = CourseRun.objects.select_related("location").in_bulk([run for _course, run in rows if run])
    assert len(runs) > 100
    assert {mode for row in rows.values() if (mode := row.mode)} >= {"on_site", "online"}
    for (_course, number), row in rows.items():
        if run := runs.get(number):
            assert said(row, row.location) == said(run, run.location)


def test_cards_lead_where_the_courses_are(demo_region, db):
    hits = glance(EVERYTHING).hits
    courses = Course.objects.in_bulk([hit.course for hit in hits])
    addresses = [courses[hit.course].get_absolute_url() for hit in hits]
    assert [card.address for card in cards.make(hits)] == addresses
    assert len(addresses) > 100


def hits_of(*courses: Course) -> list[Hit]:
    index.refresh([course.pk for course in courses])
    providers = frozenset(course.provider_id for course in courses)
    return glance(SearchQuery(chosen={Facet.PROVIDER: providers})).hits


def test_run_that_was_withdrawn_since_it_was_found_has_no_card(db):
    gone, there = make.make_run(), make.make_run()
    hits = hits_of(gone.course, there.course)
    CourseRun.objects.filter(pk=gone.pk).update(withdrawn_at=clock.now())
    index.refresh([gone.course_id])
    assert [card.title for card in cards.make(hits)] == [there.course.title]


def test_course_without_a_date_has_a_card_that_says_so(db):
    course = make.make_course(title="Imkern")
    [card] = cards.make(hits_of(course))
    assert (card.title, card.provider, card.day) == ("Imkern", course.provider.name, None)
    assert card.start
