"""Invented people and how to reach them.

Telephone numbers come from the ranges that the Bundesnetzagentur keeps free for films and the like, so that nobody is
called; addresses end in `.example`, a domain that never exists.
"""

import re
from random import Random

from kit import text

LANDLINES = ["030 23125 {}", "069 90009 {}", "040 66969 {}", "0221 4710 {}", "089 99998 {}"]
MOBILES = ["0152 28817386", "0152 28895456"]
OFFICE_PHONE = "030 23125 000"
FICTION = re.compile(
    r"(030 23125|069 90009|040 66969|0221 4710|089 99998) \d{3}|" + "|".join(MOBILES)
)  # what a phone number of the demo region must look like

WOMEN = """Anja Birgit Claudia Daniela Emine Franziska Gabriele Hanna Ines Jana Katrin Leyla Marie Natalia Olena Petra
Ramona Sabine Tuyet Ulrike Valentina Yasmin Zeynep Antje Beate Doreen Fatima Heike Karin Linh Mandy Nadine Rania Silke
Steffi Susann Theresa Wiebke Nour Agnieszka""".split()  # noqa: SIM905 - names read better as a paragraph
MEN = """Andreas Bernd Christian Dirk Enrico Frank Georg Hassan Ivan Jens Kevin Lars Mehmet Norbert Oleksandr Peter Ralf
Samir Thomas Uwe Viktor Wolfgang Ahmad Bastian Duc Erik Falk Henning Ibrahim Jörg Karsten Marek Nils Omar Ronny Stefan
Torsten Yusuf Mathias Amadou""".split()  # noqa: SIM905
SURNAMES = """Ackerwinkel Bachmeister Birkenthal Brandstetten Demirtepe Dornhagen Eichenrodt Falkenwarth Feldkirchen
Grünewaldt Haselhorster Heckenrose Herbstritter Holunder Kaltenbrunn Kirschgarten Kornblum Krähenbühler Lindenborn
Lorbeerbaum Mahmoudian Mittelsdorfer Morgenroth Mühlenbruck Nachtigaller Nebelthau Nguyen-Hartwig Oberwasser Öztaner
Petrowska Quellmann Rabenstein Rosenhauer Sandkuhl Schlehenried Schneeglock Silberbach Sommerfeldt Steinbrech
Tannenwald Tiefensee Uhlenhorster Vogelsangk Wacholder Weidenmüller Wiesengrundt Wintermann Yildizhan Zaunkoenig
Ziegelbrenner Al-Rashidi Bondarenkow Czerwinska Diallogne El-Amiri Kovalyk Osmanovski Popescura Tranberg
Wojcikow""".split()  # noqa: SIM905
FILLERS = {"e", "v", "gmbh", "ggmbh", "und", "fuer", "der", "die", "das", "am", "an", "im", "in", "zur", "des"}
SHORT = {"kreisvolkshochschule": "kvhs", "volkshochschule": "vhs", "mehrgenerationenhaus": "mgh", "bildungswerk": "bw"}
DOMAIN_LETTERS = 26
JOBS = {
    "f": ["Programmleiterin", "Kursberaterin", "Leiterin", "Fachbereichsleiterin", "Ansprechpartnerin für Anmeldungen"],
    "m": ["Programmleiter", "Kursberater", "Leiter", "Fachbereichsleiter", "Ansprechpartner für Anmeldungen"],
}


def line(rng: Random) -> str:
    """The area code of an organisation: all its numbers begin alike."""
    return rng.choice(LANDLINES)


def phone(rng: Random, line: str) -> str:
    return line.format(f"{rng.randrange(1, 1000):03d}")


def mobile(rng: Random) -> str:
    return rng.choice(MOBILES)


def person(rng: Random) -> dict:
    """Salutation, names and job of somebody who does not exist."""
    sex = rng.choice("ffm")
    return {
        "salutation": {"f": "Frau", "m": "Herr"}[sex],
        "title": "Dr." if rng.random() < 0.05 else "",
        "first_name": rng.choice(WOMEN if sex == "f" else MEN),
        "last_name": rng.choice(SURNAMES),
        "job_title": rng.choice(JOBS[sex]),
    }


def domain(name: str) -> str:
    """A domain that looks like the organisation's and cannot exist: "pflegeschule-helmetal.example"."""
    words = re.findall(r"[a-z0-9]+", text.transliterate(name).lower())
    telling = [SHORT.get(word, word) for word in words if word not in FILLERS]
    short = telling[0]
    for word in telling[1:3]:
        short = f"{short}-{word}" if len(short) + len(word) < DOMAIN_LETTERS else short
    return f"{short}.example"


def address(first_name: str, last_name: str, at: str) -> str:
    local = re.sub(r"[^a-z.-]", "", text.transliterate(f"{first_name}.{last_name}").lower())
    return f"{local}@{at}"
