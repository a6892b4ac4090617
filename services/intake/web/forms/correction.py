"""A case that stands, corrected by a form: what the form asks is as it says now, whatever else the case holds stays.

When somebody else changed the case meanwhile, both are merged field by field; nothing that was typed is lost.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from services.intake.web.forms.case_json import ONE_IN_MANY, Told, Values
from services.intake.web.forms.fields import Field, Kind, every
from services.intake.web.forms.person_form import CORRECTED


@dataclass(frozen=True)
class Difference:
    """One field that a colleague changed: what it says now, what was typed here; ``kept`` when ours stands in the form."""

    field: Field
    theirs: Sequence[str]
    ours: Sequence[str]
    kept: bool


@dataclass(frozen=True)
class Merged:
    """The form as it goes on after somebody else's change."""

    values: Values
    differences: Sequence[Difference]


def merged(base: Values, ours: Values, theirs: Values) -> Merged:
    """What both changed since ``base``: each side's own changes are taken, where both changed one field ours stays."""
    values: dict[str, Sequence[str]] = {}
    differences = []
    for one in every(CORRECTED):
        was, mine, other = (list(side.get(one.name, ())) for side in (base, ours, theirs))
        untouched = mine == was
        values[one.name] = other if untouched else mine
        if other not in (was, mine):
            differences.append(Difference(one, other, mine, kept=not untouched))
    return Merged({name: given for name, given in values.items() if given}, differences)


def corrected(before: Mapping[str, Any], told: Told, changed: Collection[str]) -> dict[str, Any]:
    """The JSON of a case with what the form says of the fields that were ``changed``; all else is as before.

    So a correction loses nothing that the form cannot write as finely as it stood. Needs are said whole.
    """
    body, said_now = deepcopy(dict(before)), deepcopy(told.body)
    for one in every(CORRECTED):
        for path in _paths(one):
            _drop(body if one.name in changed else said_now, path)
    if "occurred_on" not in said_now:
        said_now["occurred_on"] = before["occurred_on"]
    said_now["needs"] = [_with_note(need, before["needs"]) for need in told.body["needs"]]
    return _pruned(_joined(body, _pruned(said_now)))


def differing(was: Values, now: Values) -> frozenset[str]:
    """The fields that say something else now."""
    return frozenset(one.name for one in every(CORRECTED) if list(was.get(one.name, ())) != list(now.get(one.name, ())))


def _paths(one: Field) -> tuple[str, ...]:
    """Where a field stands in the JSON; those of the needs stand within each need."""
    holder = one.name.rpartition(".")[0]
    if one.name == "needs" or one.name.partition(".")[0] in ONE_IN_MANY:
        return ()
    return (f"{holder}.birth_date", f"{holder}.estimated_age") if one.kind is Kind.BIRTH else (one.name,)


def _drop(holder: Any, path: str) -> None:
    *above, name = path.split(".")
    for part in above:
        holder = holder.get(part) if isinstance(holder, dict) else None
    if isinstance(holder, dict):
        holder.pop(name, None)


def _with_note(need: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    note = next((one["note"] for one in before if one["code"] == need["code"]), "")
    return {**need, "note": note}


def _joined(before: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(before)
    for name, value in told.items():
        old = found.get(name)
        found[name] = _joined(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return found


def _pruned(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing: nulls, and objects that hold nothing else."""
    kept = {name: _pruned(value) if isinstance(value, Mapping) else value for name, value in body.items()}
    return {name: value for name, value in kept.items() if value is not None and value != {}}
