"""INSERT … SELECT: rows that the database makes out of other rows, without the way through Python.

Three times cheaper than `bulk_create` where the values stand in tables anyway; see benchmarks/sweep.py.
"""

from typing import Any

from django.db import connection
from django.db.models import Expression, F, Field, Model, QuerySet, Value


def insert_from(model: type[Model], source: QuerySet, **fields: Any) -> int:
    """Make a row of `model` for each row of `source`; returns how many. What a constraint already has is left out.

    `fields` are expressions over the source, or values for all. What is not named gets its default, asked for once: a
    field that has to differ from row to row, such as a nonce, must be named.
    """
    given = {model._meta.get_field(name): value for name, value in fields.items()}
    wanted = [field for field in model._meta.concrete_fields if not field.primary_key or field in given]
    filled = {field: given.get(field, field.get_default()) for field in wanted}
    filled = {field: value for field, value in filled.items() if value is not None}
    rows = source.order_by().values_list(*(_expression(field, value) for field, value in filled.items()))
    select, parameters = rows.query.sql_with_params()
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in filled)
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {select} ON CONFLICT DO NOTHING"
        cursor.execute(statement, parameters)
        return cursor.rowcount


def _expression(field: Field, value: Any) -> Expression | F:
    if hasattr(value, "resolve_expression"):
        return value
    return Value(value, output_field=field.target_field if field.is_relation else field)
