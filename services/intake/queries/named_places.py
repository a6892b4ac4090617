"""A place as people name it, and the areas that it may mean: one search box for department, municipality and district."""

from collections.abc import Iterable, Sequence

from shared.directory.finding import Area
from shared.spelling import plain, spelling_key
from shared.vocabulary import territory
from shared.vocabulary.places import Level, Place

_WHOLE = "departamento de "


def areas_named(typed: str, country: str) -> Sequence[Area]:
    """The areas that the words may mean, the likeliest first; several: somebody has to choose. None: nobody knows it.

    The same name at the same spelling wins over names that only hold it. What ``written`` gave means its own area
    again. Abroad only the words are known.
    """
    if country != territory.COUNTRY:
        return (Area(country, None, typed.strip()),)
    name, comma, department = typed.partition(",")
    if comma:
        found = territory.resolve(country, department.strip(), name)
        return (Area(country, territory.department_of(found), found),) if found else ()
    whole = plain(typed).startswith(_WHOLE)
    sought = plain(typed).removeprefix(_WHOLE)
    places = [place for place in territory.search(sought) if not whole or place.level is Level.DEPARTMENT]
    same = [place for place in places if spelling_key(place.also_called or place.name) == spelling_key(sought)]
    return _once(map(_area_of, same or places))


def written(area: Area) -> str:
    """An area as its reader would type it, without any doubt."""
    names = {place.department: place.department_name for place in territory.departments()}
    department = names.get(area.department or "", "")
    return f"{area.municipality}, {department}" if area.municipality else f"Departamento de {department}"


def parts_of(area: Area) -> Sequence[Area]:
    """The area and, of a whole department, each municipality: what one of them offers is offered there."""
    if area.municipality or area.department is None:
        return (area,)
    inside = (Area(area.country, area.department, one) for one in territory.municipalities_of(area.department))
    return (area, *inside)


def _area_of(place: Place) -> Area:
    return Area(place.country, place.department, place.municipality)


def _once(areas: Iterable[Area]) -> tuple[Area, ...]:
    return tuple(dict.fromkeys(areas))
