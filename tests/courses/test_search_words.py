"""How words find courses: forms of a word, spellings, numbers, names, weights, and letters in the wrong place."""

from datetime import timedelta

import pytest

from courses.models import Keyword, SearchCourse
from courses.search import Facet, Order, SearchQuery, analyser, index, search
from courses.search.spelling import correct
from kit import clock
from tests import make

pytestmark = pytest.mark.django_db

# What is written in the title, and what somebody types.
SAME = [
    ("Kurs", "Kurse"),
    ("Deutschkurse", "Deutschkurs"),
    ("Praktikum", "Praktika"),
    ("Workshop", "Workshops"),
    ("Studium", "Studien"),
    ("Museum", "Museen"),
    ("Videos", "Video"),
    ("Übung", "Uebungen"),
    ("Straße", "strasse"),
    ("Büro", "buero"),
    ("Café", "cafe"),
    ("Lehrgänge", "Lehrgang"),
    ("Erzieher*innen", "Erzieherin"),
    ("Pflegehelfer/in", "Pflegehelferin"),
    ("Pflegehelfer", "Pflege"),
    ("E-Mail", "mail"),
    ("Yoga-Kurs", "yoga kurse"),
    ("3D-Druck", "3d"),
]


def found(words: str, **fields) -> list[int]:
    return [hit.course for hit in search(SearchQuery(text=words, **fields)).hits]


@pytest.mark.parametrize(("written", "typed"), SAME)
def test_forms_of_a_word_find_each_other(written, typed):
    course = make.make_course(title=f"{written} im Harz")
    make.make_course(title="Etwas anderes")
    index.refresh()
    assert found(typed) == [course.pk]


def test_words_that_have_ae_oe_and_ue_by_nature_find_themselves_and_nothing_else():
    words = ["Neue", "Aktuell", "Poesie", "Michael", "Abenteuer", "Steuer", "Quelle", "Mauer", "Israel", "Treue"]
    courses = {word: make.make_course(title=f"{word} im Harz") for word in words}
    index.refresh()
    assert {word: found(word.lower()) for word in words} == {word: [courses[word].pk] for word in words}


@pytest.mark.parametrize("word", analyser.STOP_WORDS.values())
def test_stop_words_narrow_nothing_however_they_are_spelled(word):
    for spelling in [word, analyser.fold(word), word.replace("ü", "ue").replace("ö", "oe").replace("ä", "ae")]:
        assert analyser.stems(spelling) == []


def test_mended_words_may_miss_an_umlaut_beside_the_wrong_letter():
    make.make_course(title="Führerschein")
    index.refresh()
    assert correct("Fuehrerschien") == "Führerschein"


def test_every_word_has_to_fit():
    course = make.make_course(title="Deutsch A1 am Abend")
    make.make_course(title="Deutsch B2")
    index.refresh()
    assert found("deutsch a1") == [course.pk]


def test_short_stems_find_no_longer_words():
    make.make_course(title="Kurbad")
    index.refresh()
    assert found("kur") == []


def test_stop_words_alone_narrow_nothing():
    make.make_course()
    index.refresh()
    assert len(found("der die das")) == 1


def test_numbers_of_course_run_and_measure_and_the_provider_are_found():
    course = make.make_course(make.make_organization("Bildungswerk Kyffhäuser"), number="K47-11")
    make.make_run(course, number="26H-301", measure_number="955/123/2026")
    index.refresh()
    for words in ["K47-11", "26h-301", "955/123/2026", "bildungswerk kyffhaeuser", "Nordhausen"]:
        assert found(words) == [course.pk], words


def test_title_comes_before_keyword_and_keyword_before_text_whatever_begins_first():
    text, word, title = (make.make_course(title=name) for name in ["Eins", "Zwei", "Imkern"])
    text.description = "<p>Auch Imkern.</p>"
    text.save()
    word.keywords.add(Keyword.objects.create(word="Imkern"))
    for days, course in enumerate([text, word, title], start=1):
        make.make_run(course, starts_on=clock.today() + timedelta(days=days))
    index.refresh()
    assert found("imkern", order=Order.RELEVANCE) == [title.pk, word.pk, text.pk]
    assert found("imkern", order=Order.BEGIN) == [text.pk, word.pk, title.pk]


def test_words_for_administration_find_nothing():
    course = make.make_course()
    course.keywords.add(Keyword.objects.create(kind=Keyword.Kind.ADMIN, word="Sonderfall"))
    index.refresh()
    assert found("sonderfall") == []


