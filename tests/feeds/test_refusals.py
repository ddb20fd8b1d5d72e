"""What is said when a broker refuses us or is not reached, and what to do: by real brokers where they can."""

import errno
import logging
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.batch import BrokerState
from cop.feeds import places, pulse_of_line, refusals, unreached
from cop.feeds.broker import Broker
from cop.feeds.connecting import Will
from cop.feeds.publishing import Published
from cop.feeds.session import Session, Subscription
from tests.conftest import Mosquitto, wait_until
from tests.feeds.stub_broker import CONNACK_5, CONNECT, PUBLISH, SUBSCRIBE, Line, StubBroker

_PASSWORD = "open-sesame"
_PINGREQ = 0xC0
Serve = Callable[[Line, int], None]
MakeBroker = Callable[..., Mosquitto]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[MakeBroker]:
    """Starts a Mosquitto with these settings."""
    started: list[Mosquitto] = []

    def make(*settings: str) -> Mosquitto:
        started.append(Mosquitto(tmp_path, "".join(f"{one}\n" for one in settings)))
        started[-1].start()
        return started[-1]

    yield make
    for one in started:
        one.stop()


@pytest.fixture
def stub() -> Iterator[Callable[[Serve], StubBroker]]:
    made: list[StubBroker] = []

    def make(serve: Serve) -> StubBroker:
        made.append(StubBroker(serve))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Callable[..., Session]]:
    """Makes sessions; at the end none of their words may hold the password."""
    monkeypatch.setattr(places, "_BACKOFF_S", (0.001, 0.05))
    caplog.set_level(logging.DEBUG)
    made: list[Session] = []

    def make(broker: Broker, name: str = "desk", *, version: int = 5, will: bool = True) -> Session:
        topics = [Subscription("cop/v1/#", 1)]
        made.append(Session(broker, name, topics, (lambda: Will("w", b"off", b"on")) if will else None))
        made[-1].places.here.protocol = 0 if version == 5 else 1
        return made[-1]

    yield make
    for one in made:
        assert _PASSWORD not in repr(one.state)
        one.close()
    assert _PASSWORD not in caplog.text


def _until(session: Session, *wanted: str) -> BrokerState:
    def reached() -> bool:
        session.service(0.01)
        return session.state.state in wanted

    wait_until(reached, what=f"{wanted}, not {session.state}")
    assert session.state.state == "online" or session.state.advice
    return session.state


def _passwords(folder: Path, user: str = "ann") -> str:
    file = folder / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(file), user, _PASSWORD], check=True)
    return f"password_file {file}"


# who may come in


@pytest.mark.parametrize("version", [5, 4])
@pytest.mark.parametrize(("user", "password"), [("ann", "wrong"), ("nobody", _PASSWORD), ("", "")])
def test_that_a_wrong_password_and_an_unknown_user_are_said(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path, version: int, user: str, password: str
) -> None:
    broker = run("allow_anonymous false", _passwords(tmp_path))
    state = _until(sessions(Broker(url=broker.url, user=user, password=password), version=version), "refused")
    assert "user name, password" in state.reason
    assert "Check user and password" in state.advice


@pytest.mark.parametrize("version", [5, 4])
def test_that_the_right_password_comes_in(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path, version: int
) -> None:
    broker = run("allow_anonymous false", _passwords(tmp_path))
    secret = tmp_path / "secret"
    secret.write_text(f"{_PASSWORD}\n")
    in_url = broker.url.replace("://", f"://ann:{_PASSWORD}@")
    for settings in (Broker(url=in_url), Broker(url=broker.url, user="ann", password_file=str(secret))):
        _until(sessions(settings, version=version), "online")


def test_that_two_desks_with_the_same_client_id_are_said(run: MakeBroker, sessions: Callable[..., Session]) -> None:
    """Mosquitto 2.0.11 only hangs up; brokers that give the reason are in test_session."""
    broker = run("allow_anonymous true")
    first, second = (sessions(Broker(url=broker.url), "same") for _ in range(2))

    def said() -> bool:
        second.service(0.01)
        return "client id" in _until(first, "online", "offline").advice

    wait_until(said)
    assert first.state.state == "offline"


def _greets_with(code: int, properties: bytes = b"", *, version: int = 5) -> Serve:
    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                if version == 5:
                    body = bytes([0, code, len(properties)]) + properties
                    line.say(bytes([0x20, len(body)]) + body)
                else:
                    line.say(bytes([0x20, 2, 0, code]))

    return serve


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        (0x85, "refused", "client id"),
        (0x86, "refused", "password is wrong"),
        (0x87, "refused", "does not let this desk in"),
        (0x88, "refused", "not available"),
        (0x89, "refused", "busy"),
        (0x8A, "refused", "banned"),
        (0x8C, "refused", "another way of signing in"),
        (0x97, "refused", "quota"),
        (0x9A, "refused", "does not retain"),
        (0x9C, "refused", "use another one"),
        (0x9D, "refused", "moved"),
        (0x9F, "offline", "too often"),
        (0x80, "offline", "does not say why"),
    ],
)
def test_that_every_refusal_of_mqtt_5_is_said_in_words(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session], code: int, state: str, words: str
) -> None:
    said = _until(sessions(Broker(url=stub(_greets_with(code)).url)), state)
    assert words in said.reason


