"""Parts of a page that are the same for everybody, rendered once and kept in the memory of the process."""

import re

from django import template
from django.template import Context
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe

from kit.templatetags.kit import SPRITE

register = template.Library()
MOST = 5_000  # of one or two kilobytes: shells and cards
EMPTY_LINES = re.compile(r"\n\s*\n")  # of tags that had nothing to say
_parts: dict[tuple, tuple[SafeString, dict]] = {}


class KeepNode(template.Node):
    child_nodelists = ()  # no block is in there, and whoever looks for blocks need not look

    def __init__(self, nodelist: template.NodeList, key: list):
        self.nodelist, self.key = nodelist, key

    def render(self, context: Context) -> SafeString:
        values = [_hashable(each.resolve(context, ignore_failures=True)) for each in self.key]
        if not all(values[:1]):
            return self.nodelist.render(context)
        key = (self, *values)
        if key not in _parts:
            if len(_parts) >= MOST:
                _parts.clear()
            _parts[key] = self._made(context)
        part, icons = _parts.get(key) or self._made(context)
        drawn = context.get(SPRITE)
        if drawn is not None:
            drawn.update(icons)
        return part if drawn is not None or not icons else self.nodelist.render(context)

    def _made(self, context: Context) -> tuple[SafeString, dict]:
        """The part without empty lines, and the icons that the sprite of its page has to draw."""
        icons: dict[str, SafeString] = {}
        with context.push(**{SPRITE: icons}):
            return mark_safe(EMPTY_LINES.sub("\n", self.nodelist.render(context)).strip("\n")), icons  # noqa: S308 - lines alone


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """`{% keep shell_state … %}…{% endkeep %}`: the block depends on these values and on nothing else.

    Where the first of them is empty nothing is kept: that is how the shell says that a person is to be seen. A value
    that is not there is None. There is no block inside."""
    key = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(nodelist, key)


def _hashable(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def forget() -> None:
    _parts.clear()
