"""What a municipality that runs a pool meets: who waits, its members, whom people may ask, numbers."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kit import access
from talentpool import numbers
from talentpool.actions import membership, operating
from talentpool.forms.company import ApproveForm, EndForm, OperatorForm, RefuseForm
from talentpool.models import Operator


def of_operator(view: Callable) -> Callable:
    """The view of an operator that this person runs; for everybody else there is none, whatever the method."""

    @wraps(view)
    def opened(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        operators = Operator.objects.run_by(request.user).select_related("organization", "pool")
        return view(request, get_object_or_404(operators, pk=pk), *args, **kwargs)

    return opened


@access.login
@of_operator
@require_safe
def operator(request: HttpRequest, found: Operator) -> HttpResponse:
    members = found.members.select_related("organization")
    context = {
        "operator": found,
        "waiting": members.waiting().order_by("created_at", "pk"),
        "members": members.filter(approved_at__isnull=False, ended_at=None),
        "former": members.filter(ended_at__isnull=False).order_by("-ended_at", "pk")[:20],
        "counts": [*numbers.of_operator(found), *numbers.of_pool(found.pool)],
        "outcomes": numbers.outcomes_by_quarter(found.pool),
        "regions": [label for _region, label in numbers.REGIONS],
        "least": numbers.LEAST,
    }
    return render(request, "talentpool/operator.html", context)


@access.login
@of_operator
@require_http_methods(["GET", "HEAD", "POST"])
def operator_edit(request: HttpRequest, found: Operator) -> HttpResponse:
    form = OperatorForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        operating.change(operator=found, by=request.user, **form.changes())
        return redirect(found)
    return render(request, "talentpool/operator_edit.html", {"form": form, "operator": found})


@access.login
@of_operator
@require_http_methods(["GET", "HEAD", "POST"])
def operator_approve(request: HttpRequest, found: Operator, member_pk: int) -> HttpResponse:
    return decide(request, found, member_pk, ApproveForm, membership.approve)


@access.login
@of_operator
@require_http_methods(["GET", "HEAD", "POST"])
def operator_refuse(request: HttpRequest, found: Operator, member_pk: int) -> HttpResponse:
    return decide(request, found, member_pk, RefuseForm, membership.refuse)


@access.login
@of_operator
@require_http_methods(["GET", "HEAD", "POST"])
def operator_end(request: HttpRequest, found: Operator, member_pk: int) -> HttpResponse:
    return decide(request, found, member_pk, EndForm, membership.end_membership)


def decide(request: HttpRequest, found: Operator, member_pk: int, form_class: type, deed: Callable) -> HttpResponse:
    """One page per deed: what happens then, one question, one button. Members of other municipalities do not exist."""
    is_new = form_class is not EndForm
    members = found.members.select_related("organization", "pool").filter(ended_at=None, approved_at__isnull=is_new)
    member = get_object_or_404(members, pk=member_pk)
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with suppress(membership.WrongState):  # a colleague was quicker
            deed(member=member, by=request.user, **form.cleaned_data)
        return redirect(found)
    context = {"form": form, "operator": found, "member": member, "deed": deed.__name__}
    return render(request, "talentpool/operator_decide.html", context)
