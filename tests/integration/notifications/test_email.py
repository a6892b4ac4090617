"""E-mail through a real SMTP server: what is in a letter, and what each refusal means."""

import smtplib
from datetime import UTC, datetime

import pytest

from services.notifications.channels.email.sender import EmailSender, Server
from services.notifications.channels.email.templates import LANGUAGES, Templates
from services.notifications.domain.delivery import Fault
from services.notifications.use_cases.ports import NotNow, Parcel, Undeliverable
from shared.errors import ConfigError
from shared.vocabulary.codes import Urgency
from tests.integration.notifications.smtp import MoodySink
from tests.unit.notifications.given import DATA, SAYINGS

ID = "0192f000-0000-7000-8000-00000000000a"
REFERRAL = "0192f000-0000-7000-8000-000000000001"
TEMPLATES = Templates(DATA / "messages", SAYINGS.names())


class Noon:
    def now(self) -> datetime:
        return datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def sink():
    return MoodySink()


@pytest.fixture
def sender(sink):
    sender = EmailSender(Server.from_url(sink.url), "Ventanilla <avisos@ventanilla.example>", TEMPLATES, Noon())
    with sink.listening():
        yield sender
        sender.close()


def parcel(**other) -> Parcel:
    members = {
        "id": ID,
        "address": "officer@pddh.example",
        "message": "new_referral",
        "language": "es",
        "urgency": Urgency.URGENT,
        "reference": REFERRAL,
        "link": f"https://hub.example/referrals/{REFERRAL}",
    }
    return Parcel(**(members | other))


def test_a_letter_has_an_id_an_urgency_and_a_link_as_text_and_html(sink, sender) -> None:
    sender.send(parcel())
    (mail,) = sink.wait_for(1)
    assert mail["Subject"] == f"Referencia nueva (urgente): {REFERRAL}"
    for kind in ("plain", "html"):
        said = mail.get_body(preferencelist=(kind,)).get_content()
        assert REFERRAL in said
        assert "urgente" in said
        assert f"https://hub.example/referrals/{REFERRAL}" in said


def test_a_letter_says_who_sent_it_and_that_no_person_did(sink, sender) -> None:
    sender.send(parcel())
    (mail,) = sink.wait_for(1)
    assert mail["To"] == "officer@pddh.example"
    assert mail["From"] == "Ventanilla <avisos@ventanilla.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{ID}@ventanilla.example>"


def test_a_second_attempt_carries_the_same_message_id(sink, sender) -> None:
    sender.send(parcel())
    sender.close()
    sender.send(parcel())
    assert len({mail["Message-ID"] for mail in sink.wait_for(2)}) == 1


def test_a_reader_is_addressed_in_english_who_wants_so(sink, sender) -> None:
    sender.send(parcel(language="en-US"))
    (mail,) = sink.wait_for(1)
    assert mail["Subject"] == f"New referral (urgent): {REFERRAL}"
    assert mail["Content-Language"] == "en"


def test_a_language_without_words_gets_spanish(sink, sender) -> None:
    sender.send(parcel(language="kek"))
    assert sink.wait_for(1)[0]["Content-Language"] == "es"


def test_every_message_is_there_in_every_language(sink, sender) -> None:
    wanted = [(message, language) for message in sorted(SAYINGS.names()) for language in LANGUAGES]
    for message, language in wanted:
        sender.send(parcel(message=message, language=language))
    assert len({str(mail["Subject"]) for mail in sink.wait_for(len(wanted))}) == len(wanted)


def test_what_stands_in_a_link_cannot_break_out_of_html(sink, sender) -> None:
    sender.send(parcel(link='https://hub.example/"><script>'))
    html = sink.wait_for(1)[0].get_body(preferencelist=("html",)).get_content()
    assert "<script>" not in html


def test_many_letters_go_over_one_connection_and_a_lost_one_is_opened_again(sink, sender) -> None:
    sender.send(parcel())
    sender._smtp.sock.close()
    sender.send(parcel())
    assert len(sink.wait_for(2)) == 2


