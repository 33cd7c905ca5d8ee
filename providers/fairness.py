"""Finds words in a message or an offer that speak of what must not matter when people are chosen (§ 1 AGG).

A hint, never a block: "Altenpflege" is a job, "Frauenhaus" an employer. People decide, the portal asks them to look.
"""

import re

STEMS = {
    "age": ["alter", "altersgruppe", "jung", "junge", "jungen", "junger", "junges", "jünger", "alt", "älter", "geburts",
            "jahrgang", "lebensjahr"],
    "sex": ["geschlecht", "männlich", "weiblich", "divers", "frau", "mann", "mädchen", "jungs", "schwanger",
            "kinderwunsch", "mutterschaft", "elternzeit"],
    "origin": ["herkunft", "nationalität", "staatsangehörig", "ausländ", "muttersprach", "migration", "hautfarbe",
               "ethnisch", "rasse", "akzentfrei", "deutschstämmig", "flüchtling"],
    "belief": ["religion", "religiös", "konfession", "kirche", "kopftuch", "muslim", "islam", "christlich", "jüdisch",
               "weltanschauung"],
    "health": ["behinder", "schwerbehindert", "krank", "gesundheitszustand", "körperlich belastbar"],
    "identity": ["sexuell", "homosexuell", "schwul", "lesbisch", "transgender", "heterosexuell"],
}  # fmt: skip
WHOLE = {"alt", "jung", "junge", "jungen", "junger", "junges", "alter", "frau", "mann", "divers", "rasse", "jungs"}
"""Short ones count as whole words only: "alt" also stands in "Halt", "Frau" begins a polite salutation."""
SALUTATION = re.compile(
    r"\b(sehr geehrte|liebe|guten tag,?|hallo,?|ansprechpartnerin(?: ist)?|von|bei|an|mit)\s+frau\b", re.I
)
_PATTERN = re.compile(
    r"\b(?:"
    + "|".join(
        re.escape(stem) + (r"\b" if stem in WHOLE else r"\w*")
        for stem in sorted({stem for stems in STEMS.values() for stem in stems}, key=len, reverse=True)
    )
    + ")",
    re.IGNORECASE,
)


def doubtful_words(message: str) -> list[str]:
    """The words as they were written, each once, in their order."""
    polite = SALUTATION.sub(" ", message)
    return list(dict.fromkeys(found.group() for found in _PATTERN.finditer(polite)))
