"""A company registers: a form, a mail, a button; then its first offer."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from internships.actions import registering
from internships.forms.company import ConfirmForm, RegisterForm
from internships.forms.pupil import YES
from internships.models import REGISTRATION, Registration
from kit import access, limits
from kit.forms import posted

GET_POST = ["GET", "HEAD", "POST"]
PER_DAY = 20
DAY = 86_400


@access.form
@require_http_methods(GET_POST)
def register(request: HttpRequest) -> HttpResponse:
    form = RegisterForm(posted(request), similar=registering.similar)
    if request.method == "POST" and form.is_valid():
        if limits.exceeded(request, "register company", most=PER_DAY, seconds=DAY):
            return limits.too_many(request, seconds=DAY)
        registering.register(**form.registration)
        return redirect("internships:registered")
    return render(request, "internships/register.html", {"form": form})


@access.public
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    return render(request, "internships/registered.html")


@access.by_token(REGISTRATION, gone="internships/link_gone.html")
@require_http_methods(GET_POST)
def confirm(request: HttpRequest, registration: Registration) -> HttpResponse:
    """A new company goes on at once, another waits for a coordinator; "not me" erases everything."""
    if registration.confirmed_at:
        return render(request, "internships/register_done.html", {"registration": registration})
    if not registration.is_answerable:
        raise Http404
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["answer"] != YES:
            registration.delete()
            return redirect("internships:erased")
        registering.confirm(registration=registration)
        registration.refresh_from_db()
        return render(request, "internships/register_done.html", {"registration": registration})
    context = {"registration": registration, "form": form}
    return render(request, "internships/register_confirm.html", context, status=400 if form.errors else 200)
