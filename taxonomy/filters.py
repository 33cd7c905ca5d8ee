"""What filters of several lists have in common: a place (`ort`) and how far from it (`km`)."""

from functools import cached_property

from taxonomy import geo


class NearPlace:
    """Where something is looked for. Comes with a filter that answers `asked`."""

    usual_km: int

    def asked(self, name: str):
        """What was asked for; nothing where it makes no sense."""
        raise NotImplementedError

    @cached_property
    def position(self) -> geo.Position | None:
        words = self.asked("ort")
        return geo.locate(words) if words else None

    @property
    def km_asked(self) -> int:
        return int(self.asked("km") or self.usual_km)
