"""All of Germany, for the tests that need it."""

import pytest
from django.db import connection

from taxonomy import loading
from taxonomy.models import District


@pytest.fixture(scope="module")
def germany(django_db_setup, django_db_blocker):
    """Loaded once per module and removed behind it; three districts are the region. Tests only read it."""
    with django_db_blocker.unblock():
        loading.load_vocabulary()
        District.objects.filter(code__in=["16062", "16064", "15087"]).update(in_region=True)
        yield
        tables = ", ".join(model._meta.db_table for model in loading.MODELS)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables} CASCADE")
