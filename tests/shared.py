"""Sample files of the exchange formats, which stand beside some checkouts and never inside: without them tests skip."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
