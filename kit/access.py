"""Who may call a view: declared on the view, closed by default, checked at the start (`kit.checks`)."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render

from kit import db, tokens

View = Callable


def public(view: View) -> View:
    """Everybody, without a look at who asks: such pages can be cached."""
    return _declare(view, view, "public", open_to_all=True)


def published(view: View) -> View:
    """As `public`, and it shows published things alone, nothing of the visitor's own: it may be some seconds old, so
    that a replica of the database may answer (`kit.db`)."""

    def read(request, *args, **kwargs):
        return db.answer(request, lambda: view(request, *args, **kwargs))

    declared = _declare(read, view, "public", open_to_all=True)
    declared.is_published = True
    return declared


def form(view: View) -> View:
    """Everybody may fill it in. Such a page carries a token of its visitor, so no cache keeps it."""
    return _declare(view, view, "form", open_to_all=True)


def login(view: View) -> View:
    """Everybody who has logged in."""
    return _declare(view, view, "login", open_to_all=False)


def role(*roles: str) -> Callable[[View], View]:
    """Whoever has one of the roles (`user.has_role`); others get 403, strangers the login."""
    if not roles:
        raise ValueError("name at least one role")

    def decorate(view: View) -> View:
        def guarded(request, *args, **kwargs):
            if not any(request.user.has_role(name) for name in roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return _declare(guarded, view, f"role {' '.join(sorted(map(str, roles)))}", open_to_all=False)

    return decorate


def by_token(purpose: str, *, gone: str = "") -> Callable[[View], View]:
    """Whoever holds a link made for this purpose: `/t/<str:token>/…` becomes the object as second argument.

    What is wrong with a token (changed, made for something else, used up) is never said: always the same 404. `gone`
    names a template for it; a view that raises Http404 itself gets the same page.
    """

    def decorate(view: View) -> View:
        def opened(request, *args, token: str, **kwargs):
            obj = tokens.resolve(purpose, token)
            try:
                return view(request, _there(obj), *args, **kwargs)
            except Http404:
                if not gone:
                    raise
                return render(request, gone, status=404)

        return _declare(opened, view, f"token {purpose}", open_to_all=True)

    return decorate


def _there(obj):
    if obj is None:
        raise Http404
    return obj


def _declare(inner: View, view: View, access: str, *, open_to_all: bool) -> View:
    @wraps(view)
    def declared(request, *args, **kwargs):
        return inner(request, *args, **kwargs)

    declared.access = access
    declared.login_required = not open_to_all
    return declared


class LoginRequired(LoginRequiredMiddleware):
    """Django's middleware, asked the other way round: public views first, the user only afterwards.

    Django looks at `request.user` on every page, which makes every public page `Vary: Cookie` and thereby useless
    for a cache.
    """

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
