"""What the courses of one provider share: venues, contacts, keywords and numbers of code lists, each row made once."""

from collections import defaultdict
from collections.abc import Iterable

from courses.importing import assigning
from courses.importing.assigning import contact_key, location_key
from courses.models import Keyword
from providers.models import Contact, Location, Organization
from taxonomy import codes
from taxonomy.geo import Position, position_of
from taxonomy.models import Code, CodeList


class Belongings:
    """Rows by their keys. Ask `keep_…` for a batch first; `location_of` and `contact_of` answer from memory then."""

    def __init__(self, provider: Organization):
        self.provider = provider
        self.locations = {row.key: row for row in provider.locations.all()}
        self.contacts = {row.key: row for row in provider.contacts.all()}
        self.keywords: dict[tuple[str, str], int] = {}
        self.codes: dict[str, dict[int, str]] = defaultdict(dict)
        self.positions: dict[tuple[str, str], Position | None] = {}

    # ── Addresses

    def location_of(self, delivered: dict | None) -> Location | None:
        return self.locations[location_key(delivered)] if delivered else None

    def keep_locations(self, delivered: Iterable[dict]) -> None:
        wanted: dict[str, dict] = {}
        for address in delivered:
            key = location_key(address)
            wanted[key] = wanted.get(key, {}) | address
        new = [self.new_location(address) for key, address in wanted.items() if key not in self.locations]
        Location.objects.bulk_create(new)
        for key, address in wanted.items():
            self.learn(self.locations.get(key), address, assigning.LOCATION_FACTS)
        self.locations |= {row.key: row for row in new}

    def new_location(self, delivered: dict) -> Location:
        fields = {name: delivered.get(name, "") for name in assigning.LOCATION_KEY}
        fields |= {name: delivered[name] for name in assigning.LOCATION_FACTS if name in delivered}
        row = Location(organization=self.provider, key=location_key(delivered), **fields)
        position = self.position(row) if row.country == "DE" else None
        if position:
            row.place, row.latitude, row.longitude = position
        return row

    def position(self, row: Location) -> Position | None:
        where = (row.postcode, row.city)
        if where not in self.positions:
            self.positions[where] = position_of(*where) if any(where) else None
        return self.positions[where]

    def keep_main_address(self, delivered: dict | None) -> None:
        """The address of the provider itself, where nobody has named one."""
        if not delivered or any(row.is_main for row in self.locations.values()):
            return
        row = self.locations.get(location_key(delivered)) or self.new_location(delivered)
        row.is_main = True
        row.save()
        self.locations[row.key] = row

    # ── Contacts

    def contact_of(self, course: dict) -> Contact | None:
        delivered = next(iter(course.get("contacts", [])), None)
        return self.contacts[contact_key(delivered)] if delivered else None

    def keep_contacts(self, delivered: Iterable[dict]) -> None:
        wanted = {contact_key(contact): contact for contact in delivered}
        new = [
            Contact(organization=self.provider, key=key, **contact)
            for key, contact in wanted.items()
            if key not in self.contacts
        ]
        Contact.objects.bulk_create(new)
        for key, contact in wanted.items():
            self.learn(self.contacts.get(key), contact, assigning.CONTACT_FACTS)
        self.contacts |= {row.key: row for row in new}

    def learn(self, row: Location | Contact | None, delivered: dict, names: tuple[str, ...]) -> None:
        """A known address of which the delivery says something else now, for example that it is step-free."""
        news = assigning.facts(row, delivered, names) if row else {}
        for name, (_before, after) in news.items():
            setattr(row, name, after)
        if news:
            row.save(update_fields=list(news))

    # ── Keywords and codes

    def keep_keywords(self, delivered: Iterable[list[str]]) -> None:
        pairs = {(kind, word) for kind, word in delivered} - self.keywords.keys()
        if not pairs:
            return
        rows = [Keyword(kind=kind, word=word) for kind, word in sorted(pairs)]
        Keyword.objects.bulk_create(rows, ignore_conflicts=True)
        stored = Keyword.objects.filter(word__in={word for _kind, word in pairs})
        self.keywords |= {(row.kind, row.word): row.pk for row in stored}

    def note_codes(self, named: Iterable[list]) -> None:
        for name, number, label in named:
            self.codes[name].setdefault(number, label)

    def keep_codes(self) -> None:
        """Numbers that no official list has are kept, with the label that the delivery gives them."""
        for name, labels in self.codes.items():
            if name.startswith("funding_"):
                codes.ensure_funding(name.removeprefix("funding_"), labels)
            elif name in CodeList.values:
                for number in codes.ensure(name, labels):
                    if labels[number]:
                        unknown = Code.objects.filter(list=name, number=number, is_known=False)
                        unknown.update(label=labels[number][:255])
