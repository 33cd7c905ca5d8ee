"""Makes the courses of the invented organisations, their runs and dates."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from courses.models import Course, CourseRun
from portal.demo import days, plans, texts
from portal.demo.organizations import Maker, Provider
from portal.demo.plans import Dates
from portal.demo.profiles import EXPIRED, SAME_TITLE
from portal.demo.region import HARZ
from portal.demo.texts import Blueprint, Title

RUNS = (1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10)  # how many runs a course has
AVERAGE = sum(RUNS) / len(RUNS)
EARLIEST, LATEST = -35, 65  # weeks from now
SERIES = {"abend", "abend2", "vormittag"}  # what evening schools mostly hold
WITHOUT_TIMES = 0.17  # of the runs with single dates name the days only
KEYWORD = "subject"
STATES = {
    Course.State.PUBLISHED: 962,
    Course.State.SUBMITTED: 12,
    Course.State.DRAFT: 14,
    Course.State.RETURNED: 6,
    Course.State.ARCHIVED: 6,
}
SessionRow = tuple[int, date, time | None, time | None, str]  # run, day, from, to, room


@dataclass
class Offer:
    """A course with its runs and dates, ready to be written."""

    course: Course
    words: list[tuple[str, str]] = field(default_factory=list)  # kind, word
    runs: list[CourseRun] = field(default_factory=list)
    sessions: list[SessionRow] = field(default_factory=list)


@dataclass
class Recipe:
    """What stays the same over all runs of a course."""

    provider: Provider
    blueprint: Blueprint
    title: Title
    words: dict[str, str]
    name: str  # the title in full
    plan: str
    hours: int
    is_priced: bool = True


@dataclass
class Pace:
    """Keeps the numbers of runs and dates near what the profile asks for."""

    courses: int
    runs: int
    sessions: int
    made_runs: int = 0
    made_sessions: int = 0
    seen: int = 0

    def next_runs(self, rng: Random) -> int:
        left, open_runs = self.courses - self.seen, self.runs - self.made_runs
        self.seen += 1
        if left == 1:
            return max(1, open_runs)
        return max(1, min(open_runs - left + 1, int(rng.choice(RUNS) * open_runs / left / AVERAGE + rng.random())))

    @property
    def is_ahead(self) -> bool:
        """More dates than there should be by now: the next long series is told in a sentence."""
        return self.made_sessions > self.sessions * (self.made_runs + 1) / self.runs


def make_offers(maker: Maker, providers: list[Provider], topics: dict[str, int]) -> Iterator[Offer]:
    """All courses in a mixed order. `topics` are primary keys by address name."""
    profile = maker.profile
    pace = Pace(profile.courses, profile.runs, profile.sessions)
    turns = [provider for provider in providers for _ in range(provider.courses)]
    maker.rng.shuffle(turns)  # courses of many providers begin on one day: a list of them should not show one alone
    shelves: dict[int, list[Recipe]] = {}
    for provider in turns:
        shelf = shelves.setdefault(provider.organization.pk, [])
        recipe = _recipe(maker, provider, shelf)
        shelf.append(recipe)
        yield _offer(maker, recipe, pace, topics)


# ── What is taught


def _recipe(maker: Maker, provider: Provider, shelf: list[Recipe]) -> Recipe:
    """A course that this provider does not have yet, or now and then the same title again."""
    if len(shelf) > 1 and maker.rng.random() < SAME_TITLE:
        return maker.rng.choice(shelf)
    taken = {recipe.name for recipe in shelf}
    for attempt in range(12):
        recipe = _draw(maker.rng, provider)
        recipe.name = _free_name(recipe, taken, attempt, maker.rng)
        if recipe.name:
            return recipe
    recipe.name = _numbered(texts.fill(recipe.title.text, recipe.words), taken)
    return recipe


def _draw(rng: Random, provider: Provider) -> Recipe:
    blueprint = rng.choices(*texts.for_sort(provider.sort))[0]
    title, words = rng.choice(blueprint.titles), texts.words_for(blueprint, rng)
    wanted = title.plan or plans.from_title(texts.fill(title.text, words))
    choices = [wanted] if wanted else _plans_of(blueprint, provider, rng)
    plan, hours = plans.choose(choices, [title.hours] if title.hours else blueprint.hours, rng)
    return Recipe(provider, blueprint, title, words, "", plan, hours, _has_price(blueprint, hours, rng))


def _plans_of(blueprint: Blueprint, provider: Provider, rng: Random) -> list[str]:
    """Online academies teach online; others move an evening course there now and then. Most like the evening best."""
    if provider.sort == "online":
        online = [plan for plan in blueprint.plans if plans.mode(plan) != "on_site"]
        return online or [f"{plan}_online" for plan in blueprint.plans if plan in plans.ONLINE] or ["abend_online"]
    if rng.random() < 0.09 and (possible := [plan for plan in blueprint.plans if plan in plans.ONLINE]):
        return [f"{plans.ONLINE[plan]}_online" for plan in possible]
    at_home = [plan for plan in blueprint.plans if plans.mode(plan) == "on_site"]
    return at_home + 4 * [plan for plan in at_home if plan in SERIES] or blueprint.plans


def _free_name(recipe: Recipe, taken: set[str], attempt: int, rng: Random) -> str:
    """The title, if it is free; otherwise with what sets this course apart; empty if that is taken too."""
    plain = texts.fill(recipe.title.text, recipe.words)
    plain = plain[:1].upper() + plain[1:]
    if plain not in taken and (attempt < 6 or rng.random() < 0.5):
        return plain
    said = plans.from_title(plain) == recipe.plan
    suffixes = ["" if said else plans.shape(recipe.plan).suffix, *(spot.name for spot in recipe.provider.spots[1:])]
    if plans.is_online(recipe.plan):
        suffixes = ["online"]
    for suffix in filter(None, suffixes):
        if (name := f"{plain} – {suffix}") not in taken and suffix not in plain:
            return name
    return ""


def _numbered(plain: str, taken: set[str]) -> str:
    """The last resort of a big provider: the next group of the same course."""
    group = 2
    while f"{plain}, Gruppe {group}" in taken:
        group += 1
    return f"{plain}, Gruppe {group}"


def _has_price(blueprint: Blueprint, hours: int, rng: Random) -> bool:
    """Expensive vocational courses often say "on request"."""
    chance = 0.5 if blueprint.rate * hours > 1_500 else 0.28 if blueprint.is_job else 0.13
    return rng.random() >= chance


def _offer(maker: Maker, recipe: Recipe, pace: Pace, topics: dict[str, int]) -> Offer:
    offer = Offer(_course(maker, recipe, topics), _keywords(recipe))
    for number, dates in enumerate(_all_dates(maker, recipe, pace), start=1):
        _add_run(maker, recipe, offer, dates, number)
    return offer


def _all_dates(maker: Maker, recipe: Recipe, pace: Pace) -> list[Dates]:
    """The dates of all runs of a course in their order. Two groups on one day are rare."""
    found: list[Dates] = []
    for _ in range(pace.next_runs(maker.rng)):
        pace.made_runs += 1
        dates = _dates(maker, recipe, pace)
        if any(dates.starts_on == other.starts_on for other in found) and maker.rng.random() < 0.8:
            dates = _dates(maker, recipe, pace)
        found.append(dates)
        pace.made_sessions += len(dates.sessions)
    return sorted(found, key=lambda dates: dates.starts_on or date.max)


def _course(maker: Maker, recipe: Recipe, topics: dict[str, int]) -> Course:
    rng, blueprint, words, provider = maker.rng, recipe.blueprint, recipe.words, recipe.provider
    topic = recipe.title.topic or words.get("topic", blueprint.topic)
    made = maker.ago(30, 400)
    level = texts.level_of(recipe.name, blueprint, words)
    course = Course(
        pk=next(maker.numbers.course), provider_id=provider.organization.pk, title=recipe.name[:255],
        number=f"{provider.organization.name[0]}{rng.randrange(10000, 99999)}",
        description=texts.describe(blueprint, recipe.title, words, rng, online=plans.mode(recipe.plan) == "online"),
        text_simple=blueprint.simple if rng.random() < 0.8 else "",
        requirements=texts.fill(rng.choice(blueprint.needs or [""]), words),
        audience=texts.fill(" ".join(f"{line}." for line in blueprint.audience), words), terms="",
        topic_id=topics.get(topic), level=level, level_is_derived=bool(level and texts.IN_TITLE.search(recipe.name)),
        course_type=4 if blueprint.education_type == 110 else blueprint.course_type,
        education_type=blueprint.education_type,
        institution=texts.organizations()["sort"][provider.sort]["institution"] or None,
        degree_title=texts.fill(blueprint.degree or blueprint.certificate, words), degree_exam=blueprint.exam,
        examiner=blueprint.examiner, kldb=words.get("kldb", ""), contact_id=rng.choice(provider.contacts).pk,
        checked_at=maker.ago(0, 60), created_at=made, updated_at=max(made, maker.ago(0, 60)), state=_state(rng),
        withdrawn_at=maker.ago(1, 30) if rng.random() < 0.01 else None,
    )  # fmt: skip
    course.derive()
    return course


def _state(rng: Random) -> str:
    """Nearly all are public; a few stand in each queue."""
    return rng.choices(list(STATES), list(STATES.values()))[0]


def _keywords(recipe: Recipe) -> list[tuple[str, str]]:
    words = [(KEYWORD, texts.fill(word, recipe.words)) for word in recipe.blueprint.words]
    if recipe.blueprint.degree:
        words.append(("degree", texts.fill(recipe.blueprint.degree, recipe.words)[:255]))
    elif recipe.blueprint.certificate:
        words.append(("certificate", texts.fill(recipe.blueprint.certificate, recipe.words)[:255]))
    return list(dict.fromkeys(words))


# ── When, where, for how much


def _add_run(maker: Maker, recipe: Recipe, offer: Offer, dates: Dates, number: int) -> None:
    rng = maker.rng
    run = CourseRun(
        pk=next(maker.numbers.run), course_id=offer.course.pk, number=_run_number(offer.course, dates, number),
        created_at=offer.course.created_at, updated_at=offer.course.updated_at, languages=["deu"],
        hours=Decimal(recipe.hours) if rng.random() < 0.9 else None,
        withdrawn_at=maker.ago(1, 30) if rng.random() < 0.01 else None,
        **_when(maker, recipe, dates), **_where(maker, recipe), **_places(maker, dates), **_money(maker, recipe),
    )  # fmt: skip
    for name, value in _support(maker, recipe, run).items():
        setattr(run, name, value)
    offer.runs.append(run)
    offer.sessions += [(run.pk, day, starts, ends, "") for day, starts, ends in dates.sessions]


def _dates(maker: Maker, recipe: Recipe, pace: Pace) -> Dates:
    rng = maker.rng
    first = _first_day(maker, recipe.blueprint.season)
    dates = plans.make(recipe.plan, recipe.hours, first, rng, listed=True)
    if len(dates.sessions) > 3 and pace.is_ahead:
        return plans.make(recipe.plan, recipe.hours, first, rng, listed=False)
    return plans.untimed(dates) if dates.sessions and rng.random() < WITHOUT_TIMES else dates


def _first_day(maker: Maker, season: list[int]) -> date:
    """From eight months ago to fifteen months ahead; most begin soon, and hardly any in the holidays."""
    rng = maker.rng
    if rng.random() < EXPIRED:
        weeks = rng.uniform(EARLIEST, -3)
    else:
        weeks = -2 + (LATEST + 2) * rng.random() ** 1.5
    day = maker.week + timedelta(days=round(weeks * 7))
    while season and not season[0] <= day.month <= season[1]:
        day += days.WEEK
    return day


def _run_number(course: Course, dates: Dates, number: int) -> str:
    if dates.starts_on is None:
        return f"{course.number}-{number}"
    return f"{dates.starts_on:%y}{'F' if dates.starts_on.month < 8 else 'H'}-{course.number}-{number}"


def _when(maker: Maker, recipe: Recipe, dates: Dates) -> dict:
    rng, form = maker.rng, plans.shape(recipe.plan)
    begin = form.begin
    if begin == "any_time" and rng.random() < 0.2:
        begin = rng.choice(("weekly", "monthly", "quarterly"))
    deadline = None
    if dates.starts_on and rng.random() < 0.6:
        deadline = dates.starts_on - timedelta(days=rng.choice((1, 3, 7, 7, 10, 14)))
    return {
        "starts_on": dates.starts_on, "ends_on": dates.ends_on, "begin": begin, "registration_until": deadline,
        "schedule_note": dates.note, "weekdays": dates.weekdays, "times_of_day": dates.times_of_day,
        "times_from_text": dates.times_from_text, "duration_class": dates.duration_class,
        "instruction_time": (1 if form.full_time else 2) if recipe.blueprint.is_job else None,
        "announced_from": maker.week - timedelta(days=rng.randint(30, 200)) if rng.random() < 0.1 else None,
    }  # fmt: skip


BAMF = {
    "by": "Bundesamt für Migration und Flüchtlinge",
    "text": "Kostenfrei mit Berechtigung oder Verpflichtung.",
}
FORMS = {"on_site": (101, 101, 102, 103, 104), "online": (201, 201, 202), "distance": (401, 402), "blended": (301, 303)}


def _where(maker: Maker, recipe: Recipe) -> dict:
    rng, provider = maker.rng, recipe.provider
    mode = plans.mode(recipe.plan)
    if mode == "on_site" and recipe.hours >= 40 and rng.random() < 0.12:
        mode = "blended"
    found = {"mode": mode, "instruction_form": rng.choice(FORMS[mode]) if recipe.blueprint.is_job else None}
    if recipe.plan == "selbst":
        found["instruction_form"] = 204
    if mode not in {"on_site", "blended"}:
        return found | {"digitally_accessible": rng.choice((True, None, False))}
    places = provider.locations
    named = [place for place in places if recipe.name.endswith(f" – {place.city}")]
    location = rng.choice(named) if named else rng.choices(places, [3] + [1] * (len(places) - 1))[0]
    room = rng.choice(texts.phrases()["venue"]["rooms"]) if rng.random() < 0.7 else ""
    return found | {"location_id": location.pk, "room": room}


def _places(maker: Maker, dates: Dates) -> dict:
    """Most say how many places there are; early dates are fuller than late ones, and some have none left."""
    rng = maker.rng
    if rng.random() < 0.2:
        return {}
    places = rng.choice((8, 10, 12, 12, 14, 16, 20))
    if rng.random() < 0.15:
        return {"places": places}
    weeks = (dates.starts_on - maker.week).days / 7 if dates.starts_on else 20
    fill = min(1.0, max(0.0, rng.betavariate(3, 2) * (1 - min(max(weeks, 0), 60) / 90)))
    taken = places if rng.random() < 0.07 else round(places * fill)
    return {"places_min": rng.choice((None, 4, 6, 8)), "places": places, "places_taken": taken}


def _money(maker: Maker, recipe: Recipe) -> dict:
    rng, bank, blueprint = maker.rng, texts.phrases()["price"], recipe.blueprint
    if blueprint.rate == 0:
        return {"price_kind": "free", "price_note": rng.choice(bank["free_job" if recipe.hours > 40 else "free"])}
    if not recipe.is_priced:
        with_voucher = blueprint.fund == "azav" and recipe.provider.has_azav
        note = bank["request_voucher" if with_voucher else "request_job" if blueprint.is_job else "request"]
        return {"price_kind": "on_request", "price_note": rng.choice(note)}
    price = _round(blueprint.rate * recipe.hours * rng.uniform(0.9, 1.15))
    kind = rng.choice(["", "", *_price_notes(blueprint, price)])
    found = {"price_kind": "known", "price": price, "price_note": bank.get(kind, "")}
    return found | ({"special_price": _round(float(price) * 0.7)} if kind == "discount" else {})


def _price_notes(blueprint: Blueprint, price: Decimal) -> list[str]:
    """Which remarks suit a course: nobody needs a text book for a walk."""
    suits = {
        "exam": bool(blueprint.examiner or blueprint.exam),
        "rates": price >= 300,
        "discount": price < 300 and not blueprint.is_job,
        "book": blueprint.topic.endswith(("sprachen", "englisch", "deutsch-lernen")) and price > 50,
        "material": blueprint.topic in {"malen-zeichnen", "handwerken", "bau-ausbau"},
    }
    return [kind for kind, does in suits.items() if does]


def _round(price: float) -> Decimal:
    """As people write prices: 4.50, 68, 245, 1 980."""
    step = 0.5 if price < 20 else 1 if price < 150 else 5 if price < 1_000 else 10
    return max(Decimal("1.00"), (Decimal(round(price / step)) * Decimal(str(step))).quantize(Decimal("0.01")))


def _support(maker: Maker, recipe: Recipe, run: CourseRun) -> dict:
    """Which funding suits the kind of course, where it is held, and what its provider may offer."""
    rng, fund = maker.rng, recipe.blueprint.fund
    in_harz = _district(recipe.provider, run) == HARZ
    if fund in {"azav", "gueter"} and recipe.provider.has_azav and recipe.hours >= 20:
        return _voucher(maker, run, [7] if fund == "gueter" else [])
    if fund == "bafoeg" and recipe.hours >= 200:
        return {"funding_federal": [1, 5], "beside_job": True, "for_employees": True}
    if fund == "qual":
        return {"funding_federal": [8, 11], "for_employees": True}
    if fund == "frei" and in_harz and recipe.hours >= 16 and recipe.plan == "woche":
        return {"funding_regional": [56], "funding_note": "Als Bildungsfreistellung in Sachsen-Anhalt anerkannt."}
    if fund in {"direkt", "frei"} and in_harz and rng.random() < 0.5:
        return {"funding_regional": [57, 58]}
    if fund == "bamf":
        return {"subsidies": [BAMF], "funding_note": "Ohne Berechtigung fragen Sie uns bitte nach dem Preis."}
    if fund == "avgs":
        return {"execution_form": 1, "funding_note": "Mit Aktivierungs- und Vermittlungsgutschein (AVGS) kostenfrei."}
    return {}


def _voucher(maker: Maker, run: CourseRun, more: list[int]) -> dict:
    """Admitted measures name their certificate; one in eight has run out, which ends the funding by itself."""
    rng = maker.rng
    until = maker.week + timedelta(days=-rng.randint(10, 200) if rng.random() < 0.12 else rng.randint(60, 1000))
    return {
        "funding_federal": sorted({2, 12, *more, *rng.choice(([], [11], [9, 11]))}), "certificate_status": 1,
        "certificate_number": f"M-{rng.randrange(100000, 999999)}", "certificate_from": until - timedelta(days=1095),
        "certificate_until": until, "measure_number": f"093/{rng.randrange(100, 999)}/{maker.week.year}",
        "practical_part": rng.random() < 0.4, "for_employees": rng.random() < 0.5,
    }  # fmt: skip


def _district(provider: Provider, run: CourseRun) -> str:
    places = zip(provider.locations, provider.spots, strict=True)
    where = [spot.district for place, spot in places if place.pk == run.location_id]
    return where[0] if where else provider.spot.district