@pytest.mark.parametrize(
    "address", ["", "nobody", "two@a.example, b@c.example", "line@a.example\nBcc: x@y.example", "<x@y.example>", "ñ@a.example"]
)
def test_what_is_no_address_is_never_sent_to(sink, sender, address) -> None:
    with pytest.raises(Undeliverable) as refusal:
        sender.send(parcel(address=address))
    assert refusal.value.fault is Fault.ADDRESS_REFUSED
    assert sink.asked == 0


def test_a_recipient_refused_for_good_is_not_tried_again(sink, sender) -> None:
    sink.recipient_answer = "550 no such user officer@pddh.example"
    with pytest.raises(Undeliverable) as refusal:
        sender.send(parcel())
    assert refusal.value.fault is Fault.ADDRESS_REFUSED
    assert "pddh" not in str(refusal.value)


@pytest.mark.parametrize("code", [421, 450, 452])
def test_a_recipient_refused_for_now_is_tried_later(sink, sender, code) -> None:
    sink.recipient_answer = f"{code} later"
    with pytest.raises(NotNow) as refusal:
        sender.send(parcel())
    assert (refusal.value.fault, refusal.value.whole) == (Fault.BUSY, code == 421)


def test_a_letter_refused_for_good_is_not_tried_again(sink, sender) -> None:
    sink.answer = "554 spam"
    with pytest.raises(Undeliverable) as refusal:
        sender.send(parcel())
    assert refusal.value.fault is Fault.MESSAGE_REFUSED


def test_a_server_that_refuses_us_gets_no_more_letters_now(sink, sender) -> None:
    sink.sender_answer = "550 who are you"
    with pytest.raises(NotNow) as refusal:
        sender.send(parcel())
    assert (refusal.value.fault, refusal.value.whole) == (Fault.SERVER_REFUSED, True)


def test_after_a_refusal_the_next_letter_goes_out(sink, sender) -> None:
    sink.recipient_answer = "550 no"
    with pytest.raises(Undeliverable):
        sender.send(parcel())
    sink.recipient_answer = "250 OK"
    sender.send(parcel())
    assert len(sink.wait_for(1)) == 1


def test_no_server_at_all_is_no_fault_of_the_letter(sink) -> None:
    sender = EmailSender(Server.from_url(sink.url), "avisos@ventanilla.example", TEMPLATES, Noon())
    with pytest.raises(NotNow) as refusal:
        sender.send(parcel())
    assert (refusal.value.fault, refusal.value.whole) == (Fault.SERVER_AWAY, True)


@pytest.mark.parametrize("url", ["", "mail.example", "http://mail.example", "smtp://", "smtp://a:b@mail.example", "smtp://h:99999"])
def test_a_wrong_address_of_the_server_is_refused_in_a_sentence(url) -> None:
    with pytest.raises(ConfigError, match=r"^SMTP_URL .*\.$"):
        Server.from_url(url)


def test_addresses_of_servers_bring_their_ports_and_passwords() -> None:
    assert Server.from_url("smtp://mail.example").port == smtplib.SMTP_PORT
    assert Server.from_url("smtps://u:p%40ss@mail.example") == Server("mail.example", 465, "smtps", "u", "p@ss")
    assert Server.from_url("smtp+starttls://u:p@mail.example").port == 587


@pytest.mark.parametrize("mail_from", ["", "Ventanilla", "Ventanilla <>"])
def test_a_sender_without_an_address_is_refused_at_start(mail_from) -> None:
    with pytest.raises(ConfigError, match="MAIL_FROM"):
        EmailSender(Server("h", 25, "smtp"), mail_from, TEMPLATES, Noon())


def test_a_template_that_names_more_than_the_four_facts_is_refused_at_start(tmp_path) -> None:
    for language in LANGUAGES:
        folder = tmp_path / "leaky" / language
        folder.mkdir(parents=True)
        for part in ("subject.txt", "body.txt", "body.html"):
            (folder / part).write_text("$reference $given_name", encoding="utf-8")
    with pytest.raises(ConfigError, match="no message may hold"):
        Templates(tmp_path, frozenset({"leaky"}))
