"""Who of the colleagues knows about what, with training: for handing a client over."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from counseling.filters import CounsellorFilter
from counseling.models import Counsellor
from counseling.views.desk import desk, page
from kit.pagination import paginate


@desk
@require_safe
def team(request: HttpRequest, counsellor: Counsellor) -> HttpResponse:
    found = CounsellorFilter(request.GET, queryset=Counsellor.objects.active())
    rows = paginate(request, found.qs.for_cards().select_related("center", "school", "user", "standin"), 24)
    return page(request, counsellor, "desk_team", "team", filter=found, page=rows)
