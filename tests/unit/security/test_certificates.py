"""A private authority makes certificates that others believe, and makes none twice."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from shared.errors import ConfigError
from shared.security.certificates import CA_FILE, CA_KEY_FILE, issue

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def certificate(file):
    return x509.load_pem_x509_certificate(file.read_bytes())


def test_a_certificate_is_by_the_authority_for_its_hosts_and_its_time(tmp_path):
    made = issue(tmp_path, "rabbitmq", ["broker.example", "10.0.0.7"], now=NOW, days=90)
    found = certificate(made.certificate)
    found.verify_directly_issued_by(certificate(tmp_path / CA_FILE))
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["broker.example"]
    assert [str(one) for one in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]
    assert found.not_valid_after_utc == NOW + timedelta(days=90)
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_keys_are_for_their_owner_alone(tmp_path):
    made = issue(tmp_path, "hub", ["hub.example"], now=NOW)
    assert [file.stat().st_mode & 0o777 for file in (made.key, tmp_path / CA_KEY_FILE)] == [0o600, 0o600]


def test_what_is_good_for_thirty_days_more_stays_and_is_renewed_after(tmp_path):
    first = issue(tmp_path, "hub", ["hub.example"], now=NOW, days=90)
    bytes_before, authority = first.certificate.read_bytes(), (tmp_path / CA_FILE).read_bytes()
    assert not issue(tmp_path, "hub", ["hub.example"], now=NOW + timedelta(days=59), days=90).made
    assert first.certificate.read_bytes() == bytes_before
    assert issue(tmp_path, "hub", ["hub.example"], now=NOW + timedelta(days=61), days=90).made
    assert first.certificate.read_bytes() != bytes_before
    assert (tmp_path / CA_FILE).read_bytes() == authority


def test_other_hosts_another_authority_or_a_key_that_does_not_fit_make_a_new_one(tmp_path):
    first = issue(tmp_path / "a", "hub", ["hub.example"], now=NOW)
    assert issue(tmp_path / "a", "hub", ["hub.example", "other.example"], now=NOW).made
    stranger = issue(tmp_path / "b", "hub", ["hub.example", "other.example"], now=NOW)
    first.certificate.write_bytes(stranger.certificate.read_bytes())
    assert issue(tmp_path / "a", "hub", ["hub.example", "other.example"], now=NOW).made
    first.key.write_bytes(stranger.key.read_bytes())  # as when it was cut off between the two files
    assert issue(tmp_path / "a", "hub", ["hub.example", "other.example"], now=NOW).made


@pytest.mark.parametrize(("name", "hosts"), [("", ["x"]), ("../x", ["x"]), ("ca", ["x"]), (".x", ["x"]), ("hub", ["..a"])])
def test_a_name_that_cannot_be_one_is_refused_in_a_sentence(tmp_path, name, hosts):
    with pytest.raises(ConfigError):
        issue(tmp_path, name, hosts, now=NOW)


def test_an_authority_without_its_key_is_refused_and_not_replaced(tmp_path):
    issue(tmp_path, "hub", ["hub.example"], now=NOW)
    authority = (tmp_path / CA_FILE).read_bytes()
    (tmp_path / CA_KEY_FILE).unlink()
    with pytest.raises(ConfigError, match="belong together"):
        issue(tmp_path, "other", ["x.example"], now=NOW)
    assert (tmp_path / CA_FILE).read_bytes() == authority
