"""Gunicorn as in production, with the list of courses answered by the naive ORM form."""

import runpy
from pathlib import Path

_kept = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
globals().update({name: value for name, value in _kept.items() if name[0] != "_" and type(value) in (int, bool, str)})


def post_fork(server, worker):
    from benchmarks import _naive  # noqa: PLC0415 - the settings are read by now
    from courses.views import catalogue  # noqa: PLC0415

    catalogue.search = _naive.search
