"""What somebody is in talent pools: a person with a profile, somebody of a company or school, of a municipality."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from kit import access
from talentpool.models import Entry, Member, Operator


@access.login
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Straight on where there is only one way."""
    entries = Entry.objects.filter(user=request.user).select_related("pool")
    members = Member.objects.of(request.user).select_related("organization", "pool")
    operators = Operator.objects.run_by(request.user).select_related("organization", "pool")
    everything = [*entries, *members, *operators]
    if len(everything) == 1:
        return redirect(everything[0])
    context = {"entries": entries, "members": members, "operators": operators, "is_empty": not everything}
    return render(request, "talentpool/mine.html", context)