@pytest.mark.parametrize(
    ("code", "words"),
    [(2, "client id"), (3, "not available"), (4, "password is wrong"), (5, "does not let this desk in")],
)
def test_that_every_refusal_of_mqtt_3_1_1_is_said_in_words(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session], code: int, words: str
) -> None:
    said = _until(sessions(Broker(url=stub(_greets_with(code, version=4)).url), version=4), "refused")
    assert words in said.reason


def test_that_a_broker_that_has_moved_says_where_and_its_own_words_are_harmless(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session]
) -> None:
    where, why = b"new.example:8883", b"<b>gone</b>\n\x1b[2J" + b"x" * 60
    properties = b"\x1c" + len(where).to_bytes(2, "big") + where + b"\x1f" + len(why).to_bytes(2, "big") + why
    said = _until(sessions(Broker(url=stub(_greets_with(0x9D, properties)).url)), "refused")
    assert "whether url under [broker] in cop.toml is now new.example:8883" in said.advice
    assert "\n" not in said.reason + said.advice
    assert "\x1b" not in said.reason


# what may be said


def _published(session: Session, topic: str, payload: bytes) -> Published:
    assert session.publish(1, topic, payload, qos=1, retain=True)
    found: list[Published] = []

    def told() -> bool:
        session.service(0.01)
        found.extend(one for one in session.published() if one.token == 1)
        return bool(found)

    wait_until(told)
    return found[0]


def test_that_an_action_that_the_brokers_rules_forbid_is_refused_for_good(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path
) -> None:
    (tmp_path / "acl").write_text("topic readwrite w\ntopic readwrite cop/v1/fire/#\n")
    broker = run("allow_anonymous true", f"acl_file {tmp_path}/acl")
    session = sessions(Broker(url=broker.url))
    _until(session, "online")
    assert _published(session, "cop/v1/fire/incident/i", b"{}") == Published(1, "", True)
    assert _published(session, "cop/v1/ems/incident/i", b"{}") == Published(
        1, "the broker does not allow this desk to say it", True
    )


def test_that_a_message_larger_than_the_broker_takes_is_not_sent_and_breaks_no_connection(
    run: MakeBroker, sessions: Callable[..., Session]
) -> None:
    broker = run("allow_anonymous true", "max_packet_size 600")
    session = sessions(Broker(url=broker.url))
    _until(session, "online")
    with pytest.raises(ValueError, match="larger than the 600 bytes that the broker takes"):
        session.publish(1, "cop/v1/fire/incident/i", b"x" * 600, qos=1, retain=True)
    assert _published(session, "cop/v1/fire/incident/i", b"x" * 500).refused == ""
    assert session.connection == 1


@pytest.mark.parametrize(
    ("code", "final"),
    [(0x80, False), (0x83, False), (0x87, True), (0x90, True), (0x91, False), (0x97, False), (0x99, True)],
)
def test_that_of_an_action_only_what_the_same_words_would_be_told_again_is_final(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session], code: int, final: bool
) -> None:
    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(CONNACK_5)
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1)
            elif packet.kind == PUBLISH and b"cop/v1" in packet.body:
                line.say(b"\x40\x04" + packet.mid.to_bytes(2, "big") + bytes([code, 0]))
            elif packet.kind == PUBLISH:
                line.take(packet)

    session = sessions(Broker(url=stub(serve).url))
    _until(session, "online")
    fate = _published(session, "cop/v1/fire/incident/i", b"{}")
    assert fate.final is final
    assert fate.refused
    assert "0x" not in fate.refused


def test_that_no_more_is_said_at_once_than_the_broker_takes(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session]
) -> None:
    """MQTT 5 §3.3.4: who says more than its Receive Maximum is thrown out."""
    held: list[tuple[Line, object]] = []

    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(b"\x20\x06\x00\x00\x03\x21\x00\x02")  # Receive Maximum 2
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1)
            elif packet.kind == PUBLISH:
                held.append((line, packet))

    session = sessions(Broker(url=stub(serve).url), will=False)
    _until(session, "online")
    taken = [session.publish(one, "cop/v1/a/log/l", b"{}", qos=1, retain=False) for one in range(4)]
    assert taken == [True, True, False, False]


