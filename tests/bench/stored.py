"""Tables that hold many cases already: the model's rows again and again, with other ids."""

import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import psycopg2

from shared.ids import new_id
from tests.bench.pipelines.common import Run

AT_ONCE = 2000
IDS = ("id", "case_id", "person_id", "referral_id", "consent_id", "event_id")
SENT = {"status": "sent", "next_attempt_at": None}
"""What an old row of the ledger says: with the model's own all of them would wait to be sent."""
SEALED = "\\\\x" + "00" * 900


def store(run: Run, cases: int) -> None:
    """Put ``cases`` into the hub's tables and the ledger."""
    model = json.loads(Path(run.model).read_text())
    model["ledger"]["notifications"] = [row | SENT for row in model["ledger"]["notifications"]]
    for dsn, tables in ((run.hub_dsn, model["hub"]), (run.notifications_dsn, model["ledger"])):
        connection = psycopg2.connect(dsn)
        with connection, connection.cursor() as cursor:
            for start in range(0, cases, AT_ONCE):
                _copy(cursor, tables, min(AT_ONCE, cases - start))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        connection.close()


def _copy(cursor: "psycopg2.extensions.cursor", tables: Mapping[str, list[dict[str, object]]], cases: int) -> None:
    texts = {name: StringIO() for name in tables}
    for _ in range(cases):
        renamed: dict[str, str] = {}
        for name, rows in tables.items():
            for row in rows:
                texts[name].write("\t".join(_fields(row, renamed)) + "\n")
    for name, text in texts.items():
        text.seek(0)
        columns = ", ".join(f'"{column}"' for column in tables[name][0])
        cursor.copy_expert(f"COPY {name} ({columns}) FROM STDIN", text)


def _fields(row: Mapping[str, object], renamed: dict[str, str]) -> Iterator[str]:
    for column, value in row.items():
        if value is None:
            yield "\\N"
        elif column == "sealed":
            yield SEALED
        elif column in IDS:
            yield renamed.setdefault(str(value), new_id())
        elif isinstance(value, dict):
            [text] = value.values()
            yield str(text).replace("\\", "\\\\")
        else:
            yield str(value)
