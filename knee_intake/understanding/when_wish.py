"""A wish about the time of the visit, and how a later thought changes an earlier one. PURE."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

Bound = Literal["from", "to"]
"""Whether a day or an hour is where the free time begins, or where it ends."""


@dataclass
class Wished:
    """All parts of a wish; dates and times are ISO words, local to the clinic."""

    earliest: str | None = None
    latest: str | None = None
    weekdays: list[str] = field(default_factory=list)
    not_weekdays: list[str] = field(default_factory=list)
    after: str | None = None
    before: str | None = None
    asap: bool = False
    pick: int | None = None
    none_fits: bool = False
    which: int | None = None
    """Of the offered times that fit the rest of the wish: "the later Tuesday one" is -1."""
    note: str | None = None
    """What is wished beside a time, in the visitor's words."""

    def as_answer(self) -> dict[str, Any]:
        """The parts under their names; `which` and `note`, which few wishes have, only where they are said."""
        return {name: value for name, value in asdict(self).items() if value or name not in ("which", "note")}

    def names_days(self) -> bool:
        return bool(self.earliest or self.latest or self.weekdays)

    def names_hours(self) -> bool:
        return bool(self.after or self.before)

    def changed_by(self, later: Wished) -> Wished:
        """This wish with what a later thought puts in place of it: days for days, hours for hours, a pick for all."""
        if later.pick is not None or self.pick is not None:
            return later if later != Wished() else self
        days = later if later.names_days() else self
        if later.weekdays and not later.earliest and not later.latest and self.earliest != self.latest:
            days = replace(self, weekdays=later.weekdays)  # a weekday of the week that was named before
        hours = later if later.names_hours() else self
        refused = [day for day in self.not_weekdays if day not in later.weekdays]
        refused += [day for day in later.not_weekdays if day not in refused]
        return Wished(
            earliest=days.earliest,
            latest=days.latest,
            weekdays=[day for day in days.weekdays if day not in later.not_weekdays],
            not_weekdays=refused,
            after=hours.after,
            before=hours.before,
            asap=self.asap or later.asap,
            none_fits=self.none_fits or later.none_fits,
            which=later.which or self.which,
        )
