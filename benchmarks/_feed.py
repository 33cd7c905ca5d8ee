"""A delivery in open-Q-cat of any size, written to disk piece by piece: courses with three dated runs each."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from taxonomy.models import Topic

RUNS = 3  # per course
SUPPLIER = "Messwerk"
DESCRIPTION = 560  # characters, as measured in real deliveries
BEGIN, END = date(2027, 1, 4), "</NEW_CATALOG>\n</OPENQCAT>\n"
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<OPENQCAT version="1.1"><HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>1</CATALOG_ID></CATALOG>
<SUPPLIER><SUPPLIER_ID type="supplier_specific">1</SUPPLIER_ID><SUPPLIER_NAME>Messwerk</SUPPLIER_NAME>
<ADDRESS><NAME>Messwerk</NAME><ZIP>99734</ZIP><CITY>Nordhausen</CITY></ADDRESS></SUPPLIER></HEADER>
<NEW_CATALOG FULLCATALOG="true">"""
SERVICE = """<SERVICE><PRODUCT_ID>{product}</PRODUCT_ID><COURSE_TYPE>1</COURSE_TYPE><SERVICE_DETAILS>
<TITLE>{title}</TITLE><DESCRIPTION_LONG>{text}</DESCRIPTION_LONG><KEYWORD>{word}</KEYWORD>
<CONTACT><CONTACT_ROLE type="1">Ansprechpartner</CONTACT_ROLE><LAST_NAME>{contact}</LAST_NAME></CONTACT>
<SERVICE_DATE><START_DATE>{starts}T00:00:00+01:00</START_DATE><END_DATE>{ends}T00:00:00+01:00</END_DATE></SERVICE_DATE>
<SERVICE_MODULE><EDUCATION type="true"><COURSE_ID>{course}</COURSE_ID><EXTENDED_INFO><INSTITUTION type="105"/>
<INSTRUCTION_FORM type="101"/><EDUCATION_TYPE type="104"/></EXTENDED_INFO><MODULE_COURSE>
<MIN_PARTICIPANTS>6</MIN_PARTICIPANTS><MAX_PARTICIPANTS>12</MAX_PARTICIPANTS><LOCATION><NAME>Haus {house}</NAME>
<STREET>Musterweg {house}</STREET><ZIP>99734</ZIP><CITY>Nordhausen</CITY></LOCATION></MODULE_COURSE></EDUCATION>
</SERVICE_MODULE></SERVICE_DETAILS><SERVICE_PRICE_DETAILS><SERVICE_PRICE><PRICE_AMOUNT>{price}</PRICE_AMOUNT>
<PRICE_CURRENCY>EUR</PRICE_CURRENCY></SERVICE_PRICE></SERVICE_PRICE_DETAILS></SERVICE>
"""


def write(path: Path, courses: int, *, dearer_every: int = 0) -> Path:
    """The same courses each time; with `dearer_every` every so manieth costs more than before."""
    vocabulary = sorted({word for topic in Topic.objects.all() for word in [*topic.name.split(), *topic.cues]})
    chance = Random(courses)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(courses):
            is_dearer = dearer_every and number % dearer_every == 0
            file.write(_course(number, chance, vocabulary, price=100 + number % 300 + (10 if is_dearer else 0)))
        file.write(END)
    return path


def _course(number: int, chance: Random, vocabulary: list[str], *, price: int) -> str:
    words = [escape(word.strip("-").replace("-", " ").capitalize()) for word in chance.choices(vocabulary, k=120)]
    text = " ".join(words)[:DESCRIPTION].rpartition(" ")[0]
    facts = {"title": f"{words[0]} und {words[1]}, Gruppe {number}", "text": text, "word": words[2]}
    facts |= {"course": f"K{number}", "contact": f"Muster{number % 20}", "house": number % 50, "price": price}
    return "".join(_run(facts, number, place) for place in range(RUNS))


def _run(facts: dict, number: int, place: int) -> str:
    starts = BEGIN + timedelta(days=number % 200 + 90 * place)
    product = facts["course"] if place == 0 else f"{facts['course']}-{place}"
    return SERVICE.format(product=product, starts=starts, ends=starts + timedelta(days=30), **facts)
