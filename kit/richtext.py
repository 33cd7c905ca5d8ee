"""The field for text with headings, lists and links: an editor that offers what `kit.text.clean` lets through."""

import re

from django_prose_editor.fields import ProseEditorFormField

from kit import text

EXTENSIONS = {
    "Bold": True, "Italic": True, "BulletList": True, "OrderedList": True, "ListItem": True, "HardBreak": True,
    "Blockquote": True, "Link": {"enableTarget": False}, "Heading": {"levels": [3, 4]}, "Subscript": True,
    "Superscript": True,
}  # fmt: skip
_SPELLINGS = [(r"<(li|blockquote)>\s*<p>", r"<\1>"), (r"</p>\s*</(li|blockquote)>", r"</\1>"), (r">\s+<", "><"),
              (r"<br\s*/?>", "<br>"), (r"^<p>|</p>$", ""), (r"<(/?)b>", r"<\1strong>"), (r"<(/?)i>", r"<\1em>"),
              (r"\s+", " ")]  # fmt: skip


class RichTextField(ProseEditorFormField):
    """Cleaned when it is saved. What the editor merely writes in another way does not count as a change: an untouched
    text would else be locked against imports by whoever saves the form."""

    def __init__(self, **options):
        super().__init__(config={"extensions": EXTENSIONS}, **options)

    def clean(self, value) -> str:
        return text.clean(super().clean(value))

    def has_changed(self, initial, data) -> bool:
        return not self.disabled and normal_form(initial or "") != normal_form(data or "")


def normal_form(html: str) -> str:
    """The same for two spellings of the same text: paragraphs inside list items, line breaks, spaces."""
    html = text.clean(html).strip()
    for pattern, replacement in _SPELLINGS:
        html = re.sub(pattern, replacement, html)
    return html.strip()
