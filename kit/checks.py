"""The system check that makes a forgotten access declaration stop the start."""

from collections.abc import Iterator

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver


def every_view_declares_access(app_configs=None, urlconf: str | None = None, **kwargs) -> list[CheckMessage]:
    """One error per URL whose view neither carries a `kit.access` decorator nor stands in the table EXTERNAL.

    The URLconf names the table (`EXTERNAL`: namespace or route prefix → who may go there); a URLconf without
    one has no foreign views.
    """
    resolver = get_resolver(urlconf)
    external = getattr(resolver.urlconf_module, "EXTERNAL", {})
    return [
        Error(
            f"/{route} has no access declaration ({_name(pattern.callback)}).",
            hint="Put a decorator of kit.access on the view, or name a foreign URL in portal/access.py.",
            id="kit.E001",
        )
        for route, pattern in _walk(resolver.url_patterns, "", external)
        if not hasattr(pattern.callback, "access")
    ]


def _walk(patterns, prefix: str, external: dict[str, str]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if any(route.startswith(known) for known in external if "/" in known or "." in known):
            continue
        if isinstance(pattern, URLPattern):
            yield route, pattern
        elif isinstance(pattern, URLResolver) and pattern.namespace not in external:
            yield from _walk(pattern.url_patterns, route, external)


def _name(view) -> str:
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"
