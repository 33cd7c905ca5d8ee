"""Every mail that the counselling writes."""

GERMAN = "de"  # the language of the house, in which counsellors and providers are written to
