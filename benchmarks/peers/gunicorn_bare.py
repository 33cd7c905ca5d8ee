"""Gunicorn as in production, for a site that has no search to load."""

import runpy
from pathlib import Path

_kept = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))
globals().update({name: value for name, value in _kept.items() if name[0] != "_" and type(value) in (int, bool, str)})
