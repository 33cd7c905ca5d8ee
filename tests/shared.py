"""Sample files of the exchange formats, which stand beside some checkouts and never inside: without them tests skip."""

from pathlib import Path

ABOVE = Path(__file__).resolve().parents[2:]  # the checkout may be a worktree below another folder
DATA = next((found for folder in ABOVE if (found := folder / "shared" / "data").is_dir()), ABOVE[0] / "shared" / "data")
