"""Many rows at once: INSERT … SELECT, UPDATE … FROM values that are handed over in one statement, and batches.

Rows that the database makes out of other rows are three times cheaper than `bulk_create`; see benchmarks/sweep.py.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Expression, F, Field, Model, QuerySet, Value

Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items in lists of `size`, the last one shorter; no more of them than that are held at once."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


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


def update(rows: Collection[Model], names: Iterable[str]) -> None:
    """Write these fields of stored rows of one kind, as `bulk_update` does. Each value has to be of its field's type.

    Django makes a CASE of all rows for each field, which takes many times the memory of long texts.
    """
    if not rows:
        return
    kind = type(next(iter(rows)))
    fields = [kind._meta.get_field(name) for name in names]
    values = [{field.column: getattr(row, field.attname) for field in (kind._meta.pk, *fields)} for row in rows]
    quote = connection.ops.quote_name
    table, key = quote(kind._meta.db_table), quote(kind._meta.pk.column)
    columns = ", ".join(f"{quote(field.column)} = given.{quote(field.column)}" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {columns} FROM json_populate_recordset(NULL::{table}, %s) AS given"  # noqa: S608
            f" WHERE {table}.{key} = given.{key}",
            [json.dumps(values, default=str, ensure_ascii=False)],
        )
