"""Links that let somebody act without an account: bound to a purpose, an object and its current nonce.

A token is HMAC(key, purpose, id, nonce). The database holds the nonce alone, so a copy of it opens nothing, and a
new nonce (`renew`) makes every older link void. How long a link is good is for the view that is opened by it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from secrets import token_urlsafe

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.crypto import constant_time_compare, salted_hmac

LONGEST = 200


@dataclass(frozen=True)
class Purpose:
    """What a link is for: the model it opens ("app.Model") and the model's field with the nonce."""

    model: str
    nonce: str = "nonce"


PURPOSES: dict[str, Purpose] = {}


def purpose(name: str, *, model: str, nonce: str = "nonce") -> str:
    """Make a purpose known, once, beside the model: `ANSWER = tokens.purpose("answer", model="courses.Request")`."""
    known = PURPOSES.setdefault(name, Purpose(model, nonce))
    if known != Purpose(model, nonce):
        raise ValueError(f"two purposes are called {name}")
    return name


def new_nonce() -> str:
    """192 random bits: default of a nonce field, and its next value when all links are to become void."""
    return token_urlsafe(24)


def make(purpose: str, pk, nonce: str, *, key: str | None = None) -> str:
    """The token for an object. The same inputs give the same token; it is made anew at each sending."""
    digest = salted_hmac(f"kit.tokens.{purpose}", f"{pk}\0{nonce}", secret=key, algorithm="sha256").digest()
    return f"{_encode(str(pk).encode())}.{_encode(digest)}"


def verify(purpose: str, token: str, pk, nonce: str) -> bool:
    """In constant time; keys that were in use before (SECRET_KEY_FALLBACKS) still open."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(token, make(purpose, pk, nonce, key=key)) for key in keys)


def make_for(purpose: str, obj: Model) -> str:
    """The token that opens this object for this purpose."""
    return make(purpose, obj.pk, getattr(obj, PURPOSES[purpose].nonce))


def resolve(purpose: str, token: str) -> Model | None:
    """The object a token opens, or None. Equal work for a wrong id and a wrong signature."""
    known = PURPOSES[purpose]
    pk = _read_pk(token)
    obj = _find(known.model, pk)
    nonce = getattr(obj, known.nonce) if obj else new_nonce()
    return obj if verify(purpose, token, pk, nonce) and obj else None


def _read_pk(token: str) -> str | None:
    head = token[:LONGEST].partition(".")[0]
    try:
        pk = urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (BadBase64, ValueError):
        return None
    return pk if pk.isprintable() else None


def _find(model: str, pk: str | None) -> Model | None:
    try:
        return apps.get_model(model)._default_manager.filter(pk=pk).first() if pk else None
    except (ValueError, ValidationError):  # not an id of this model
        return None


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
