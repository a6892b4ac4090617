"""The ground of the other tests: the private servers are there, apart for each test, and answer."""

import smtplib

import psycopg2
import pytest
from kombu import Connection

from tests.mail import SmtpSink
from tests.packages import MissingProgram, Program, find_or_install
from tests.servers import PostgreSQL, RabbitMQ


def test_a_test_has_a_virtual_host_of_its_own(amqp_uri: str, rabbitmq: RabbitMQ) -> None:
    with Connection(amqp_uri) as connection:
        connection.default_channel.queue_declare("hello", durable=True)
    vhost = amqp_uri.rsplit("/", 1)[1]
    queues = rabbitmq.call("GET", f"/api/queues/{vhost}")
    assert [queue["name"] for queue in queues] == ["hello"]


def test_a_test_has_a_database_of_its_own(postgresql_url: str, postgresql: PostgreSQL) -> None:
    name = postgresql_url.rsplit("/", 1)[1]
    with psycopg2.connect(host="127.0.0.1", port=postgresql.port, user="postgres", dbname=name) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone() == (name,)
    connection.close()


def test_the_mail_sink_keeps_what_it_is_sent(smtp_sink: SmtpSink) -> None:
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: Hola\r\n\r\nUna referencia nueva.")
    (mail,) = smtp_sink.wait_for(1)
    assert mail["subject"] == "Hola"


def test_a_missing_program_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(MissingProgram, match="apt-get install no-such-package"):
        find_or_install(Program("Nothing", "no-such-package", ("/no/such/place",)))
