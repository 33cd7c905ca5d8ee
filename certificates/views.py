"""The public check: number from the paper, then name and day of birth. Works when the person is erased."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from certificates.forms import NumberForm, PersonForm
from certificates.models import Certificate
from kit import access, limits
from kit.forms import posted

CHECKS_PER_HOUR = 30  # of one certificate: names and days of birth are not to be tried out
HOUR = 3600


@access.public
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    form = NumberForm(request.GET if "nummer" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect(form.certificate)
    return render(request, "certificates/find.html", {"form": form})


@access.form
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Says what the paper must say, and whether it belongs to that person. Nothing typed is kept."""
    certificate = Certificate.objects.numbered(number)
    if certificate is None:
        raise Http404
    form, is_genuine = PersonForm(posted(request)), None
    if request.method == "POST" and form.is_valid():
        if limits.exceeded(request, "check certificate", most=CHECKS_PER_HOUR, seconds=HOUR, key=certificate.number):
            return limits.too_many(request, seconds=HOUR)
        is_genuine = certificate.belongs_to(**form.cleaned_data) and certificate.revoked_at is None
    context = {"certificate": certificate, "form": form, "is_genuine": is_genuine}
    return render(request, "certificates/check.html", context, status=400 if form.errors else 200)
