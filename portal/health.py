"""Does the portal live (`/healthz`), and can it work (`/healthz/ready`)?"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kit import access


@access.public
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else, so that a database that is away does not get web servers killed."""
    return HttpResponse("ok\n", content_type="text/plain")
