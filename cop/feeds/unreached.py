"""Why a broker is not reached, in words for people, and what they can do about it."""

import errno
import re
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from cop.feeds.broker import Broker
from cop.feeds.refusals import Words

_NETWORK = "Check this desk's network cable or Wi-Fi; then call whoever runs the network."
_RUNNING = "Call whoever runs the broker: is it running, and is this its address?"
_SETTING = "under [broker] in cop.toml"
_PLAIN_PORT = Words(
    "what is at the broker's address does not speak TLS",
    f"If the broker does not use TLS, url {_SETTING} begins with mqtt://; if it does, check the port (usually 8883).",
)
TLS_PORT = Words(
    "the broker speaks TLS at this address, and this desk does not",
    f"url {_SETTING} has to begin with mqtts://, with the authority's certificate as ca_file.",
)
_CERTIFICATE = f"Check cert_file and key_file {_SETTING}. "
#: OpenSSL's X509_V_ERR_…: what is wrong with the broker's certificate
_VERIFY = {
    9: Words(
        "the broker's certificate is not valid yet",
        "Check this computer's date and time. If they are right, call whoever runs the broker.",
    ),
    10: Words(
        "the broker's certificate has expired",
        "Call whoever runs the broker: it needs a new certificate. If it has one, check this computer's date and time.",
    ),
    23: Words("the broker's certificate was revoked", "Do not connect. Call whoever runs the broker."),
    62: Words(
        "the broker's certificate is for another name than the one in url",
        f"Check the name in url {_SETTING}. If it is right, call whoever runs the broker: its certificate is not.",
    ),
}
_VERIFY[64] = _VERIFY[62]  # the same for an address
_UNKNOWN_AUTHORITY = Words(
    "the broker's certificate is from an authority that this desk does not know",
    f"Check ca_file {_SETTING}: it has to be the certificate of the authority that issued the broker's. If it is, this"
    " may not be the broker: call whoever runs it.",
)
#: what the other side says of our certificate, or of our TLS (RFC 8446 §6.2), in OpenSSL's words
_ALERTS = {
    "CERTIFICATE_REQUIRED": Words(
        "the broker wants a certificate of this desk and has not got one",
        f"Set cert_file and key_file {_SETTING}; whoever runs the broker issues them.",
    ),
    "CERTIFICATE_EXPIRED": Words(
        "this desk's certificate has expired", f"{_CERTIFICATE}Whoever runs the broker issues a new one."
    ),
    "CERTIFICATE_REVOKED": Words(
        "this desk's certificate was revoked", f"{_CERTIFICATE}Whoever runs the broker issues a new one."
    ),
    "UNKNOWN_CA": Words(
        "the broker does not know the authority of this desk's certificate",
        f"{_CERTIFICATE}They have to be the ones that whoever runs the broker issued for it.",
    ),
    "BAD_CERTIFICATE": Words(
        "the broker does not take this desk's certificate", f"{_CERTIFICATE}Call whoever runs the broker."
    ),
    "HANDSHAKE_FAILURE": Words(
        "broker and desk find no common TLS, or the broker wants a certificate of this desk",
        f"{_CERTIFICATE}Call whoever runs the broker.",
    ),
    "PROTOCOL_VERSION": Words(
        "broker and desk find no common version of TLS", "The broker has to speak TLS 1.2 or newer."
    ),
}
_ALERTS["CERTIFICATE_UNKNOWN"] = _ALERTS["UNSUPPORTED_CERTIFICATE"] = _ALERTS["BAD_CERTIFICATE"]
_CLOSED_AT_GREETING = Words(
    "the broker closed the connection at the greeting",
    "It may be full, or want TLS (a url that begins with mqtts://). Call whoever runs the broker.",
)
#: what ends a connection that was made
NO_GREETING = Words(
    "the broker does not answer to the greeting",
    "It may be stuck, or no MQTT broker: call whoever runs it. Check the port in url under [broker] in cop.toml.",
)
CLOSED = Words("the broker closed the connection", "It is tried again by itself.")
UNREADABLE = Words("the broker said what cannot be read", "It is tried again by itself.")
CLOSED_EACH_TIME = Words(
    "the broker lets this desk in and closes the connection each time",
    "Another desk may connect with this desk's client id: close it, or give one of the two another client_id under"
    " [broker] in cop.toml. Or call whoever runs the broker.",
)
_PLAIN_SIGNS = ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH")
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL})
_SSL_REASON = re.compile(r"\[SSL(?:: ([A-Z0-9_]+))?\]")


