"""What the environment tells the server: where things are kept, who may come in, the limits."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError

from ..types.base import Model
from ..types.errors import ConfigError

SHORTEST_SECRET = 32
"""Bytes; a shorter key of HS256 can be guessed."""
SECRET_FILE = "secret.key"  # noqa: S105 - its name
VARIABLES = {
    "DIP_DATABASE_URL": "database_url",
    "DIP_REDIS_URL": "redis_url",
    "DIP_OBJECTS": "objects",
    "DIP_CACHE_MB": "cache_mb",
    "DIP_SECRET": "secret",
    "DIP_SECRET_BEFORE": "secret_before",
    "DIP_SERVER_FOLDER": "folder",
    "DIP_REGISTRATION": "registration",
    "DIP_ORIGINS": "origins",
    "DIP_HOSTS": "hosts",
    "DIP_UPLOAD_MB": "upload_mb",
    "DIP_LEASE_SECONDS": "lease_s",
    "DIP_METRICS_TOKEN": "metrics_token",
    "DIP_LOG": "log",
    "DIP_AUDIT": "audit",
    "DIP_QUERIES": "queries",
    "DIP_QUERIES_PER_USER": "queries_per_user",
    "DIP_QUOTA_MB": "quota_mb",
    "DIP_MONEY_PER_USER_DAY": "money_per_user_day",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "traces_to",
    "DIP_GRACE": "grace_s",
    "DIP_MIGRATE": "migrate",
}
"""Environment variable -> setting."""


class ServerSettings(Model, extra="forbid"):
    """The settings of a server. Without any it is the embedded profile: SQLite and local files."""

    folder: Path
    """Where the embedded profile keeps its database, its files and its key."""
    secret: SecretStr
    """Signs access tokens; at least 32 bytes."""
    secret_before: SecretStr | None = None
    """The key before, whose tokens are still taken while keys are changed."""
    database_url: str = ""
    """`postgresql+asyncpg://...`; "" is SQLite in `folder`."""
    redis_url: str = ""
    """`redis://...`; "" where there is one process: several would hear each other late."""
    objects: str = ""
    """`s3://bucket/prefix`, or `file:///...` that all see; "" is `folder`, which all share then."""
    cache_mb: int = Field(default=10_000, ge=0)
    """What is kept on the disk of the files in `objects`, besides those of open sessions."""
    registration: Literal["open", "closed"] = "open"
    """Who may make an account: anybody, or nobody; closed where `DIP_DATABASE_URL` is set."""
    origins: tuple[str, ...] = ()
    """Pages elsewhere that may call this server; its own page always may."""
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    """Names it answers to; "*" answers to all."""
    upload_mb: int = Field(default=500, ge=1)
    """The largest file that may be sent."""
    lease_s: float = Field(default=10, ge=2)
    """Seconds without a sign of life after which the other processes take over."""
    metrics_token: SecretStr | None = None
    """Lets a program of another machine read `/metrics`; without it only this machine may."""
    log: Literal["debug", "info", "warning", "error"] = "warning"
    """The least that is written to stderr; from "info" on there is a line for every request."""
    audit: Literal["on", "off"] = "off"
    """Whether the audit log is written whatever `log` is; with "info" or "debug" it always is."""
    queries: int = Field(default_factory=lambda: 2 * (os.cpu_count() or 1), ge=1)
    """Questions that one process answers at once; more wait."""
    queries_per_user: int = Field(default=4, ge=1)
    """Of these, those of one user."""
    quota_mb: int = Field(default=20_000, ge=1)
    """What the files of one user may take in all their sessions."""
    money_per_user_day: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """US dollars that a model may cost for one user and day (UTC); None: no bound."""
    traces_to: str = ""
    """`http://collector:4318`: where traces are sent; "" is nowhere."""
    grace_s: float = Field(default=20, ge=0)
    """Seconds that running questions get to finish when the server is told to stop."""
    migrate: Literal["on", "off"] = "on"
    """Whether a process brings the schema up when it starts; "off" leaves that to one of its own:
    `dip serve --migrate`."""
    access_minutes: int = Field(default=15, ge=1)
    refresh_days: int = Field(default=30, ge=1)

    @property
    def embedded(self) -> bool:
        """Everything in one process and one folder."""
        return not self.database_url

    @property
    def database(self) -> str:
        """The URL with the driver that is used, whether it was named or not."""
        if self.database_url.startswith(("postgres://", "postgresql://")):
            return f"postgresql+asyncpg://{self.database_url.partition('://')[2]}"
        return self.database_url or f"sqlite+aiosqlite:///{self.folder / 'dip.db'}"


def settings(environment: Mapping[str, str] | None = None) -> ServerSettings:
    """The settings that the environment gives; raises `ConfigError` naming the variable."""
    given = os.environ if environment is None else environment
    told: dict[str, object] = {
        name: given[variable] for variable, name in VARIABLES.items() if given.get(variable)
    }
    for name in ("origins", "hosts"):
        if name in told:
            told[name] = tuple(part.strip() for part in str(told[name]).split(",") if part.strip())
    folder = Path(str(told.get("folder") or _default_folder())).expanduser()
    told["folder"] = folder
    if "database_url" in told:
        told.setdefault("registration", "closed")
    if "secret" not in told:
        told["secret"] = _own_secret(folder, embedded="database_url" not in told)
    _check_secrets(told)
    try:
        return ServerSettings.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = next((v for v, n in VARIABLES.items() if n == name), name)
        raise ConfigError(f"{variable} cannot be used.", hint=f"{first['msg']}.") from None


def _default_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("dip")) / "server"


def _own_secret(folder: Path, *, embedded: bool) -> str:
    """The key of the embedded profile, made at its first start; a server is told its own."""
    if not embedded:
        raise ConfigError(
            "DIP_SECRET is not set.",
            hint="Set it to 32 random bytes or more, the same for every process: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            code="no_secret",
        )
    path = folder / SECRET_FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret


def _check_secrets(told: Mapping[str, object]) -> None:
    for name in ("secret", "secret_before"):
        if name in told and len(str(told[name]).encode()) < SHORTEST_SECRET:
            raise ConfigError(
                f"DIP_{name.upper()} is shorter than {SHORTEST_SECRET} bytes.",
                hint="python -c 'import secrets; print(secrets.token_urlsafe(48))' makes one.",
                code="weak_secret",
            )
