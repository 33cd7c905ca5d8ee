"""Says of every table which columns are personal, shows a person all of them, and erases them.

Our own models carry a `class Privacy`:

- `personal`: names of the fields with personal data, empty where there are none
- `keep`: how long after its last use a row stays; None means as long as its object
- `erase`: what happens to the person's rows: "delete" the row, "blank" its personal fields, or "keep" it
- `person` (where no field of `personal` is a foreign key to the user): lookup that leads to the user
- `hidden`: personal fields that no export shows, such as secrets

Which rows are a person's: those whose foreign key (or `person`) leads to the user; in models without any such link
those whose personal e-mail fields hold the person's address; in models without either those that the person signed,
that is whose personal text fields hold the name, the address or the number. "blank" turns a signature into role and
number, because who decided must stay traceable (and the database wants "decided by" and "decided at" together).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from django.apps import apps
from django.db import models, transaction
from django.db.models.fields.files import FieldFile

from accounts import audit, journal
from accounts.actions import end_sessions
from accounts.actors import Actor
from accounts.models import User


@dataclass(frozen=True)
class Rules:
    """What `class Privacy` says, in one form for our models and for those of others."""

    personal: frozenset[str] = frozenset()
    keep: timedelta | None = None
    erase: Literal["delete", "blank", "keep"] = "keep"
    person: str = ""
    hidden: frozenset[str] = frozenset()


NOTHING = Rules()
FOREIGN = {
    "account.emailaddress": Rules(frozenset({"user", "email", "verified", "primary"}), erase="delete"),
    "account.emailconfirmation": Rules(
        frozenset({"email_address", "key"}),
        keep=timedelta(days=3),
        erase="delete",
        person="email_address__user",
        hidden=frozenset({"key"}),
    ),
    "mfa.authenticator": Rules(
        frozenset({"user", "data", "created_at", "last_used_at"}), erase="delete", hidden=frozenset({"data"})
    ),
    "admin.logentry": Rules(
        frozenset({"user", "object_repr", "change_message"}), keep=timedelta(days=3 * 365), erase="delete"
    ),
    # A session names its person only inside its sealed data: `actions.end_sessions` finds and deletes it.
    "sessions.session": Rules(frozenset({"session_data"}), keep=timedelta(hours=8), erase="delete"),
    "contenttypes.contenttype": NOTHING,
    "auth.permission": NOTHING,  # Django's tables of permissions stay empty: roles are code
    "auth.group": NOTHING,
}
"""Models of others. Histories (simple_history) are judged by the model whose past they keep, see `rules_for`."""


class UnclassifiedError(LookupError):
    """A model says nothing about personal data."""


def rules_for(model: type[models.Model]) -> Rules:
    """What is personal in this model; UnclassifiedError where nobody said so."""
    if tracked := getattr(model, "instance_type", None):
        return history_rules(model, tracked)
    if foreign := FOREIGN.get(model._meta.label_lower):
        return foreign
    declared = vars(model).get("Privacy")
    if declared is None:
        raise UnclassifiedError(model._meta.label)
    return Rules(
        frozenset(declared.personal),
        declared.keep,
        declared.erase,
        getattr(declared, "person", ""),
        frozenset(getattr(declared, "hidden", ())),
    )


def history_rules(model: type[models.Model], tracked: type[models.Model]) -> Rules:
    """A history repeats the fields of its model and adds who changed them; only that name is blanked."""
    names = {field.name for field in model._meta.get_fields()}
    return Rules(frozenset((rules_for(tracked).personal & names) | {"history_user"}), erase="blank")


def faults(models_: list[type[models.Model]]) -> Iterator[str]:
    """What is wrong with the classification of these models, in words; nothing where all is well."""
    for model in models_:
        try:
            rules = rules_for(model)
        except UnclassifiedError:
            yield f"{model._meta.label} says nothing about personal data"
            continue
        names = {field.name for field in model._meta.get_fields()}
        for name in sorted((rules.personal | rules.hidden) - names):
            yield f"{model._meta.label} has no field {name}"
        for name in sorted(links_to_person(model) - rules.personal):
            yield f"{model._meta.label}.{name} points at a person and is not named as personal"
        if rules.erase == "blank":
            yield from unblankable(model, rules)


def unblankable(model: type[models.Model], rules: Rules) -> Iterator[str]:
    for field in (model._meta.get_field(name) for name in erasable(model, rules)):
        if not field.null and not field.has_default() and not field.empty_strings_allowed:
            yield f"{model._meta.label}.{field.name} cannot be blanked"


def links_to_person(model: type[models.Model]) -> set[str]:
    """Names of the foreign keys that lead to the user."""
    return {field.name for field in model._meta.fields if field.is_relation and field.related_model is User}


def rows_of(model: type[models.Model], rules: Rules, user: User) -> models.QuerySet:
    """The person's rows in this model, see the head of this module."""
    if model is User:
        return User.objects.filter(pk=user.pk)
    found = models.Q(pk__in=[])
    for path, value in ways_to(model, rules, user):
        found |= models.Q(**{path: value})
    return model._base_manager.filter(found).order_by("pk")


