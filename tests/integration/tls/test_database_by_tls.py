"""PostgreSQL over TLS: what stands in DATABASE_URL reaches the driver."""

from pathlib import Path

import pytest
from sqlalchemy import text

from shared.errors import TryAgain
from shared.persistence.engine import open_database
from tests.servers import PostgreSQL


def test_with_verify_full_the_connection_is_encrypted_and_the_server_who_it_says(tls_postgresql: tuple[PostgreSQL, Path]):
    server, authority = tls_postgresql
    url = server.url("postgres").replace("127.0.0.1", "localhost") + f"?sslmode=verify-full&sslrootcert={authority}"
    database = open_database(url)
    with database.read() as connection:
        version = connection.execute(text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")).scalar_one()
    database.close()
    assert version.startswith("TLSv1.")


@pytest.mark.parametrize("wrong", ["host", "authority"])
def test_another_host_or_authority_is_refused_and_tried_again(tls_postgresql: tuple[PostgreSQL, Path], tmp_path: Path, wrong: str):
    server, authority = tls_postgresql
    host, file = ("127.0.0.1", authority) if wrong == "host" else ("localhost", tmp_path / "none.pem")
    url = server.url("postgres").replace("127.0.0.1", host) + f"?sslmode=verify-full&sslrootcert={file}"
    database = open_database(url)
    with pytest.raises(TryAgain), database.read():
        pass
    database.close()
