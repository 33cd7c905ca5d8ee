"""Fetches the deliveries of providers: what is due is claimed, downloaded side by side, received, read and settled.

Each step leaves its trace in the database, so that a process that dies is followed by another. Downloads know no
database, and the database waits for no download.
"""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import SYSTEM, Actor
from accounts.audit import record
from courses import emails
from courses.actions import NotPossible
from courses.importing import deliveries
from courses.importing.opening import open_delivery, scratch
from courses.importing.records import DeliveryRefused
from courses.models import Course, Feed, FeedRun, ImportPlan
from kit import clock, fetch, outbox
from providers.models import Organization

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 8  # downloads of one sweep; all of them together take no longer than the slowest may
LEASE = timedelta(minutes=15)  # how long a claimed feed is left alone; longer than any sweep
BACK_OFF = [timedelta(hours=hours) for hours in (1, 6, 24)]
MAIL_PAUSE = timedelta(days=7)
Outcome = FeedRun.Outcome
State = ImportPlan.State


# ── By hand


@transaction.atomic
def ask_now(*, feed: Feed, by: Actor) -> None:
    """Make a feed due. Starts nothing."""
    feed = Feed.objects.select_for_update(of=("self",)).select_related("provider").get(pk=feed.pk)
    if not feed.is_active or feed.provider.blocked_at:
        raise NotPossible(_("This delivery is switched off, or its provider is blocked."))
    feed.next_due_at = clock.now()
    feed.save(update_fields=["next_due_at"])
    record("feed.asked", feed, by=by)


def forget_state(feed: Feed) -> None:
    """After a change of its address a feed begins anew. Saves nothing."""
    feed.etag = feed.last_modified = feed.digest = feed.error = ""
    feed.failures, feed.next_due_at = 0, clock.now()


# ── Fetching


def fetch_due(
    *, only: int | None = None, network: fetch.Network = fetch.INTERNET, limits: fetch.Limits | None = None
) -> tuple[list[ImportPlan], bool]:
    """(plans that are to be read, whether more may be due). Fetches a handful side by side, or one feed only."""
    feeds = claim(only)
    plans = []
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=SIDE_BY_SIDE))
        files = {feed.pk: stack.enter_context(scratch()) for feed in feeds}
        under_way = {pool.submit(_download, feed, files[feed.pk], network, limits): feed for feed in feeds}
        for future in as_completed(under_way):
            feed = under_way[future]
            plan = _arrived(feed, future.result(), files[feed.pk])
            plans += [plan] if plan else []
            files[feed.pk].close()
    return plans, len(feeds) == SIDE_BY_SIDE


@transaction.atomic
def claim(only: int | None = None) -> list[Feed]:
    """Due feeds that nobody else is fetching; taken out of the line for as long as a fetch may last."""
    due = Feed.objects.due().select_related("provider").select_for_update(skip_locked=True, of=("self",))
    feeds = list((due if only is None else due.filter(pk=only))[:SIDE_BY_SIDE])
    for feed in feeds:
        feed.last_try_at, feed.next_due_at = clock.now(), clock.now() + LEASE
        feed.save(update_fields=["last_try_at", "next_due_at"])
    return feeds


def _download(feed: Feed, file: BinaryIO, network: fetch.Network, limits: fetch.Limits | None):
    """What came, or why not. Runs in a thread of its own and touches no table."""
    try:
        return fetch.fetch(
            feed.url, into=file, etag=feed.etag, last_modified=feed.last_modified, limits=limits, network=network
        )
    except fetch.FetchFailed as failure:
        return failure
    except Exception as error:  # one feed's surprise must not cost the others their turn
        log.exception("feed %s", feed.pk)
        return fetch.FetchFailed(
            "error", _("An error stopped the fetch (%(error)s).") % {"error": type(error).__name__}
        )


def _arrived(feed: Feed, came: fetch.Fetched | fetch.FetchFailed, file: BinaryIO) -> ImportPlan | None:
    if isinstance(came, fetch.FetchFailed):
        return _fail(feed, str(came))
    if came.is_unchanged or came.sha256 == feed.digest:
        return _unchanged(feed, came)
    try:
        open_delivery(file)
        return _receive(feed, came, file)
    except (DeliveryRefused, NotPossible) as refusal:
        return _fail(feed, str(refusal))


@transaction.atomic
def _unchanged(feed: Feed, came: fetch.Fetched) -> None:
    """A file that was read well, or that is being read: nothing to write but that the provider says so again today."""
    FeedRun.objects.create(feed=feed, outcome=Outcome.UNCHANGED)
    if not came.is_unchanged:
        feed.etag, feed.last_modified = came.etag, came.last_modified
    _succeed(feed, "etag", "last_modified")
    _confirm(feed)


def _confirm(feed: Feed) -> None:
    """The courses of the last whole catalogue are checked today, unless another delivery has come in between."""
    last = feed.runs.filter(outcome=Outcome.ACCEPTED).order_by("-at", "-pk").first()
    plans = last.delivery.plans.filter(state=State.APPLIED, is_full=True) if last else ImportPlan.objects.none()
    for plan in plans.order_by("pk"):
        newest = ImportPlan.objects.filter(source=plan.source_id, state=State.APPLIED).order_by("-finished_at").first()
        if newest == plan:
            courses = Course.objects.filter(source=plan.source_id, withdrawn_at=None)
            courses.update(checked_at=clock.now())


