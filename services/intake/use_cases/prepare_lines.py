"""Judging lines of a file before anything is written, outside of any transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from marshmallow import ValidationError

from services.intake.domain.import_file import WHOLE_LINE, FileLine
from services.intake.domain.import_line import body_of, column_of, flattened
from services.intake.domain.rules import Known, faults_of
from services.intake.domain.window import Moment
from services.intake.use_cases.admission import NewCase
from services.intake.use_cases.features import features_of
from services.intake.use_cases.ports import Alike, People, RefusedLine
from shared.contracts.case import PersonSchema, details_from_request
from shared.routing.case import CaseDetails
from shared.web.messages import spanish

_PERSON = PersonSchema()
IMPOSSIBLE_WINDOW = "Esta línea es de otra ventanilla."


@dataclass(frozen=True)
class PreparedLine:
    """A line that can be taken, with the cases that might be of the same person."""

    line: int
    new: NewCase
    alike: tuple[Alike, ...] = ()


@dataclass(frozen=True)
class Judge:
    """What a line is judged by: the window it must be of, its country, and what is known of the world."""

    window: str
    country: str
    known: Known
    moment: Moment
    batch: str

    def judge(self, line: FileLine) -> NewCase | RefusedLine:
        """The case that a line says, or every column that is wrong with it."""
        if line.fault is not None:
            return RefusedLine(line.number, (WHOLE_LINE,), (line.fault,))
        if line.cells.get("ventanilla") != self.window:
            return RefusedLine(line.number, ("ventanilla",), (IMPOSSIBLE_WINDOW,))
        read = body_of(line.cells, country=self.country, phone=self.known.phone_as_told)
        faults = dict(read.faults)
        details = self._details(read.body, faults)
        if details is not None:
            for path, messages in faults_of(details, known=self.known, moment=self.moment).items():
                faults.setdefault(column_of(path), " ".join(messages))
        if faults or details is None:
            return RefusedLine(line.number, tuple(faults), tuple(faults.values()))
        return NewCase(details, batch=self.batch)

    def _details(self, body: object, faults: dict[str, str]) -> CaseDetails | None:
        try:
            return details_from_request(dict(body) if isinstance(body, dict) else {}, today=self.moment.today)
        except ValidationError as error:
            for path, message in flattened(error.messages):
                faults.setdefault(column_of(path), spanish(message))
            return None


@dataclass(frozen=True)
class Prepared:
    """Some lines in their order: what can be taken and what cannot."""

    through: int
    taken: Sequence[PreparedLine]
    refused: Sequence[RefusedLine]


def prepare(lines: Sequence[FileLine], *, judge: Judge, people: People) -> Prepared:
    """Judge some lines, and compare each person with everybody here and with the lines before.

    ``people`` must have caught up with the database.
    """
    taken: list[PreparedLine] = []
    refused: list[RefusedLine] = []
    for line in lines:
        judged = judge.judge(line)
        if isinstance(judged, RefusedLine):
            refused.append(judged)
            continue
        details = judged.details
        person = _PERSON.dump(details.person)
        alike = people.alike(features_of(person, details.occurred_on))
        people.remember(judged.case_id, person, details.occurred_on)
        taken.append(PreparedLine(line.number, judged, tuple(alike)))
    return Prepared(lines[-1].number, taken, refused)
