"""A course as an indexed model: less than a page of Wagtail costs, which has a table more."""

from django.db import models
from wagtail.search import index


class Course(index.Indexed, models.Model):
    title = models.CharField(max_length=255)
    provider = models.CharField(max_length=255)
    body = models.TextField(blank=True)

    search_fields = [index.SearchField("title", boost=2), index.SearchField("provider"), index.SearchField("body")]

    class Meta:
        app_label = "wagtail_site"

    def __str__(self):
        return self.title
