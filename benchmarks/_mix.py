"""Questions as people ask them, drawn from what the catalogue holds: the same for the same seed and catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from courses.models import CourseRun, SearchWord
from courses.search import Facet, Order, Position, SearchQuery, spelling, words
from courses.search.spelling import SHORTEST
from kit import clock
from taxonomy.models import Place, Topic

WEIGHTS = {  # per cent
    "browse": 12, "1 facet": 14, "2 facets": 10, "topic word": 20, "common word": 10, "2 words": 10,
    "word + radius": 10, "radius + date": 6, "rare word": 3, "deep page": 2, "typo": 3,
}  # fmt: skip
RADII = (10, 20, 30, 50)
DEEP = 50  # page
TICKS = {
    Facet.COST: (1, 2, 4, 8),
    Facet.TIME: (1, 2, 4, 8, 16),
    Facet.MODE: (CourseRun.Mode.ON_SITE, CourseRun.Mode.ONLINE, CourseRun.Mode.BLENDED),
    Facet.WEEKDAY: (1, 2, 4, 8, 16, 32),
    Facet.FUNDING: (2, 8, 11),
    Facet.LEVEL: ("a1", "b1", "basic"),
}


@dataclass(frozen=True)
class Case:
    """A kind of question and one of its kind; typed words are not yet understood."""

    kind: str
    query: SearchQuery

    def asked(self) -> SearchQuery:
        """As the page asks it: understood, and mended where nothing contains a word. Fresh each time."""
        if not self.query.text:
            return replace(self.query)
        asked = words.understand(self.query.text)
        mended = spelling.mend(self.query.text, spelling.without_hit(asked.unknown))
        return replace(self.query, text=mended, asked=None) if mended else replace(self.query, asked=asked)


def mix(count: int, *, seed: int = 42) -> list[Case]:
    """So many questions in the proportions of WEIGHTS, in a mixed order."""
    chance = Random(seed)
    source = _Source()
    kinds = [kind for kind, weight in WEIGHTS.items() for _ in range(max(1, round(weight * count / 100)))]
    chance.shuffle(kinds)
    return [Case(kind, source.draw(kind, chance)) for kind in kinds[:count]]


class _Source:
    """What questions are made of: words by their use, topics, towns where courses are."""

    def __init__(self):
        nouns = SearchWord.objects.filter(is_noun=True).order_by("-uses", "word")
        self.nouns = [word for word in nouns.values_list("word", flat=True) if len(word) >= SHORTEST and word.isalpha()]
        self.topics = list(Topic.objects.order_by("pk"))
        self.places = list(Place.objects.filter(locations__runs__isnull=False).distinct().order_by("pk"))

    def draw(self, kind: str, chance: Random) -> SearchQuery:
        query = self.makers[kind](self, chance)
        return replace(query, order=Order.RELEVANCE if query.text else Order.BEGIN)

    def common(self, chance: Random) -> str:
        return chance.choice(self.nouns[:20])

    def usual(self, chance: Random) -> str:
        return chance.choice(self.nouns[20 : max(21, len(self.nouns) // 4)])

    def ticks(self, chance: Random) -> tuple[Facet, frozenset]:
        facet = chance.choice([Facet.TOPIC, *TICKS])
        if facet == Facet.TOPIC:
            return facet, frozenset([chance.choice(self.topics).pk])
        return facet, frozenset([chance.choice(TICKS[facet])])

    def facets(self, number: int, chance: Random) -> SearchQuery:
        chosen: dict = {}
        while len(chosen) < number:
            chosen |= dict([self.ticks(chance)])
        return SearchQuery(chosen=chosen)

    def near(self, chance: Random) -> Position:
        place = chance.choice(self.places)
        return Position(place.latitude, place.longitude, chance.choice(RADII))

    def typo(self, chance: Random) -> str:
        """Two letters swapped, as fingers do."""
        word = chance.choice([word for word in self.nouns[:200] if len(word) >= SHORTEST + 2])
        at = chance.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def soon(self, chance: Random) -> SearchQuery:
        begin = clock.today() + timedelta(days=chance.randrange(120))
        until = begin + timedelta(days=chance.choice((14, 30, 60)))
        return SearchQuery(position=self.near(chance), starts_from=begin, starts_until=until)

    makers: dict[str, Callable] = {
        "browse": lambda self, chance: SearchQuery(),
        "1 facet": lambda self, chance: self.facets(1, chance),
        "2 facets": lambda self, chance: self.facets(2, chance),
        "topic word": lambda self, chance: SearchQuery(text=chance.choice(self.topics).name),
        "common word": lambda self, chance: SearchQuery(text=self.common(chance)),
        "2 words": lambda self, chance: SearchQuery(text=f"{self.common(chance)} {self.usual(chance)}"),
        "word + radius": lambda self, chance: SearchQuery(text=self.usual(chance), position=self.near(chance)),
        "radius + date": lambda self, chance: self.soon(chance),
        "rare word": lambda self, chance: SearchQuery(text=chance.choice(self.nouns[-len(self.nouns) // 4 :])),
        "deep page": lambda self, chance: SearchQuery(page=DEEP),
        "typo": lambda self, chance: SearchQuery(text=self.typo(chance)),
    }
