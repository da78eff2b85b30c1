"""Holidays of the agency's city: national and state by the ``holidays`` library, municipal by the profile.

"Ponto facultativo" (Carnival; Corpus Christi where the city has no law for it) closes offices but stops
no term by itself, and is therefore told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

MOVABLE = {"carnival": "Carnaval", "corpus-christi": "Corpus Christi"}
ANY_COMMON_YEAR = 2025


class HolidayCalendar:
    """The days that stop a term, and the optional ones that do not; each year is worked out once."""

    def __init__(
        self,
        country: str,
        subdivision: str,
        municipal_fixed: Iterable[tuple[str, str]] = (),
        municipal_movable: Iterable[str] = (),
    ) -> None:
        """``municipal_fixed`` holds ("MM-DD", name), ``municipal_movable`` keys of MOVABLE.

        A place, a day or a key that does not exist raises ValueError.
        """
        self._place = (country, subdivision)
        self._fixed = tuple(
            (date.fromisoformat(f"{ANY_COMMON_YEAR}-{day}"), name) for day, name in municipal_fixed
        )
        self._movable = frozenset(municipal_movable)
        if unknown := self._movable - MOVABLE.keys():
            raise ValueError(f"unknown movable holidays: {', '.join(sorted(unknown))}")
        self.holidays([ANY_COMMON_YEAR])

    def holidays(self, years: Iterable[int]) -> Mapping[date, str]:
        """The holidays of those years: day to name, in Portuguese, in order of the day."""
        return _joined(years, self._holidays_of)

    def optional(self, years: Iterable[int]) -> Mapping[date, str]:
        """The facultative days of those years that are no holiday of the city."""
        return _joined(years, self._optional_of)

    def _holidays_of(self, year: int) -> dict[date, str]:
        wanted = {MOVABLE[key] for key in self._movable}
        movable = {day: name for day, name in _listed(*self._place, "optional", year) if name in wanted}
        fixed = {day.replace(year=year): name for day, name in self._fixed}
        return fixed | movable | dict(_listed(*self._place, "public", year))

    def _optional_of(self, year: int) -> dict[date, str]:
        stopped = self._holidays_of(year)
        return {day: name for day, name in _listed(*self._place, "optional", year) if day not in stopped}


def _joined(years: Iterable[int], of_year: Callable[[int], dict[date, str]]) -> Mapping[date, str]:
    return MappingProxyType(
        {day: name for year in sorted(set(years)) for day, name in sorted(of_year(year).items())}
    )


@lru_cache(maxsize=64)
def _listed(country: str, subdivision: str, category: str, year: int) -> tuple[tuple[date, str], ...]:
    """One year of the library's list, in Portuguese."""
    try:
        found = holidays.country_holidays(
            country, subdiv=subdivision, years=year, language="pt_BR", categories=(category,), expand=False
        )
    except NotImplementedError as error:
        raise ValueError(f"no calendar for {country}/{subdivision}") from error
    return tuple(sorted(found.items()))
