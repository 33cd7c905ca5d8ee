"""Files of people on their way out: never shown in place, never guessed at, never allowed to do anything."""

from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header

HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}


def attachment(file, *, name: str, media_type: str) -> FileResponse:
    """The stored file as a download. `name` is what the browser calls it. Http404 where the file is not there."""
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(opened, as_attachment=True, filename=name, content_type=media_type, headers=HEADERS)


def made(content: bytes | str, *, name: str, media_type: str) -> HttpResponse:
    """The same for what was made just now: a paper, a table, dates for a calendar."""
    disposition = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)}
    return HttpResponse(content, content_type=media_type, headers=HEADERS | disposition)
