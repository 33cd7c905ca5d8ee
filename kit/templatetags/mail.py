"""Links for mails: whole addresses, always of this portal, never of the request that caused the mail."""

from django import template
from django.conf import settings
from django.urls import reverse

from kit import tokens

register = template.Library()


@register.simple_tag
def absolute_url(name, *args, **kwargs) -> str:
    """`{% absolute_url "courses:detail" course.slug %}`"""
    return settings.SITE_BASE_URL + reverse(name, args=args, kwargs=kwargs)


@register.simple_tag
def token_url(name, purpose, obj) -> str:
    """`{% token_url "courses:answer" "answer_place_request" request %}`: the link that opens this object."""
    return settings.SITE_BASE_URL + reverse(name, kwargs={"token": tokens.make_for(purpose, obj)})
