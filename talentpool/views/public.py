"""What everybody may read: what a pool is, who answers for it, and how to take part."""

from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kit import access
from providers.models import Membership, Organization
from talentpool.actions import membership
from talentpool.forms.company import ApplyForm
from talentpool.models import Criterion, Member, Operator, Pool

OPERATORS = Prefetch("operators", Operator.objects.select_related("organization").order_by("pk"))


@access.public
@require_safe
def pools(request: HttpRequest) -> HttpResponse:
    companies = Count("members", filter=Q(members__in=Member.objects.active(), members__kind=Member.Kind.COMPANY))
    found = Pool.objects.annotate(companies=companies).prefetch_related(OPERATORS)
    return render(request, "talentpool/pools.html", {"pools": found, "criteria": Criterion.choices})


@access.public
@require_safe
def pool(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Pool.objects.prefetch_related(OPERATORS), slug=slug)
    members = found.members.active().select_related("organization")
    context = {
        "pool": found,
        "operators": found.operators.all(),
        "companies": [member for member in members if member.kind == Member.Kind.COMPANY],
        "schools": [member for member in members if member.kind == Member.Kind.SCHOOL],
        "criteria": Criterion.choices,
    }
    return render(request, "talentpool/pool.html", context)


@access.login
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation asks to take part; only somebody who manages it can."""
    found = get_object_or_404(Pool, slug=slug)
    organizations = managed_by(request.user, found)
    form = ApplyForm(request.POST or None, pool=found, organizations=organizations)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member = membership.apply(**data, by=request.user)
        except membership.AlreadyMember:
            return redirect("talentpool:mine")
        return redirect("talentpool:member", member.pk)
    context = {"form": form, "pool": found, "may_apply": organizations.exists()}
    return render(request, "talentpool/apply.html", context)


def managed_by(user, found: Pool):
    """Companies and schools that this person manages and that neither take part yet nor wait."""
    managed = Membership.objects.filter(user=user, role=Membership.Role.ADMIN).values("organization")
    inside = found.members.filter(ended_at=None).values("organization")
    kinds = [kind.value for kind in Member.Kind]
    return (
        Organization.objects.of_any_kind(kinds).nameable().filter(pk__in=managed).exclude(pk__in=inside).order_by("pk")
    )
