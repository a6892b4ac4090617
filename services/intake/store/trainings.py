"""Training sessions and who came, in one unit of work."""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from services.intake.domain.training import Counts, Participant, Session, Training
from services.intake.store.tables import Tables
from shared.security.vault import Vault
from shared.vocabulary.codes import Sex, TrainingAudience, TrainingTopic


class KeptTrainings:
    """Written at once. Words and names are sealed for this node; a list is replaced whole, so what is gone is gone."""

    def __init__(self, connection: Connection, tables: Tables, vault: Vault) -> None:
        self._connection = connection
        self._tables = tables
        self._vault = vault

    def add(self, training: Training) -> None:
        """Keep a new one."""
        self._connection.execute(insert(self._tables.trainings).values(self._row(training)))
        self._write_people(training)

    def save(self, training: Training) -> None:
        """Keep a later version."""
        table, people = self._tables.trainings, self._tables.training_participants
        self._connection.execute(update(table).where(table.c.id == training.id).values(self._row(training)))
        self._connection.execute(delete(people).where(people.c.training_id == training.id))
        self._write_people(training)

    def find(self, training_id: str) -> Training | None:
        """One, held until the end of this work where the database can."""
        table = self._tables.trainings
        query = select(table).where(table.c.id == training_id).with_for_update()
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else training_of(self._connection, self._tables, self._vault, row)

    def _row(self, training: Training) -> dict[str, Any]:
        session, counts = training.session, training.counts
        words = {"place": session.place, "trainers": session.trainers, "institution": session.institution}
        return {
            "id": training.id,
            "held_on": session.held_on,
            "audience": session.audience.value,
            "topics": " ".join(topic.value for topic in session.topics),
            "women": counts.women if counts else None,
            "men": counts.men if counts else None,
            "others": counts.others if counts else None,
            "version": training.version,
            "registered_at": training.registered_at,
            "registered_by": training.registered_by,
            "closed_at": training.closed_at,
            "sealed": self._vault.seal_local(orjson.dumps(words)),
        }

    def _write_people(self, training: Training) -> None:
        rows = [
            {
                "id": one.id,
                "training_id": training.id,
                "number": number,
                "sex": one.sex.value,
                "attended": one.attended,
                "sealed": self._vault.seal_local(orjson.dumps(_words_of(one))) if one.name is not None else None,
            }
            for number, one in enumerate(training.participants)
        ]
        if rows:
            self._connection.execute(insert(self._tables.training_participants), rows)


def training_of(connection: Connection, tables: Tables, vault: Vault, row: RowMapping) -> Training:
    """A session with its list, from its row."""
    words: Mapping[str, Any] = orjson.loads(vault.open_local(row["sealed"]))
    people = tables.training_participants
    query = select(people).where(people.c.training_id == row["id"]).order_by(people.c.number)
    return Training(
        id=row["id"],
        session=Session(
            held_on=row["held_on"],
            place=words["place"],
            audience=TrainingAudience(row["audience"]),
            topics=tuple(map(TrainingTopic, row["topics"].split())),
            trainers=tuple(words["trainers"]),
            institution=words["institution"],
        ),
        registered_at=row["registered_at"],
        registered_by=row["registered_by"],
        version=row["version"],
        counts=Counts(row["women"], row["men"], row["others"]) if row["women"] is not None else None,
        participants=tuple(_participant(one, vault) for one in connection.execute(query).mappings()),
        closed_at=row["closed_at"],
    )


def _words_of(one: Participant) -> dict[str, str | None]:
    return {"name": one.name, "institution": one.institution, "certificate": one.certificate}


def _participant(row: RowMapping, vault: Vault) -> Participant:
    words: Mapping[str, Any] = orjson.loads(vault.open_local(row["sealed"])) if row["sealed"] else {}
    return Participant(
        id=row["id"], sex=Sex(row["sex"]), attended=row["attended"], name=words.get("name"),
        institution=words.get("institution", ""), certificate=words.get("certificate"),
    )
