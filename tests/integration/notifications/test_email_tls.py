"""E-mail over an encrypted connection: only to a server whose certificate is right."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.channels.email.sender import EmailSender, Server
from services.notifications.domain.delivery import Fault
from services.notifications.use_cases.ports import NotNow
from tests.integration.notifications.smtp import MoodySink, encrypted
from tests.integration.notifications.test_email import TEMPLATES, Noon, parcel


@pytest.fixture
def certificate(tmp_path):
    """A certificate for ``localhost``, signed by itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "server.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file


@pytest.fixture
def sink_and_url(certificate):
    sink = MoodySink()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with encrypted(sink, tls) as url:
        yield sink, url


def sender_to(url) -> EmailSender:
    return EmailSender(Server.from_url(url), "avisos@ventanilla.example", TEMPLATES, Noon())


def test_a_letter_goes_over_starttls_to_a_server_that_is_trusted(sink_and_url, certificate, monkeypatch) -> None:
    sink, url = sink_and_url
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sender = sender_to(url)
    sender.send(parcel())
    sender.close()
    assert len(sink.wait_for(1)) == 1


def test_no_letter_goes_to_a_server_whose_certificate_nobody_knows(sink_and_url) -> None:
    sink, url = sink_and_url
    with pytest.raises(NotNow) as refusal:
        sender_to(url).send(parcel())
    assert (refusal.value.fault, sink.asked) == (Fault.SERVER_AWAY, 0)


def test_no_letter_goes_in_clear_to_a_server_that_must_encrypt() -> None:
    sink = MoodySink()
    with sink.listening(), pytest.raises(NotNow) as refusal:
        sender_to(f"smtp+starttls://localhost:{sink.port}").send(parcel())
    assert (refusal.value.fault, sink.asked) == (Fault.SERVER_REFUSED, 0)
