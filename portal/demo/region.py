"""What the demo region is called, and whom its four districts name. Authorities are real kinds of offices, their
contact data is invented."""

from dataclasses import dataclass

from portal.demo import people

REGION = {
    "name": "Lernregion Harz-Kyffhäuser",
    "subtitle": "Nordhausen · Unstrut-Hainich · Kyffhäuserkreis · Harz",
    "slogan": "Kurse, Abschlüsse und Weiterbildung zwischen Brocken und Hainich",
    "office": "Bildungsbüro Harz-Kyffhäuser (erfunden)",
    "address": "Am Lernmarkt 4\n99734 Nordhausen",
    "phone": people.OFFICE_PHONE,
    "email": "bildungsbuero@lernregion-harz-kyffhaeuser.example",
    "opening_hours": "Mo–Do 9–16 Uhr, Fr 9–12 Uhr",
    "is_invented": True,
}


@dataclass(frozen=True)
class DemoDistrict:
    code: str
    contact: str
    enforcement_body: str
    data_protection_authority: str


THUERINGEN = (
    "Durchsetzungsstelle für digitale Barrierefreiheit des Freistaats Thüringen\n"
    "Bitte ergänzen Sie hier Anschrift und Kontakt der Stelle.",
    "Landesbeauftragter für den Datenschutz und die Informationsfreiheit des Freistaats Thüringen\n"
    "Bitte ergänzen Sie hier Anschrift und Kontakt der Behörde.",
)
SACHSEN_ANHALT = (
    "Ombudsstelle für digitale Barrierefreiheit des Landes Sachsen-Anhalt\n"
    "Bitte ergänzen Sie hier Anschrift und Kontakt der Stelle.",
    "Landesbeauftragte für den Datenschutz Sachsen-Anhalt\nBitte ergänzen Sie hier Anschrift und Kontakt der Behörde.",
)


def _office(place: str, person: str, number: str, local: str) -> str:
    mail = f"{local}@lernregion-harz-kyffhaeuser.example"
    return f"Bildungsberatung {place}\n{person} (erfunden)\nTelefon 030 23125 {number}\n{mail}"


DISTRICTS = (
    DemoDistrict("16062", _office("Nordhausen", "Ines Birkenthal", "101", "nordhausen"), *THUERINGEN),
    DemoDistrict("16064", _office("Unstrut-Hainich", "Samir Feldkirchen", "102", "unstrut-hainich"), *THUERINGEN),
    DemoDistrict("16065", _office("Kyffhäuserkreis", "Heike Lindenborn", "103", "kyffhaeuser"), *THUERINGEN),
    DemoDistrict("15085", _office("Harz", "Viktor Sommerfeldt", "104", "harz"), *SACHSEN_ANHALT),
)
HARZ = "15085"  # the one district of the four that lies in Sachsen-Anhalt
