"""The sweeps of the pools. What is due stands in the tables; a lost message costs minutes."""

import logging

from celery import shared_task

from accounts import journal
from kit import uptime
from talentpool.actions import cycle, erasing, inviting, joining, membership, requesting

log = logging.getLogger(__name__)

SWEEPS = (
    inviting.run_out,
    inviting.erase_ended,
    inviting.send_waiting,
    joining.drop_unfinished,
    joining.note_birthdays,
    membership.clean_up_after_ended,
    requesting.expire_requests,
    requesting.forget_old,
    *cycle.SWEEPS,
    erasing.erase_due,
    erasing.sweep_files,
)
"""What has ended is noted before anything new begins; the cycle counts, and the purge comes last."""


@shared_task(ignore_result=True)
def sweep() -> dict[str, int]:
    """All sweeps, one after the other; any number of these may run at once. Returns what each has done.

    Nothing is done while the clock is wrong or the database was restored: nobody can know who is due. A sweep that
    fails is written to the log and does not hold up the others.
    """
    try:
        uptime.tick()
    except uptime.ClockAlarm as alarm:
        log.error("the clock is wrong, %s: nothing is due until `manage pool_clock_repair`", alarm)
        return {}
    if journal.is_behind():
        log.error("the database was restored: nothing is due until `manage replay_erasures`")
        return {}
    journal.write_down()
    return {each.__name__: _done(each) for each in SWEEPS}


def _done(each) -> int:
    try:
        count = each()
    except Exception:  # whatever it is, the others have their own work
        log.exception("%s failed", each.__name__)
        return 0
    return sum(count.values()) if isinstance(count, dict) else count
