"""Deliveries as bytes for tests: small, invented, valid unless a test breaks them."""

from html import escape
from io import BytesIO

SUPPLIER = (
    "<SUPPLIER><SUPPLIER_ID type='supplier_specific'>{id}</SUPPLIER_ID><SUPPLIER_NAME>{name}</SUPPLIER_NAME>"
    "<ADDRESS><NAME>{name}</NAME><ZIP>99734</ZIP><CITY>Nordhausen</CITY></ADDRESS>{more}</SUPPLIER>"
)


def supplier(id: str = "4711", name: str = "Testwerk", more: str = "") -> str:
    return SUPPLIER.format(id=id, name=escape(name), more=more)


def service(
    product: str, *, title: str = "", course: str = "", starts: str = "2027-03-01", ends: str = "2027-03-05",
    details: str = "", education: str = "", extended: str = "", module: str = "", price: str = "", more: str = "",
    ref: str = "", type: str = "true",
) -> str:  # fmt: skip
    """One SERVICE. Without `course` it is a course of its own; `starts=""` leaves the dates out."""
    dates = (
        f"<START_DATE>{starts}T00:00:00+01:00</START_DATE><END_DATE>{ends}T00:00:00+01:00</END_DATE>" if starts else ""
    )
    supplier_ref = f"<SUPPLIER_ID_REF type='supplier_specific'>{ref}</SUPPLIER_ID_REF>" if ref else ""
    return f"""<SERVICE><PRODUCT_ID>{product}</PRODUCT_ID><COURSE_TYPE>1</COURSE_TYPE>{supplier_ref}
<SERVICE_DETAILS><TITLE>{escape(title or f"Kurs {product}") if title != "-" else ""}</TITLE>{details}
<SERVICE_DATE>{dates}</SERVICE_DATE><SERVICE_MODULE><EDUCATION type="{type}"><COURSE_ID>{course or product}</COURSE_ID>
{education}<EXTENDED_INFO><INSTITUTION type="105"/><INSTRUCTION_FORM type="101"/>{extended}<EDUCATION_TYPE type="104"/>
</EXTENDED_INFO><MODULE_COURSE>{module}</MODULE_COURSE></EDUCATION></SERVICE_MODULE></SERVICE_DETAILS>{price}{more}
</SERVICE>"""


def price(amount: str, remarks: str = "") -> str:
    return (
        f"<SERVICE_PRICE_DETAILS><SERVICE_PRICE><PRICE_AMOUNT>{amount}</PRICE_AMOUNT><PRICE_CURRENCY>EUR</PRICE_CURRENCY>"
        f"</SERVICE_PRICE><REMARKS>{remarks}</REMARKS></SERVICE_PRICE_DETAILS>"
    )


def catalog(*services: str, suppliers: str = "", full: str = "true", encoding: str = "UTF-8", codec: str = "") -> bytes:
    return _document(f'<NEW_CATALOG FULLCATALOG="{full}">{"".join(services)}</NEW_CATALOG>', suppliers, encoding, codec)


def update(number: int, *services: str, delete: tuple[str, ...] = (), suppliers: str = "") -> bytes:
    gone = "".join(f"<SERVICE><PRODUCT_ID>{product}</PRODUCT_ID></SERVICE>" for product in delete)
    deleted = f"<DELETE>{gone}</DELETE>" if delete else ""
    body = f'<UPDATE_CATALOG seq_number="{number}">{deleted}<NEW>{"".join(services)}</NEW></UPDATE_CATALOG>'
    return _document(body, suppliers, "UTF-8", "")


def _document(body: str, suppliers: str, encoding: str, codec: str) -> bytes:
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
<OPENQCAT version="1.1"><HEADER><CATALOG><LANGUAGE>deu</LANGUAGE><CATALOG_ID>1</CATALOG_ID></CATALOG>
{suppliers or supplier()}</HEADER>
{body}
</OPENQCAT>"""
    return text.encode(codec or encoding)


def kurs(number: str, title: str = "", *, field: str = "A1", dates: tuple[str, ...] = ("05.04.2027",), **fields) -> str:
    """One kurs of KuferSQL with single dates from 18:00 to 19:30."""
    sessions = "".join(
        f"<termin><tag>{day}</tag><zeitvon>18:00</zeitvon><zeitbis>19:30</zeitbis></termin>" for day in dates
    )
    values = {
        "knr": number, "fachb": field, "fachbtext": f"Fachbereich {field}", "haupttitel": title or f"Kurs {number}",
        "inhalt": "Ein Text.", "mitarbeiter_planend": "AB", "ortraumname": "Raum 1", "ortgebaeude": "Haus der Bildung",
        "ortstr": "Musterweg 1", "ortplz": "99734", "ortname": "Nordhausen", "beginndat": dates[0] if dates else "",
        "endedat": dates[-1] if dates else "", "beginnuhr": "18:00", "endeuhr": "19:30", "dauer": str(len(dates)),
        "tnmax": "12", "tnmin": "6", "tnanmeldungen": "4", **fields,
    }  # fmt: skip
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
    return f"<kurs>{inner}<termine>{sessions}</termine></kurs>"


def kurse(*rows: str) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<kurse>{''.join(rows)}</kurse>".encode()


def stream(data: bytes) -> BytesIO:
    return BytesIO(data)
