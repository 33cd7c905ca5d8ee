"""Courses in the words of schema.org (Course, CourseInstance, Offer), for search engines and other portals.

What is required follows Google's documentation of course info: name, description, provider, offers, hasCourseInstance
with courseMode and courseSchedule. Only what the page shows as well is said.
"""

from django.conf import settings

from courses.models import Course, CourseRun, Session
from kit import text
from providers.models import Location
from providers.structured_data import organization_data, place_data

LONGEST_TEXT = 5_000
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MODES = {
    CourseRun.Mode.ON_SITE: "Onsite",
    CourseRun.Mode.ONLINE: "Online",
    CourseRun.Mode.BLENDED: "Blended",
    CourseRun.Mode.DISTANCE: "Online",
}


def course_data(course: Course, runs: list[tuple[CourseRun, list[Session], Location | None]]) -> dict:
    """A Course with its visible runs, each with its single dates and its venue."""
    address = settings.SITE_BASE_URL + course.get_absolute_url()
    words = text.truncate(text.plain(course.description), LONGEST_TEXT)
    instances = [instance_data(address, *run) for run in runs]
    said = {
        "description": words or course.title,
        "courseCode": course.number,
        "educationalLevel": course.get_level_display() if course.level else "",
        "educationalCredentialAwarded": course.degree_title,
        "coursePrerequisites": text.plain(course.requirements),
        "about": course.topic.name if course.topic else "",
        "hasCourseInstance": instances,
        "offers": unique(instance["offers"] for instance in instances),
    }
    return {
        "@context": "https://schema.org",
        "@type": "Course",
        "@id": address,
        "url": address,
        "name": course.title,
        "inLanguage": "de",
        "dateModified": course.updated_at.date().isoformat(),
        "provider": organization_data(course.provider),
        **{key: value for key, value in said.items() if value},
    }


def instance_data(address: str, run: CourseRun, sessions: list[Session], venue: Location | None) -> dict:
    data = {
        "@type": "CourseInstance",
        "url": f"{address}#termin-{run.pk}",
        "courseMode": MODES.get(run.mode, "Onsite"),
        "offers": offer_data(address, run),
    }
    if run.title:
        data["name"] = run.title
    if run.starts_on:
        data["startDate"] = run.starts_on.isoformat()
        data["endDate"] = (run.ends_on or run.starts_on).isoformat()
    if sessions:
        data["courseSchedule"] = schedule_data(sessions)
    if venue and run.mode not in (CourseRun.Mode.ONLINE, CourseRun.Mode.DISTANCE):
        data["location"] = place_data(venue)
    return data


def schedule_data(sessions: list[Session]) -> dict:
    """How often, and at which hours where they are always the same."""
    first, last = sessions[0], sessions[-1]
    data = {
        "@type": "Schedule",
        "repeatCount": len(sessions),
        "repeatFrequency": "Daily" if (last.day - first.day).days < len(sessions) else "Weekly",
        "startDate": first.day.isoformat(),
        "endDate": last.day.isoformat(),
        "byDay": [f"https://schema.org/{DAYS[day]}" for day in sorted({each.day.weekday() for each in sessions})],
        "scheduleTimezone": "Europe/Berlin",
    }
    hours = {(each.starts, each.ends) for each in sessions}
    if len(hours) == 1 and first.starts:
        data["startTime"] = first.starts.isoformat("minutes")
        if first.ends:
            data["endTime"] = first.ends.isoformat("minutes")
    return data


def offer_data(address: str, run: CourseRun) -> dict:
    """What it costs today; an unknown price is left out and never 0."""
    data = {"@type": "Offer", "url": address, "category": "Paid"}
    if run.price_kind == CourseRun.PriceKind.FREE:
        data |= {"category": "Free", "price": "0", "priceCurrency": "EUR"}
    elif run.price_today is not None:
        data |= {"price": f"{run.price_today:.2f}", "priceCurrency": "EUR"}
    if run.places_free is not None:
        data["availability"] = f"https://schema.org/{'InStock' if run.places_free else 'SoldOut'}"
    if run.registration_until:
        data["availabilityEnds"] = run.registration_until.isoformat()
    return data


def unique(offers) -> list[dict]:
    found: list[dict] = []
    for offer in offers:
        if offer not in found:
            found.append(offer)
    return found
