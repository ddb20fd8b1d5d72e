"""Where the broker is and how to sign in: the `[broker]` table of `cop.toml`."""

from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]

_PORTS = {"mqtt": 1883, "mqtts": 8883}


class Broker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is `mqtt://host[:port]` or `mqtts://host[:port]`; TLS files are paths, `insecure` skips the name check.

    `also` are further brokers, tried in this order when the one before is not reached.

    `session_expiry_s` is how long the broker keeps QoS 1 messages for a desk that is away (MQTT 5 §3.1.2.11.2).
    """

    url: str = "mqtt://127.0.0.1:1883"
    also: tuple[str, ...] = ()
    user: str = ""
    password: str = ""
    password_file: str = ""
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure: bool = False
    client_id: str = ""
    keepalive_s: Annotated[int, msgspec.Meta(ge=5, le=3600)] = 20
    connect_timeout_s: Seconds = 3.0
    session_expiry_s: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400)] = 3600

    def address(self) -> tuple[str, int, bool]:
        """Host, port and whether TLS is used. Raises ValueError for a URL that is no broker's."""
        parts = urlsplit(self.url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError(f"a broker's URL looks like mqtt://host:1883 or mqtts://host:8883, not {self.url!r}")
        return parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme == "mqtts"

    def credentials(self) -> tuple[str, str]:
        """User and password; a password file wins over the password itself, both over the URL."""
        parts = urlsplit(self.url)
        user = self.user or unquote(parts.username or "")
        if self.password_file:
            return user, Path(self.password_file).expanduser().read_text(encoding="utf-8").strip()
        return user, self.password or unquote(parts.password or "")

    def shown_url(self) -> str:
        """The URL as people may see it: without a password."""
        host, port, tls = self.address()
        return f"{'mqtts' if tls else 'mqtt'}://{host}:{port}"
