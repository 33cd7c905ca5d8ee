"""Pages of a list: never too deep, never a dead end."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

PARAMETER = "seite"
DEEPEST = 200  # further down nobody reads, and every page costs the database as much as all before it


class ShallowPaginator(Paginator):
    """Shows the first 200 pages; `count` still tells how many items there are."""

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, DEEPEST)

    @property
    def is_cut(self) -> bool:
        return self.count > self.num_pages * self.per_page


def paginate(request: HttpRequest, items, per_page: int = 20) -> Page:
    """The page that `?seite=` asks for: rubbish means the first, beyond the end means the last.

    A link somebody kept still shows the list after it has become shorter; a 404 would say that the list is gone.
    The page also knows `numbers` (with "…" where some are left out) and `query`, the address without `seite`.
    """
    paginator = ShallowPaginator(items, per_page)
    page = paginator.page(_number(request.GET.get(PARAMETER, "1"), paginator.num_pages))
    page.numbers = list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    page.query = query.urlencode()
    return page


def _number(asked: str, last: int) -> int:
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return 1
    return min(max(int(asked), 1), last)