@pytest.mark.parametrize("typed", ["Pfelge", "Plege", "Pflegge", "Pfleqe"])
def test_one_letter_wrong_is_mended(typed):
    make.make_course(title="Pflege und Betreuung")
    index.refresh()
    assert correct(typed) == "Pflege"
    assert correct(f"{typed} betreuung") == "Pflege betreuung"


def test_what_resembles_nothing_is_left_alone():
    make.make_course(title="Pflege")
    index.refresh()
    assert correct("Quantenphysik") == ""
    assert correct("Pflege") == ""


def test_more_wrong_words_than_anybody_mistypes_are_left_alone():
    meant = ["Pflege", "Betreuung", "Garten", "Kochen", "Filzen", "Singen", "Tanzen", "Stricken", "Backen"]
    typed = [word[0] + word[2] + word[1] + word[3:] for word in meant]
    make.make_course(title=" ".join(meant))
    index.refresh()
    assert correct(" ".join(typed[:8])) == " ".join(meant[:8])
    assert correct(" ".join(typed)) == ""


@pytest.mark.parametrize(
    "words", ["'", "\\", "a:*", "& | !", "<->", "(", "%s %d", "\u00ad", "𝒜", "x" * 200, "-5", "1e5"]
)
def test_nothing_that_people_type_breaks_the_search(words):
    make.make_course()
    index.refresh()
    found(words)
    correct(words)


def test_terms_of_the_search_engine_are_only_words():
    assert analyser.tsquery(["o'neill\\"]) == "'o''neill\\\\':*"


# ── Rows
def test_refresh_of_one_course_leaves_the_others_alone():
    one, other = make.make_course(title="Alt"), make.make_course(title="Bleibt")
    index.refresh()
    one.title = "Neuigkeit"
    one.save()
    index.refresh([one.pk])
    assert found("neuigkeit") == [one.pk]
    assert found("alt") == []
    assert found("bleibt") == [other.pk]


def test_refresh_forgets_what_the_public_may_not_see():
    course = make.make_course()
    index.refresh()
    course.state = course.State.ARCHIVED
    course.save()
    index.refresh([course.pk])
    assert not SearchCourse.objects.exists()


def test_course_whose_rows_exist_can_be_deleted():
    course = make.make_course()
    make.make_run(course)
    index.refresh()
    course.delete()
    assert not SearchCourse.objects.exists()


def test_ticked_topic_includes_what_lies_below_it():
    root = make.make_topic("Sprachen")
    course = make.make_course(topic=make.make_topic("Deutsch lernen", parent=root))
    index.refresh()
    result = search(SearchQuery(chosen={Facet.TOPIC: frozenset([root.pk])}))
    assert [hit.course for hit in result.hits] == [course.pk]
    assert result.counts[Facet.TOPIC] == {root.pk: 1, course.topic_id: 1}


@pytest.mark.parametrize(("page", "expected"), [(1, 2), (2, 1), (3, 1), (10**8, 1)])
def test_pages_beyond_the_end_show_the_last_one(page, expected):
    for _ in range(3):
        make.make_course()
    index.refresh()
    assert len(search(SearchQuery(page=page, per_page=2)).hits) == expected


def test_all_pages_together_show_every_course_once():
    for days in range(7):
        make.make_run(starts_on=clock.today() + timedelta(days=days % 3))
    index.refresh()
    pages = [search(SearchQuery(page=page, per_page=2)).hits for page in range(1, 5)]
    courses = [hit.course for hits in pages for hit in hits]
    assert len(courses) == len(set(courses)) == 7


def test_blocked_provider_disappears_and_returns_without_anybody_calling_refresh():
    course = make.make_course()
    index.refresh()
    course.provider.blocked_at, course.provider.blocked_reason = clock.now(), "Insolvenz"
    course.provider.save()
    assert found("") == []
    course.provider.blocked_at, course.provider.blocked_reason = None, ""
    course.provider.save()
    assert found("") == [course.pk]


def test_voucher_follows_the_admission_of_the_provider_without_anybody_calling_refresh():
    course = make.make_course()
    make.make_run(course, funding_federal=[2])
    admission = make.make_certification(course.provider)
    index.refresh()
    assert search(SearchQuery()).hits[0].takes_voucher
    admission.valid_to = clock.today() - timedelta(days=1)
    admission.save()
    assert not search(SearchQuery()).hits[0].takes_voucher
    assert found("", chosen={Facet.FUNDING: frozenset([2])}) == []