def in_words(error: Exception, *, tls: bool = False) -> Words:
    """Why a connection was not made; `tls` tells whether TLS was spoken."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFY.get(error.verify_code, _UNKNOWN_AUTHORITY)
    if isinstance(error, ssl.SSLError):
        return of_tls(f"[SSL: {error.reason}]" if getattr(error, "reason", "") else str(error))
    if isinstance(error, TimeoutError):
        return Words(
            "no answer from the broker's address",
            f"{_RUNNING} A firewall between may swallow the connection: ask whoever runs the network.",
        )
    if isinstance(error, ConnectionRefusedError):
        return Words("nothing listens at the broker's address", _RUNNING)
    if isinstance(error, socket.gaierror):
        return Words(
            f"the broker's name is not found ({error.strerror or error})",
            f"Check the name in url {_SETTING}, and this desk's network; then call whoever runs the network.",
        )
    if isinstance(error, ConnectionError):
        return _PLAIN_PORT if tls else Words("the broker's address breaks the connection off", _RUNNING)
    if isinstance(error, OSError) and error.errno in _NO_ROUTE:
        return Words("there is no way to the broker's network", _NETWORK)
    why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return Words(f"the connection was not made ({why})", _RUNNING)


def of_files(error: Exception) -> Words:
    """Why certificate, key or password files cannot be used, or the URL; a file is named, never its content."""
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "reason", "") or "no certificate in it"
        return Words(
            f"the certificate files of this desk cannot be used ({reason.replace('_', ' ').lower()})",
            f"Check ca_file, cert_file and key_file {_SETTING}: certificate and key belong together, and the key has no"
            " password.",
        )
    if isinstance(error, OSError):
        return Words(
            f"a file that signs this desk in cannot be read ({error.filename}: {error.strerror})"
            if error.filename
            else "a file that signs this desk in cannot be read",
            f"Check password_file, ca_file, cert_file and key_file {_SETTING}.",
        )
    if isinstance(error, UnicodeError):
        return Words("the password file cannot be read as text", f"Check password_file {_SETTING}: it is UTF-8.")
    return Words(str(error), f"Check the settings {_SETTING}.")


def at_greeting(broker: Broker, said: str) -> Words:
    """Why the broker hung up on our greeting; `said` is what paho logged of TLS, empty if nothing.

    A broker that does not take our certificate says so, but hangs up in the same moment: often its words are lost.
    """
    if "[SSL: " in said:
        return of_tls(said)
    if not broker.address()[2]:
        return _CLOSED_AT_GREETING
    if not broker.cert_file:
        return Words(
            "the broker closed the connection at the greeting: it may want a certificate of this desk",
            _ALERTS["CERTIFICATE_REQUIRED"].advice,
        )
    if _is_over(broker.cert_file):
        return _ALERTS["CERTIFICATE_EXPIRED"]
    return Words(
        "the broker closed the connection at the greeting: it may not take this desk's certificate",
        _ALERTS["BAD_CERTIFICATE"].advice,
    )


def _is_over(file: str) -> bool:
    from cryptography import x509  # noqa: PLC0415 - only where a certificate of ours is in doubt

    try:
        certificate = x509.load_pem_x509_certificate(Path(file).expanduser().read_bytes())
    except (OSError, ValueError):
        return False
    return certificate.not_valid_after_utc < datetime.now(UTC)


def of_tls(said: str) -> Words:
    """What OpenSSL's words tell, as they stand in an error or in a line of paho's log."""
    found = _SSL_REASON.search(said)
    reason = (found.group(1) or "") if found else ""
    for name, words in _ALERTS.items():
        if reason.endswith(f"ALERT_{name}"):
            return words
    if not reason or any(sign in reason for sign in _PLAIN_SIGNS):
        return _PLAIN_PORT
    return Words(f"TLS with the broker failed ({reason.replace('_', ' ').lower()})", "Call whoever runs the broker.")


def is_tls(first_bytes: bytes) -> bool:
    """Whether the first bytes of an answer are a TLS alert: the other side takes ours for a broken TLS greeting."""
    return first_bytes[:2] == b"\x15\x03"
