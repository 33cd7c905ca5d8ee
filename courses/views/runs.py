"""A run as the page of its course shows it: dates, venue, money, admission, each fact in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.filters import LANGUAGES
from courses.models import CourseRun, Session
from courses.models.run import ADMITTED, VOUCHER
from courses.search.query import funding_code
from courses.views import wording
from courses.views.wording import Tag
from kit import clock, text
from kit.templatetags.kit import daterange, german, longdate, money, plaindate, shortdate, timerange
from providers.models import Location
from taxonomy.models import Code, CodeList, FundingType

FIRST = 4  # dates shown before "show all"
OTHER_CODES = {"ger": "deu", "per": "fas", "fre": "fra", "rum": "ron"}  # ISO 639-2 has two for some languages


@dataclass(frozen=True)
class Fact:
    """A line of components/_keyfacts.html."""

    icon: str
    label: str
    lines: list


@dataclass(frozen=True)
class SessionLine:
    """A row of courses/_session_table.html, in words; "" where nothing is known."""

    day: str
    times: str
    place: SafeString


@dataclass(frozen=True)
class Labels:
    """Names of the codes that the runs of one course carry."""

    codes: dict[tuple[str, int], str]
    fundings: dict[int, FundingType]

    def of(self, code_list: CodeList, number: int | None) -> str:
        return self.codes.get((str(code_list), number), "") if number else ""


def labels(runs: Iterable[CourseRun]) -> Labels:
    """All names in two queries, however many runs there are."""
    runs = list(runs)
    wanted = {(CodeList.CERTIFIER, run.certifier_number) for run in runs}
    wanted |= {(CodeList.INSTRUCTION_FORM, run.instruction_form) for run in runs}
    wanted |= {(CodeList.INSTRUCTION_TIME, run.instruction_time) for run in runs}
    wanted |= {(CodeList.DURATION, run.duration_class) for run in runs}
    numbers = {number for _list, number in wanted if number}
    lists = {code_list for code_list, number in wanted if number}
    codes = Code.objects.filter(list__in=lists, number__in=numbers) if numbers else []
    has_funding = any(run.funding_federal or run.funding_regional or run.certificate_status == ADMITTED for run in runs)
    fundings = FundingType.objects.all() if has_funding else []
    return Labels(
        {(code.list, code.number): code.label for code in codes},
        {funding_code(funding.level, funding.number): funding for funding in fundings},
    )


class RunView:
    """One run, asked by templates/courses/_run.html: each fact is worked out once, however often a page asks."""

    def __init__(self, run: CourseRun, names: Labels, *, is_first: bool, takes_voucher: bool):
        self.run = run
        self.names = names
        self.is_first = is_first
        self.takes_voucher = takes_voucher  # today
        self.sessions: list[Session] = list(run.sessions.all())

    @property
    def anchor(self) -> str:
        return f"termin-{self.run.pk}"

    @cached_property
    def location(self) -> Location | None:
        """The run's venue; where only its sessions name one, that of the first."""
        return self.run.location or next((s.location for s in self.sessions if s.location), None)

    @cached_property
    def schedule(self) -> list:
        """[[weekday bits, begin, end], …], the most frequent times first, as in the search rows."""
        slots: dict[tuple, list[int]] = {}
        for session in self.sessions:
            if session.starts:
                slots.setdefault((session.starts, session.ends), []).append(1 << session.day.weekday())
        ordered = sorted(slots.items(), key=lambda item: (-len(item[1]), item[0][0]))
        return [[_any(days), f"{a:%H:%M}", f"{b:%H:%M}" if b else None] for (a, b), days in ordered]

    @cached_property
    def heading(self) -> str:
        if not self.run.starts_on:
            return wording.begin(self.run)
        return daterange(self.run.starts_on, self.run.ends_on)

    @cached_property
    def begin_lines(self) -> list[str]:
        run = self.run
        lines = [longdate(run.starts_on) if run.starts_on else wording.begin(run)]
        if run.starts_on and run.begin not in (CourseRun.Begin.FIXED, CourseRun.Begin.OPEN):
            lines.append(wording.begin(run))
        if number := len(self.sessions):
            dates = ngettext("{number} date", "{number} dates", number).format(number=number)
            last = run.ends_on or self.sessions[-1].day
            lines.append(_("{dates}, until {day}").format(dates=dates, day=plaindate(last)) if number > 1 else dates)
        elif run.ends_on and run.ends_on != run.starts_on:
            lines.append(_("until {day}").format(day=plaindate(run.ends_on)))
        if run.starts_on and run.starts_on < clock.today():
            lines.append(_("Has begun; you may still be able to join."))
        return lines

    @cached_property
    def times(self) -> str:
        return wording.times(self.run, self.schedule)

    @cached_property
    def place(self) -> str:
        return wording.venue(self.run, self.location)

    @cached_property
    def place_lines(self) -> list:
        lines = [self.place] if self.place else []
        if self.location and self.location.name and self.location.name != self.place:
            lines = [german_name(self.location.name), *lines]
        return [*lines, self.run.room] if self.run.room else lines

    @cached_property
    def price(self) -> str:
        return wording.price(self.run)

    @cached_property
    def price_lines(self) -> list[str]:
        run, lines = self.run, [self.price]
        now = run.price_today
        if now != run.price:
            later = _("until {day}, then {price}")
            lines.append(later.format(day=plaindate(run.special_price_until), price=money(run.price)))
        if self.takes_voucher:
            lines.append(_("can be paid with a Bildungsgutschein"))
        return lines

    @cached_property
    def places(self) -> Tag | None:
        return wording.places(self.run, exact=True)

    @cached_property
    def tags(self) -> list[Tag]:
        free = [Tag(_("free of charge"), "ok")] if self.run.price_kind == CourseRun.PriceKind.FREE else []
        voucher = [Tag("Bildungsgutschein")] if self.takes_voucher else []
        return [*free, *filter(None, [self.places]), *voucher]

    @cached_property
    def note(self) -> SafeString | str:
        return rich(self.run.note) if self.run.note else ""

    # ── Money and admission
    @cached_property
    def fundings(self) -> list[FundingType]:
        """Those that count today; the Bildungsgutschein only while every certificate behind it is valid."""
        run = self.run
        codes = [*run.funding_federal, *(funding_code("regional", number) for number in run.funding_regional)]
        codes = [code for code in codes if code != VOUCHER]
        codes = [VOUCHER, *codes] if self.takes_voucher else codes
        return [self.names.fundings[code] for code in dict.fromkeys(codes) if code in self.names.fundings]

    @cached_property
    def admission(self) -> list[str]:
        """What the source states about AZAV, as long as it is valid."""
        run = self.run
        if run.certificate_status != ADMITTED or not self.takes_voucher:
            return []
        lines = [_("Admitted under AZAV (according to the provider)")]
        if run.measure_number:
            lines.append(_("Measure number: {number}").format(number=run.measure_number))
        if certifier := self.names.of(CodeList.CERTIFIER, run.certifier_number):
            lines.append(_("Certified by: {name}").format(name=certifier))
        if run.certificate_until:
            lines.append(_("Valid until {day}").format(day=plaindate(run.certificate_until)))
        return lines

    # ── Dates and details
    @cached_property
    def lines(self) -> list[SessionLine]:
        return [SessionLine(shortdate(s.day), timerange(s.starts, s.ends), self._where(s)) for s in self.sessions]

    @cached_property
    def first_lines(self) -> list[SessionLine]:
        return self.lines if len(self.lines) <= FIRST + 1 else self.lines[:FIRST]

    @property
    def more_lines(self) -> list[SessionLine]:
        return self.lines[len(self.first_lines) :]

    def _where(self, session: Session) -> SafeString:
        """Its own venue and room, else those of the run."""
        venue = session.location
        name = (venue.name or venue.city) if venue else (self.location.name if self.location else "")
        parts = [german(name) if name else self.place, german(session.room or self.run.room)]
        return format_html_join(", ", "{}", ((part,) for part in parts if part))

    @cached_property
    def calendar_address(self) -> str:
        """All its dates as a file; nothing while no day is known."""
        if not self.sessions and not self.run.starts_on:
            return ""
        return reverse("courses:run_calendar", args=[self.run.course.slug, self.run.course_id, self.run.pk])

    @cached_property
    def barrier_text(self) -> str:
        if self.location is None:
            return ""
        return {
            True: _("The entrance is step-free."),
            False: _("The entrance is not step-free."),
            None: _("We do not know whether the entrance is step-free. Please ask the provider."),
        }[self.location.is_barrier_free]

    @cached_property
    def map_address(self) -> str:
        """A page of OpenStreetMap: a link to another website, nothing is loaded from there."""
        if self.location is None or self.location.latitude is None:
            return ""
        at = f"{self.location.latitude:.5f}", f"{self.location.longitude:.5f}"
        return "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}".format(*at)

    @cached_property
    def details(self) -> list[tuple[str, str]]:
        """Everything else that the provider says about this run, as pairs of label and words."""
        run, yes = self.run, _("yes")
        said = [
            (_("Course number"), run.number),
            (_("Register until"), plaindate(run.registration_until)),
            (_("Places"), _places(run)),
            (_("Form"), run.instruction_form_name or self.names.of(CodeList.INSTRUCTION_FORM, run.instruction_form)),
            (_("Full time or part time"), self.names.of(CodeList.INSTRUCTION_TIME, run.instruction_time)),
            (_("Duration"), self.names.of(CodeList.DURATION, run.duration_class)),
            (_("Lessons"), f"{run.hours.normalize():f}" if run.hours else ""),
            (_("Languages"), run.languages_note or wording.listing([language(code) for code in run.languages])),
            (_("Beside a job"), yes if run.beside_job else ""),
            (_("Also inside a company"), yes if run.in_house else ""),
            (_("With practical part"), yes if run.practical_part else ""),
            (_("Digitally accessible"), run.digitally_accessible_note or (yes if run.digitally_accessible else "")),
            (_("Methods"), wording.listing(run.methods)),
            (_("Materials"), wording.listing(run.media)),
            (_("About the dates"), run.date_note),
            (_("About the times"), run.schedule_note if self.schedule else ""),
        ]
        return [(label, value) for label, value in said if value]

    def facts(self) -> list[Fact]:
        """The column beside the page: what decides."""
        found = [
            Fact("calendar-event", _("Start"), self.begin_lines),
            Fact("clock", _("Time"), [self.times]),
            Fact("geo-alt", _("Place"), self.place_lines),
            Fact("currency-euro", _("Costs"), self.price_lines),
        ]
        return [fact for fact in found if any(fact.lines)]


def _any(bits: list[int]) -> int:
    combined = 0
    for bit in bits:
        combined |= bit
    return combined


def _places(run: CourseRun) -> str:
    if run.places is None:
        return ""
    fewest = _("{most}, takes place from {fewest} participants")
    return fewest.format(most=run.places, fewest=run.places_min) if run.places_min else str(run.places)


def german_name(name: str) -> SafeString | str:
    return format_html('<bdi lang="de">{}</bdi>', name)


def language(code: str) -> str:
    """ISO 639-2 in words, for the languages that courses here are held in."""
    known = code.lower()
    return str(LANGUAGES.get(OTHER_CODES.get(known, known), code))


def rich(value: str) -> SafeString:
    """A text of a provider as HTML: clean whatever it was, with paragraphs where it was plain."""
    if "<" in value and ">" in value:
        return mark_safe(text.clean(value))  # noqa: S308 - cleaned in this line
    return mark_safe(linebreaks(value, autoescape=True))  # noqa: S308 - escaped in this line
