"""A deed that may come too late, and what is said about it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from internships.actions import offering, partnering, teaching

TOO_LATE = _("That is not possible any more. Please see how it stands now.")


def try_to(request: HttpRequest, done: str, deed: Callable, **arguments) -> None:
    """The deed, and a sentence about what came of it."""
    try:
        deed(by=request.user, **arguments)
    except (teaching.NotPossible, partnering.NotPossible, offering.WrongState):
        messages.error(request, TOO_LATE)
    except offering.NotReady:
        messages.error(request, _("Something is still missing. Please see the list."))
    else:
        messages.success(request, done)
