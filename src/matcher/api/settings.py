"""How a server is set up; nothing changes while it runs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from platformdirs import user_data_path

from matcher.store.database import default_url

MEBIBYTE = 1 << 20
_WATCH_SECONDS = 2.0
ENVIRONMENT = "MATCHER_SERVER"
"""The environment variable through which worker processes get the settings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Limits are in bytes and seconds; ``data`` holds the files of jobs.

    ``public_name`` is the name by which others reach the server through a proxy, ``embed`` the origins whose pages may
    show the intake form inside them.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    public_name: str = ""
    rules: str = ""
    store: str = ""
    data: str = ""
    reload_seconds: float = 0.0
    body_limit: int = MEBIBYTE
    upload_limit: int = 256 * MEBIBYTE
    unpacked_limit: int = 4096 * MEBIBYTE
    check_seconds: float = 20.0
    upload_rows: int = 5_000_000
    upload_columns: int = 2_000
    timeout: float = 30.0
    idle_seconds: int = 15
    session_hours: float = 12.0
    open_jobs: int = 20
    job_days: float = 7.0
    worklist_days: float = 180.0
    lease: float = 15.0
    workers: int = 1
    quiet: bool = False
    embed: tuple[str, ...] = ()

    @property
    def store_url(self) -> str:
        return self.store or default_url()

    @property
    def rules_folder(self) -> Path | None:
        return Path(self.rules) if self.rules else None

    @property
    def watch_seconds(self) -> float:
        """How often the rules are looked at. Of several processes each has to hear of what another one approved."""
        return self.reload_seconds or (_WATCH_SECONDS if self.workers > 1 and self.rules else 0.0)

    @property
    def data_folder(self) -> Path:
        return Path(self.data) if self.data else user_data_path("trial-matcher", appauthor=False)

    @property
    def jobs_folder(self) -> Path:
        """Where this store's jobs have their files."""
        kind, _, path = self.store_url.partition(":///")
        named = f"{kind}:///{Path(path).resolve()}" if kind == "sqlite" else self.store_url
        return self.data_folder / "jobs" / hashlib.sha256(named.encode()).hexdigest()[:16]

    @property
    def local(self) -> bool:
        """Whether nobody but this machine can reach the server, by itself or through a proxy."""
        if self.public_name:
            return False
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def to_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        found: dict[str, Any] = json.loads(text)
        known = {each.name for each in fields(cls)}
        held = {name: value for name, value in found.items() if name in known}
        return cls(**{**held, "embed": tuple(held.get("embed", ()))})
