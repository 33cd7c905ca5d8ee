"""Parts of compounds: found where every part is a word of the catalogue, and nowhere else."""

from random import Random

import pytest

from courses.models import SearchWord
from courses.search import Order, SearchQuery, index, search
from courses.search.analyser import fold
from courses.search.compounds import Splitter, candidates
from tests import make

pytestmark = pytest.mark.django_db

_NOUNS = """
    pflege helfer alten altenpflege pflegehelfer kurs sprache schule bildung urlaub kind garten arbeit recht deutsch
    prüfung vorbereitung computer büro buch führung lohn rechnung wesen maschine bau schein führer gabelstapler metall
    technik elektro koch küche gesundheit kranken haus wirtschaft betrieb wirt antwort sammlung ordnung nehmer
    unternehmer bein haltung instinkt urin schaft sorge rat reise stelle stellung zeit zeug werk statt stadt land wert
    tisch leder karte kunde erde beere ring rinde inger land schaft fach kraft leiter auto reifen ente keller teil zeile
    arbeiter stück tier arzt herz stand raum trauer trauma traum band licht schicht eltern steuer erklärung berater
"""
NOUNS = set(map(fold, _NOUNS.split()))

CUT = [
    ("altenpflegehelfer", ["pflege", "helfer"]),
    ("altenpflegehelferin", ["helfer", "pflege"]),
    ("pflegehelfer", ["pflege", "helfer"]),
    ("bildungsurlaub", ["bildung", "urlaub"]),
    ("kindergarten", ["kind", "garten"]),
    ("sprachkurs", ["sprache", "kurs"]),
    ("sprachkurse", ["sprache", "kurs"]),
    ("arbeitsrecht", ["arbeit", "recht"]),
    ("prüfungsvorbereitung", ["prüfung", "vorbereitung"]),
    ("büromaschinen", ["büro", "maschine"]),
    ("buchführung", ["buch", "führung"]),
    ("lohnbuchführung", ["lohn", "buch", "führung"]),
    ("gabelstaplerführerschein", ["gabelstapler", "führer", "schein"]),
    ("krankenhausküche", ["kranken", "haus", "küche"]),
    ("fachkräfte", ["kräft"]),
    ("steuererklärung", ["steuer", "erklärung"]),
]

_WHOLE = """
    verantwortung versammlung verordnung unternehmer wirtschaft gesellschaft landschaft beinhaltung urinstinkt
    vorstellung weiterbildung fortbildung gesundheit erwachsene programmierung industrie informatik kompetenz
    anfängerinnen mannschaft eigenschaft verwaltung erstellung
"""
WHOLE = _WHOLE.split()


@pytest.mark.parametrize(("word", "parts"), CUT)
def test_compounds_are_cut_into_words_of_the_catalogue(word, parts):
    found = Splitter(NOUNS).parts(word)
    assert set(parts) <= set(found)
    assert bool(found) == bool(parts)


@pytest.mark.parametrize("word", WHOLE)
def test_words_that_only_look_like_compounds_stay_whole(word):
    assert Splitter(NOUNS).parts(word) == []


def test_long_words_are_cut_quickly():
    assert Splitter({"abab", "baba", "ababa", "babab"}).parts("ab" * 20) != []


# ── In the search


def found(words: str, **fields) -> list[int]:
    return [hit.course for hit in search(SearchQuery(text=words, **fields)).hits]


def test_a_part_finds_the_compound_after_the_word_itself():
    compound = make.make_course(title="Altenpflegehelfer (m/w/d)")
    itself = make.make_course(title="Pflege zu Hause: Tipps für Helfer")
    make.make_course(title="Töpfern")
    index.refresh()
    assert found("pflege", order=Order.RELEVANCE) == [itself.pk, compound.pk]
    assert found("helfer", order=Order.RELEVANCE) == [itself.pk, compound.pk]


def test_nouns_of_the_texts_are_parts_but_the_texts_are_not_cut():
    titled = make.make_course(title="Gabelstaplerschein")
    make.make_course(title="Lager", description="<p>Sie fahren einen Gabelstapler, mit Schein. Viel Lagerschein.</p>")
    index.refresh()
    assert found("schein")[0] == titled.pk
    assert SearchWord.objects.get(word="schein").is_noun


@pytest.mark.parametrize("written", ["Heilkräuter", "Heilkraeuter"])
@pytest.mark.parametrize("typed", ["heilkräuter", "heilkraeuter", "heilkrauter", "kräuter", "kraeuter"])
def test_umlauts_in_compounds_may_be_written_out_on_either_side(written, typed):
    course = make.make_course(title=f"{written} aus dem Harz")
    make.make_course(title="Kräuter" if written == "Heilkraeuter" else "Kraeuter", number="2")
    make.make_course(title="Töpfern")
    index.refresh()
    assert course.pk in found(typed)
    assert len(found(typed)) == (1 if typed.startswith("heil") else 2)


def test_compound_is_cut_between_letters_that_only_look_like_an_umlaut():
    course = make.make_course(title="Fotoeffekte am Rechner")
    make.make_course(title="Effekte mit dem Foto")
    index.refresh()
    assert course.pk in found("Effekte")


def test_compound_finds_its_parts_standing_apart():
    make.make_course(title="Pflege: Grundlagen")
    course = make.make_course(title="Helferkurs in der Pflege")
    make.make_course(title="Kurs: Helfer in der Küche")
    index.refresh()
    assert found("Pflegehelfer") == [course.pk]


def test_parts_standing_apart_do_not_count_in_running_text():
    make.make_course(title="Pflege", description="<p>Danach arbeiten Sie als Helfer.</p>")
    make.make_course(title="Helfer")
    index.refresh()
    assert found("Pflegehelfer") == []


def test_words_of_all_courses_are_known_before_the_first_is_cut():
    compound = make.make_course(title="Kräuterwanderung")
    make.make_course(title="Wanderung")
    make.make_course(title="Kräuter")
    index.refresh()
    assert compound.pk in found("Wanderung")


def test_new_words_do_not_lock_standing_ones():
    first = make.make_course(title="Pflege")
    index.refresh([first.pk])
    uses = SearchWord.objects.get(word="pflege").uses
    index.refresh([first.pk])
    assert SearchWord.objects.get(word="pflege").uses == uses == 1


class Asked:
    """A vocabulary that knows every third word and remembers what it was asked for."""

    def __init__(self, seed: int):
        self.chance, self.known = Random(seed), {}

    def __contains__(self, word: str) -> bool:
        return self.known.setdefault(word, self.chance.random() < 1 / 3)


@pytest.mark.parametrize("word", ["anerkennungsverfahren", "pflegehelferinnen", "sprachkurs", "führerscheine"])
def test_whatever_a_cut_may_ask_for_is_looked_up_before(word):
    expected = {fold(part) for part in candidates(word)}
    asked = set()
    for seed in range(200):
        vocabulary = Asked(seed)
        Splitter(vocabulary).cut(word)
        asked |= vocabulary.known.keys()
    assert asked <= expected
    assert len(asked) > len(expected) / 2
