"""The word banks: blueprints of courses, organisations, phrases; and how a course text is put together from them."""

import html
import re
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from random import Random

HERE = Path(__file__).parent
LEVELS = {"a1": "A1", "a2": "A2", "b1": "B1", "b2": "B2", "c1": "C1"}
PAID = re.compile(r"zahlen|Preis|verschenken|Förderung")  # says nothing to people who pay nothing
IN_TITLE = re.compile(r"\b(A1|A2|B1|B2|C1)\b")
TITLE = re.compile(r"(?:(?P<options>[a-z0-9_,-]+)\|)?(?P<text>.+)")


@dataclass(frozen=True)
class Title:
    """A title of a blueprint. In the file it may carry options in front ("i0,h16,ptag|…"): which intro, how many
    lessons, which plan, which topic (t) belong to it alone."""

    text: str
    intro: int | None = None
    hours: int | None = None
    plan: str = ""
    topic: str = ""

    @classmethod
    def read(cls, line: str) -> "Title":
        found = TITLE.fullmatch(line)
        options = {part[0]: part[1:] for part in (found["options"] or "").split(",") if part}
        intro, hours = options.get("i"), options.get("h")
        return cls(
            found["text"], int(intro) if intro else None, int(hours) if hours else None,
            options.get("p", ""), options.get("t", ""),
        )  # fmt: skip


@dataclass(frozen=True)
class Blueprint:
    """What one kind of course is like, whoever holds it. See the files in `texts/`."""

    key: str
    topic: str
    titles: list[Title]
    intro: list[str]
    more: list[str]
    learn: list[str]
    audience: list[str]
    hours: list[int]
    rate: float  # euros per lesson; 0: free of charge
    at: list[str]
    plans: list[str]
    needs: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    slots: list[dict[str, str]] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    level: str = ""
    simple: str = ""
    certificate: str = ""
    degree: str = ""
    examiner: str = ""
    exam: str = ""
    fund: str = ""
    education_type: int = 100
    course_type: int = 5
    weight: int = 1
    season: list[int] = field(default_factory=list)  # first and last month, for what happens outdoors

    def intros(self, title: Title) -> list[str]:
        """Those that suit a title: its own, or all that belong to no other title."""
        if title.intro is not None:
            return [self.intro[title.intro]]
        claimed = {each.intro for each in self.titles}
        return [text for index, text in enumerate(self.intro) if index not in claimed] or self.intro

    @property
    def is_job(self) -> bool:
        """For work rather than for leisure or school."""
        return self.education_type not in {0, 100}


@cache
def blueprints() -> tuple[Blueprint, ...]:
    """All of them, in the order of their files."""
    return tuple(
        _blueprint(defaults | row)
        for bank in map(_toml, sorted((HERE / "texts").glob("*.toml")))
        for defaults in [bank.get("defaults", {})]
        for row in bank["course"]
    )


def _blueprint(row: dict) -> Blueprint:
    unknown = set(row) - {each.name for each in fields(Blueprint)}
    if unknown:
        raise ValueError(f"{row['key']}: unknown {', '.join(sorted(unknown))}")
    return Blueprint(**{**row, "titles": [Title.read(line) for line in row["titles"]]})


@cache
def phrases() -> dict:
    return _toml(HERE / "phrases.toml")


@cache
def shapes() -> dict:
    return _toml(HERE / "shapes.toml")


@cache
def organizations() -> dict:
    return _toml(HERE / "organizations.toml")


def _toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def for_sort(sort: str) -> tuple[tuple[Blueprint, ...], tuple[int, ...]]:
    """The blueprints that an organisation of a sort offers, and their weights."""
    found = tuple(each for each in blueprints() if sort in each.at)
    return found, tuple(each.weight * max(1, len(each.slots) // 3) for each in found)


def fill(sentence: str, words: dict[str, str]) -> str:
    """Puts words into {marks}; what has no word stays out."""
    return re.sub(r"\{(\w+)\}", lambda mark: words.get(mark[1], ""), sentence)


def words_for(blueprint: Blueprint, rng: Random) -> dict[str, str]:
    """One slot of the blueprint, with its level written out."""
    slot = dict(rng.choice(blueprint.slots)) if blueprint.slots else {}
    if blueprint.levels:
        slot["level"] = rng.choice(blueprint.levels)
        slot["stufe"] = LEVELS[slot["level"]]
    return slot


def level_of(title: str, blueprint: Blueprint, words: dict[str, str]) -> str:
    """What the title says wins over what the blueprint says."""
    written = IN_TITLE.search(title)
    return written[1].lower() if written else words.get("level", blueprint.level)


def describe(blueprint: Blueprint, title: Title, words: dict[str, str], rng: Random, *, online: bool) -> str:
    """The description as clean HTML: two to four paragraphs and what people learn."""
    bank = phrases()
    mood = "job" if blueprint.is_job else "general"
    intro = rng.choice(blueprint.intros(title))
    second = [rng.choice(blueprint.more)]
    if rng.random() < 0.6:
        second.append(rng.choice(bank["format"][mood]))
    if rng.random() < 0.5:
        second.reverse()
    closing = bank["closing"][mood]
    if blueprint.rate == 0:
        closing = [line for line in closing if not PAID.search(line)]
    last = rng.sample(closing, rng.choice((1, 1, 2)))
    if online or rng.random() < 0.25:
        last.append(rng.choice(bank["closing"]["online" if online else "place"]))
    learn = _some(blueprint.learn, rng)
    return "".join([
        _paragraph([intro], words), _paragraph(second, words), "<h3>Das lernen Sie</h3>", _bullets(learn, words),
        _paragraph(last, words),
    ])  # fmt: skip


def _some(lines: list[str], rng: Random) -> list[str]:
    """Four to six of the lines, in their order."""
    count = min(len(lines), rng.choice((4, 4, 5, 6)))
    return [lines[index] for index in sorted(rng.sample(range(len(lines)), count))]


def _paragraph(sentences: list[str], words: dict[str, str]) -> str:
    return f"<p>{html.escape(fill(' '.join(sentences), words), quote=False)}</p>"


def _bullets(lines: list[str], words: dict[str, str]) -> str:
    items = "".join(f"<li>{html.escape(fill(line, words), quote=False)}</li>" for line in lines)
    return f"<ul>{items}</ul>"
