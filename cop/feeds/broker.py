"""Where the brokers are and how to sign in: the `[broker]` table of `cop.toml`."""

from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

import msgspec

Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_NO_URL = "a broker's URL looks like mqtt://host:1883 or mqtts://host:8883 (% and @ in a password as %25 and %40)"


class Broker(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`url` is `mqtt://host[:port]` or `mqtts://host[:port]`; TLS files are paths, `insecure` skips the name check.

    `also` are further brokers, tried in this order when the one before is not reached.

    `session_expiry_s` is how long the broker keeps QoS 1 messages for a desk that is away (MQTT 5 §3.1.2.11.2); one
    that knows only MQTT 3.1.1 keeps them as long as it likes, and none with 0.
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

    def each(self) -> tuple["Broker", ...]:
        """Every broker as one that stands alone; a URL that names no user is signed in at as at the first."""
        user, password = _user_in(self.url)
        found = [msgspec.structs.replace(self, also=())]
        for url in self.also:
            other = msgspec.structs.replace(self, url=url, also=())
            if not _user_in(url)[0]:
                other = msgspec.structs.replace(other, user=self.user or user, password=self.password or password)
            found.append(other)
        return tuple(found)

    def address(self) -> tuple[str, int, bool]:
        """Host, port and whether TLS is used. Raises ValueError for a URL that is no broker's, without its password."""
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:  # its own text repeats what it could not read, perhaps a password
            raise ValueError(_NO_URL) from None
        if parts.scheme not in _PORTS or not parts.hostname or port == 0:
            raise ValueError(_NO_URL)
        return parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts"

    def credentials(self) -> tuple[str, str]:
        """User and password; a password file wins over the password itself, both over the URL. Raises OSError."""
        user, password = _user_in(self.url)
        if self.password_file:
            text = Path(self.password_file).expanduser().read_text(encoding="utf-8")
            return self.user or user, text.strip()
        return self.user or user, self.password or password

    def shown_url(self) -> str:
        """The URL as people may see it: without a password."""
        host, port, tls = self.address()
        shown = f"[{host}]" if ":" in host else host
        return f"{'mqtts' if tls else 'mqtt'}://{shown}:{port}"


def _user_in(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:  # `address` says it
        return "", ""
    return unquote(parts.username or ""), unquote(parts.password or "")