@transaction.atomic
def _receive(feed: Feed, came: fetch.Fetched, file: BinaryIO) -> ImportPlan:
    delivery = deliveries.receive(
        file=file, name=_file_name(feed.url), provider=feed.provider, by=SYSTEM, is_partial=feed.is_partial
    )
    FeedRun.objects.create(feed=feed, outcome=Outcome.RECEIVED, delivery=delivery)
    feed.etag, feed.last_modified, feed.digest = came.etag, came.last_modified, came.sha256
    feed.next_due_at = _next(feed)
    feed.save(update_fields=["etag", "last_modified", "digest", "next_due_at"])
    return deliveries.await_planning(delivery=delivery)


def _file_name(url: str) -> str:
    parts = urlsplit(url)
    return unquote(PurePosixPath(parts.path).name) or parts.netloc


def _next(feed: Feed):
    return clock.now() + timedelta(hours=feed.every)


def _succeed(feed: Feed, *changed: str) -> None:
    feed.last_ok_at, feed.failures, feed.error, feed.next_due_at = clock.now(), 0, "", _next(feed)
    feed.save(update_fields=["last_ok_at", "failures", "error", "next_due_at", *changed])


# ── After reading


def left_behind() -> list[int]:
    """Fetches whose file has been read while nobody came back to settle them."""
    read = FeedRun.objects.filter(outcome=Outcome.RECEIVED).exclude(delivery__plans__state=State.PLANNING)
    return list(read.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def settle(run_id: int) -> list[ImportPlan]:
    """Decide about a fetched delivery that has been read. Returns the plans that may be applied now.

    Nobody looks at these: what brakes, and what speaks of another provider than the feed's, waits for a person. New
    courses of a provider that is not trusted wait for approval one by one.
    """
    run = (
        FeedRun.objects.filter(pk=run_id, outcome=Outcome.RECEIVED)
        .select_for_update(of=("self",))
        .select_related("feed__provider", "delivery")
        .first()
    )
    plans = list(run.delivery.plans.order_by("pk")) if run else []
    if not plans or any(plan.state == State.PLANNING for plan in plans):
        return []
    _discard_overtaken(run, plans)
    feed = Feed.objects.select_for_update(of=("self",)).select_related("provider").get(pk=run.feed_id)
    reasons = [_reason(plan) for plan in plans if plan.state == State.FAILED or plan.is_blocked]
    if reasons:
        feed.etag = feed.last_modified = feed.digest = ""  # the same file again is no success
        _fail(feed, reasons[0], run)
        return []
    run.outcome = Outcome.ACCEPTED
    run.save(update_fields=["outcome"])
    _succeed(feed)
    return list(_approved(feed, plans))


def _approved(feed: Feed, plans: list[ImportPlan]) -> Iterator[ImportPlan]:
    for plan in plans:
        if plan.state == State.WAITING and not plan.brakes and plan.provider_id == feed.provider_id:
            deliveries.approve(plan=plan, by=SYSTEM, new_courses_wait=not feed.provider.is_trusted)
            yield plan


def _reason(plan: ImportPlan) -> str:
    return " ".join(brake["text"] for brake in plan.brakes if brake.get("hard")) or plan.error


def _discard_overtaken(run: FeedRun, plans: list[ImportPlan]) -> None:
    """A newer whole catalogue makes older ones of the same feed pointless; updates build on each other and stay."""
    older = ImportPlan.objects.filter(delivery__feed_run__feed=run.feed_id, delivery__lt=run.delivery_id)
    states = {State.FAILED}
    if all(plan.is_full and plan.state == State.WAITING for plan in plans):
        states |= {State.WAITING}
    for plan in older.filter(state__in=states).order_by("pk"):
        deliveries.discard(plan=plan, by=SYSTEM)


# ── Failing


@transaction.atomic
def _fail(feed: Feed, reason: str, run: FeedRun | None = None) -> None:
    """The last good version stays; tried again after a pause that grows. Somebody is told when it goes on."""
    run = run or FeedRun(feed=feed)
    run.outcome, run.reason = Outcome.FAILED, reason[:500]
    run.save()
    feed.failures += 1
    feed.error = reason[:500]
    feed.next_due_at = clock.now() + BACK_OFF[min(feed.failures, len(BACK_OFF)) - 1]
    if feed.is_failing:
        _tell_provider(feed)
    feed.save(update_fields=["failures", "error", "next_due_at", "mailed_at", "etag", "last_modified", "digest"])


def _tell_provider(feed: Feed) -> None:
    """One mail in seven days, however many files of the provider fail."""
    told = Feed.objects.filter(provider=feed.provider_id, mailed_at__gt=clock.now() - MAIL_PAUSE)
    address = _address(feed.provider)
    if not address or told.exists():
        return
    try:
        emails.feed_failing(feed, address)
    except outbox.BadRecipient:
        log.warning("feed %s: the provider has no usable mail address", feed.pk)
        return
    feed.mailed_at = clock.now()


def _address(provider: Organization) -> str:
    people = provider.contacts.exclude(email="").order_by("role", "pk")
    return provider.email or next(iter(people.values_list("email", flat=True)), "")


def forget_old_runs() -> int:
    """Fetches older than their period of keeping, except those that are not settled."""
    old = FeedRun.objects.filter(at__lt=clock.now() - FeedRun.Privacy.keep).exclude(outcome=Outcome.RECEIVED)
    return old.delete()[0]
