"""Needs without a name at the counsellor's desk: note, make better, hand to the providers of the topic."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from counseling.actions import wishes
from counseling.forms.desk import WishForm
from counseling.models import Counsellor, Wish
from counseling.views.desk import desk, page
from kit.pagination import paginate

GET_POST = ["GET", "HEAD", "POST"]


@desk
@require_safe
def wish_list(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    """One's own, and what colleagues have handed on: the same need is not sent twice."""
    rows = Wish.objects.filter(Q(counsellor=counsellor) | Q(handed_at__isnull=False))
    return page(
        request, counsellor, "desk_wishes", "wishes",
        page=paginate(request, rows.select_related("topic", "place", "counsellor")),
    )  # fmt: skip


@desk
@require_http_methods(GET_POST)
def wish(request: HttpRequest, counsellor: Counsellor, pk: int | None = None) -> HttpResponse:
    found = get_object_or_404(counsellor.wishes.filter(handed_at=None), pk=pk) if pk else None
    form = WishForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = wishes.note_wish(counsellor=counsellor, by=request.user, wish=found, **form.cleaned_data)
        except wishes.Identifying as error:
            form.add_error("text", _("“{part}” says who it is about. Please write it without").format(part=error))
        else:
            messages.success(request, _("The need is saved. Nobody has got it yet."))
            return redirect("counseling_desk:wish", saved.pk)
    providers = len(wishes.providers_of(found)) if found else 0
    return page(request, counsellor, "desk_wish", "wishes", form=form, wish=found, providers=providers)


@desk
@require_POST
def hand_over(request: HttpRequest, counsellor: Counsellor, pk: int) -> HttpResponse:
    found = get_object_or_404(counsellor.wishes, pk=pk)
    try:
        count = wishes.hand_over(wish=found, by=request.user)
    except wishes.Identifying as error:
        messages.error(request, _("“{part}” says who it is about. Please write it without").format(part=error))
        return redirect("counseling_desk:wish", pk)
    words = ngettext("{count} provider gets the need.", "{count} providers get the need.", count)
    messages.success(request, words.format(count=count))
    return redirect("counseling_desk:wishes")