# what is not reached

_TLS_FILES = "cafile {0}/ca.pem\ncertfile {0}/cert.pem\nkeyfile {0}/key.pem"


def _issue(folder: Path, name: str = "127.0.0.1", **when: Any) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued = authority.issue_cert(name, **when)
    issued.private_key_pem.write_to_path(folder / "key.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    return authority


def _days(number: int) -> datetime:
    return datetime.now(UTC) + timedelta(days=number)


@pytest.mark.parametrize(
    ("name", "when", "reason", "advice"),
    [
        ("127.0.0.1", {"not_before": _days(-9), "not_after": _days(-1)}, "has expired", "new certificate"),
        ("127.0.0.1", {"not_before": _days(1), "not_after": _days(9)}, "not valid yet", "date and time"),
        ("10.1.2.3", {}, "another name", "Check the name in url"),
    ],
)
def test_that_a_brokers_certificate_that_cannot_be_trusted_is_said_with_why(
    run: MakeBroker,
    sessions: Callable[..., Session],
    tmp_path: Path,
    name: str,
    when: dict[str, datetime],
    reason: str,
    advice: str,
) -> None:
    _issue(tmp_path, name, **when)
    broker = run("allow_anonymous true", _TLS_FILES.format(tmp_path))
    url = broker.url.replace("mqtt:", "mqtts:")
    state = _until(sessions(Broker(url=url, ca_file=str(tmp_path / "ca.pem"))), "offline")
    assert reason in state.reason
    assert advice in state.advice


def test_that_an_authority_that_is_not_known_is_said(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path
) -> None:
    _issue(tmp_path)
    trustme.CA().cert_pem.write_to_path(tmp_path / "stranger.pem")
    broker = run("allow_anonymous true", _TLS_FILES.format(tmp_path))
    url = broker.url.replace("mqtt:", "mqtts:")
    for settings in (Broker(url=url, ca_file=str(tmp_path / "stranger.pem")), Broker(url=url)):
        state = _until(sessions(settings), "offline")
        assert "an authority that this desk does not know" in state.reason
        assert "ca_file" in state.advice


@pytest.mark.parametrize("version", [5, 4])
def test_that_a_certificate_of_ours_that_is_missing_or_over_is_said(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path, version: int
) -> None:
    authority = _issue(tmp_path)
    old = authority.issue_cert("desk", not_before=_days(-9), not_after=_days(-1))
    good = authority.issue_cert("desk")
    for one, name in ((old, "old"), (good, "good")):
        one.private_key_and_cert_chain_pem.write_to_path(tmp_path / f"{name}.pem")
    broker = run("allow_anonymous true", "require_certificate true", _TLS_FILES.format(tmp_path))
    url, ca_file = broker.url.replace("mqtt:", "mqtts:"), str(tmp_path / "ca.pem")

    def with_certificate(name: str) -> Broker:
        file = str(tmp_path / name) if name else ""
        return Broker(url=url, ca_file=ca_file, cert_file=file, key_file=file)

    without = _until(sessions(with_certificate(""), version=version), "offline")
    assert "a certificate of this desk" in without.reason  # whether the broker's own words came through or not
    assert "cert_file and key_file" in without.advice
    assert _until(sessions(with_certificate("old.pem"), version=version), "offline").reason == (
        "this desk's certificate has expired"
    )
    _until(sessions(with_certificate("good.pem"), version=version), "online")
    gone = _until(sessions(with_certificate("gone.pem")), "offline")
    assert "gone.pem: No such file" in gone.reason


def test_that_a_key_with_a_password_stops_nothing_and_is_said(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path
) -> None:
    """OpenSSL would ask for it at a terminal, and the feed process would wait for ever."""
    _issue(tmp_path)
    locked = tmp_path / "locked.pem"
    subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "key.pem", "-aes256", "-passout", "pass:x", "-out", locked], check=True
    )
    settings = Broker(url="mqtts://127.0.0.1:1", cert_file=str(tmp_path / "cert.pem"), key_file=str(locked))
    state = _until(sessions(settings), "offline")
    assert "certificate files of this desk cannot be used" in state.reason


def test_that_tls_to_a_plain_port_and_plain_to_a_tls_port_are_told_from_one_another(
    run: MakeBroker, sessions: Callable[..., Session], tmp_path: Path
) -> None:
    _issue(tmp_path)
    plain, secure = run("allow_anonymous true"), run("allow_anonymous true", _TLS_FILES.format(tmp_path))
    wrong = sessions(Broker(url=plain.url.replace("mqtt:", "mqtts:"), ca_file=str(tmp_path / "ca.pem")))
    state = _until(wrong, "offline")
    assert "does not speak TLS" in state.reason
    assert "mqtt://" in state.advice
    for version in (5, 4):
        state = _until(sessions(Broker(url=secure.url), version=version), "offline")
        assert "mqtts://" in state.advice


