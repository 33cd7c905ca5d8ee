"""Files of people on their way out: never shown in place, never guessed at, never allowed to do anything."""

from django.http import FileResponse, Http404


def attachment(file, *, name: str, media_type: str) -> FileResponse:
    """The file as a download. `name` is what the browser calls it. Http404 where the file is not there."""
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(opened, as_attachment=True, filename=name, content_type=media_type, headers=headers)
