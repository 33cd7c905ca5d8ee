"""Uploaded pictures are drawn anew: what leaves here is pixels, without scripts, comments and places of exposure."""

from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_PICTURE = 40_000_000  # pixels: a phone has 12 million, a bomb has billions
FORMATS = ["PNG", "JPEG", "WEBP", "GIF"]  # SVG can hold scripts


def redrawn(upload, *, widest: int = 800) -> ContentFile:
    """The picture as a PNG of at most `widest` pixels each way. Raises ValidationError with a sentence for people."""
    if upload.size > LARGEST_FILE:
        raise ValidationError(_("The picture is larger than 5 MB. Please choose a smaller one."))
    try:
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > LARGEST_PICTURE:
            raise ValidationError(_("The picture has too many pixels. Please choose a smaller one."))
        picture = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This is no picture that we can read. Please use PNG or JPEG.")) from error
    picture.thumbnail((widest, widest))
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name="logo.png")