def test_that_a_tls_alert_in_answer_to_plain_words_is_known(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session]
) -> None:
    def serve(line: Line, _number: int) -> None:
        for _packet in line.packets():
            line.say(b"\x15\x03\x01\x00\x02\x02\x46")  # fatal: protocol version

    state = _until(sessions(Broker(url=stub(serve).url)), "offline")
    assert "speaks TLS" in state.reason


def test_that_nothing_listens_is_said(sessions: Callable[..., Session]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        state = _until(sessions(Broker(url=f"mqtt://127.0.0.1:{probe.getsockname()[1]}")), "offline")
    assert state.reason == "nothing listens at the broker's address"
    assert "is it running" in state.advice


@pytest.mark.parametrize(
    ("error", "tls", "words"),
    [
        (TimeoutError("timed out"), False, "no answer from the broker's address"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), False, "no way to the broker's network"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), False, "no way to the broker's network"),
        (ConnectionResetError(), True, "does not speak TLS"),
        (ConnectionResetError(), False, "breaks the connection off"),
        (socket.gaierror(-3, "Temporary failure in name resolution"), False, "name is not found"),
        (RuntimeError("odd"), False, "the connection was not made (RuntimeError)"),
    ],
)
def test_that_what_keeps_a_connection_from_being_made_is_said(error: Exception, tls: bool, words: str) -> None:
    said = unreached.in_words(error, tls=tls)
    assert words in said.reason
    assert said.advice


# brokers that are there and are not


def _greets(then: Callable[[Line, int, bytes], None] = lambda *_: None) -> Serve:
    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(CONNACK_5)
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1)
            else:
                then(line, packet.kind, packet.body)

    return serve


def test_that_a_broker_that_greets_and_falls_silent_is_found_by_its_silence(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    every, limit = pulse_of_line._OF_KEEPALIVE
    assert limit * 5 + pulse_of_line._CHECK_S < 1.5 * 5  # whatever the keep-alive: five seconds is the shortest
    assert every < limit / 2
    monkeypatch.setattr(pulse_of_line, "_OF_KEEPALIVE", (0.01, 0.06))
    monkeypatch.setattr(pulse_of_line, "_CHECK_S", 0.01)
    session = sessions(Broker(url=stub(_greets()).url, keepalive_s=5))
    _until(session, "online")
    state = _until(session, "offline")
    assert "fallen silent" in state.reason


def test_that_a_broker_that_answers_slowly_is_said_and_kept(
    stub: Callable[[Serve], StubBroker], sessions: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulse_of_line, "_OF_KEEPALIVE", (0.01, 30.0))
    monkeypatch.setattr(pulse_of_line, "_CHECK_S", 0.0)
    monkeypatch.setattr(pulse_of_line, "_SLOW_S", 0.05)
    asked: list[Line] = []

    def then(line: Line, kind: int, _body: bytes) -> None:
        if kind == _PINGREQ:
            asked.append(line)

    session = sessions(Broker(url=stub(_greets(then)).url))
    _until(session, "online")

    def slow() -> bool:
        session.service(0.01)
        return "slowly" in session.state.reason

    wait_until(slow)
    assert session.state.state == "online"
    assert session.state.round_trip_s is not None

    def quick_again() -> bool:
        while asked:
            asked.pop().say(b"\xd0\x00")
        session.service(0.01)
        return session.state.reason == ""

    wait_until(quick_again)
    assert session.connection == 1


# words


def test_that_every_reason_has_words_and_an_advice() -> None:
    for code in range(0x80, 0xA3):
        words = refusals.of_broker(code)
        assert words.reason
        assert words.advice.endswith(".")


@given(st.text())
def test_that_words_of_somebody_else_are_short_and_on_one_line(words: str) -> None:
    shown = refusals.quoted(words)
    assert len(shown) <= 160
    assert all(one.isprintable() for one in shown)


@given(st.text(alphabet="mqts:/@[]%.0123456789ab-\n é", max_size=40))
def test_that_a_url_that_is_none_is_refused_without_repeating_it(rest: str) -> None:
    broker = Broker(url=f"mqtt://ann:{_PASSWORD}{rest}")
    try:
        broker.address()
    except ValueError as error:
        assert _PASSWORD not in str(error)
    else:
        assert f"{_PASSWORD}@" not in broker.shown_url()


def test_that_an_alert_that_nobody_knows_is_said_all_the_same() -> None:
    assert "odd thing" in unreached.of_tls("[SSL: ODD_THING] odd thing (_ssl.c:1)").reason
    assert unreached.of_files(ssl.SSLError()).advice
