"""Words about an appointment, for pages and mails."""

from django import template

from counseling import wording

register = template.Library()

register.filter("where", wording.where)
register.filter("way_in", wording.way_in)
