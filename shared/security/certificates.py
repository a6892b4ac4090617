"""A private certificate authority for a small deployment: the broker, the hub, a window's own web server.

``ca.pem`` is for everybody who shall believe its certificates; ``ca.key`` (mode 600) makes them and belongs to no
machine of the network. A certificate is good for the hosts that it names, as server and as client.
"""

import fcntl
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.errors import ConfigError
from shared.files import write_whole

CA_FILE, CA_KEY_FILE = "ca.pem", "ca.key"
CA_DAYS = 3650
DAYS = 397
"""What browsers accept at most."""
RENEWED_BEFORE = timedelta(days=30)
_EARLIER = timedelta(hours=1)
"""A certificate is valid from a little before now: clocks of windows are wrong."""
_SERVER_AND_CLIENT = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
)


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key as files; ``made`` says whether they are new."""

    certificate: Path
    key: Path
    made: bool


def issue(folder: Path, name: str, hosts: Sequence[str], *, now: datetime, days: int = DAYS) -> Certificate:
    """``NAME.pem`` and ``NAME.key`` in ``folder``, by its authority, which is made when it is missing.

    One that is good for these hosts for 30 more days stays as it is. Half way: a key without its certificate is
    replaced. ``ConfigError`` for a name or host that cannot be one, or an authority that cannot be read.
    """
    if not name or Path(name).name != name or name.startswith(".") or f"{name}.pem" == CA_FILE:
        message = f"{name!r} cannot be a certificate's name."
        raise ConfigError(message)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would make two authorities
        return _issued(folder, name, hosts, now=now, days=days)


def hand_over(made: Certificate, authority: Path, folder: Path) -> Certificate:
    """A copy for one machine: certificate, key, and whom to believe; not what makes further ones."""
    folder.mkdir(parents=True, exist_ok=True)
    copied = Certificate(folder / made.certificate.name, folder / made.key.name, made=made.made)
    write_whole(copied.key, made.key.read_bytes())
    write_whole(copied.certificate, made.certificate.read_bytes(), 0o644)
    write_whole(folder / CA_FILE, (authority / CA_FILE).read_bytes(), 0o644)
    return copied


def _issued(folder: Path, name: str, hosts: Sequence[str], *, now: datetime, days: int) -> Certificate:
    authority, signing = _authority(folder, now)
    file, key_file = folder / f"{name}.pem", folder / f"{name}.key"
    wanted = [_host(one) for one in hosts]
    if key_file.exists() and file.exists() and _still_good(file, key_file, wanted, authority, now):
        return Certificate(file, key_file, made=False)
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        _begun(_name(name), authority.subject, key, now=now, days=days)
        .add_extension(x509.SubjectAlternativeName(wanted), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_SERVER_AND_CLIENT), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
        .sign(signing, hashes.SHA256())
    )
    write_whole(key_file, _key_bytes(key))
    write_whole(file, made.public_bytes(serialization.Encoding.PEM), 0o644)
    return Certificate(file, key_file, made=True)


def _authority(folder: Path, now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / CA_FILE, folder / CA_KEY_FILE
    if not file.exists():
        _make_authority(file, key_file, now)
    try:
        found = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        authority = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        message = f"{folder} does not hold a certificate authority: {CA_FILE} and {CA_KEY_FILE} belong together."
        raise ConfigError(message) from error
    if not isinstance(found, ec.EllipticCurvePrivateKey) or found.public_key() != authority.public_key():
        message = f"{key_file} is not the key of {file}."
        raise ConfigError(message)
    return authority, found


def _make_authority(file: Path, key_file: Path, now: datetime) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), _name(f"Ventanilla {secrets.token_hex(4)}")
    made = (
        _begun(name, name, key, now=now, days=CA_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_SIGNS_CERTIFICATES, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_whole(key_file, _key_bytes(key))
    write_whole(file, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + timedelta(days=days))
    )


def _still_good(
    file: Path, key_file: Path, hosts: Sequence[x509.GeneralName], authority: x509.Certificate, now: datetime
) -> bool:
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    lasts = found.not_valid_after_utc - now > RENEWED_BEFORE
    return lasts and set(names) == set(hosts) and found.public_key() == key.public_key()


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text.encode("idna").decode())
    except UnicodeError as error:
        message = f"{text!r} is neither a host's name nor its address."
        raise ConfigError(message) from error


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