def ways_to(model: type[models.Model], rules: Rules, user: User) -> list[tuple[str, Any]]:
    """Lookups that lead from this model to the person."""
    if links := {rules.person} - {""} or links_to_person(model):
        return [(path, user) for path in links]
    if addresses := {name for name in rules.personal if isinstance(model._meta.get_field(name), models.EmailField)}:
        return [(f"{name}__iexact", user.email) for name in addresses]
    return [(f"{name}__in", signatures(user)) for name in signed_fields(model, rules)]


def signatures(user: User) -> list[str]:
    return [text for text in (user.full_name, user.email, user.audit_label) if text]


def signed_fields(model: type[models.Model], rules: Rules) -> set[str]:
    return {name for name in rules.personal if isinstance(model._meta.get_field(name), models.CharField)}


def personal_models() -> list[tuple[type[models.Model], Rules]]:
    ours = [(model, rules_for(model)) for model in apps.get_models() if model._meta.managed]
    return [(model, rules) for model, rules in ours if rules.personal]


def export_person(user: User) -> dict[str, list[dict[str, Any]]]:
    """Everything stored about the person, per model: the answer to a request under Art. 15 and 20 GDPR."""
    found = {}
    for model, rules in personal_models():
        shown = [field for field in model._meta.concrete_fields if field.name not in rules.hidden]
        rows = [{field.name: plain(field, row) for field in shown} for row in rows_of(model, rules, user)]
        if rows:
            found[model._meta.label] = rows
    return found


def plain(field: models.Field, row: models.Model) -> Any:
    value = field.value_from_object(row)
    return value.name if isinstance(value, FieldFile) else value


@transaction.atomic
def erase_person(*, user: User, by: Actor, reason: str = "request") -> dict[str, int]:
    """Erases the person everywhere and ends the logins; returns how many rows of which model were touched.

    The audit log keeps that account number so-and-so was erased, by whom and when, without a name; the journal keeps
    that it must not come back with a backup.
    """
    touched = {"sessions.Session": end_sessions(user=user)}
    for model, rules in personal_models():
        if model is not User and rules.erase != "keep":
            touched[model._meta.label] = erase_rows(model, rules, user)
    journal.record(user, reason=reason)
    audit.record("erased", user, by=by, rows={label: count for label, count in touched.items() if count})
    user.delete()
    return touched


def erase_rows(model: type[models.Model], rules: Rules, user: User) -> int:
    rows = rows_of(model, rules, user)
    if rules.erase == "blank":
        return blank_rows(model, rules, user)
    for field in (field for field in model._meta.concrete_fields if isinstance(field, models.FileField)):
        for row in rows.exclude(**{field.name: ""}):
            file = getattr(row, field.name)
            transaction.on_commit(lambda file=file: file.storage.delete(file.name))
    return rows.delete()[0]


def blank_rows(model: type[models.Model], rules: Rules, user: User) -> int:
    """Blanks what is personal, and of several links only those to this person: the others are other people."""
    links = links_to_person(model)
    ways = dict(ways_to(model, rules, user))
    if ways and all(path.endswith("__in") for path in ways):
        return sum(
            model._base_manager.filter(**{path: names}).update(**{path.removesuffix("__in"): user.audit_label})
            for path, names in ways.items()
        )
    names = erasable(model, rules)
    plain_fields = {name: blank(model._meta.get_field(name)) for name in names if name not in links}
    touched = rows_of(model, rules, user).update(**plain_fields) if plain_fields else 0
    for name in links.intersection(names):
        touched = max(touched, model._base_manager.filter(**{name: user}).update(**{name: None}))
    return touched


def erasable(model: type[models.Model], rules: Rules) -> list[str]:
    """A history is blanked of its writer only: what was written belongs to the object, not to the writer."""
    return ["history_user"] if getattr(model, "instance_type", None) else sorted(rules.personal)


def blank(field: models.Field) -> Any:
    if field.null:
        return None
    if field.has_default():
        return field.get_default()
    return ""
