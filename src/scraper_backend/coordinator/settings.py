"""What the environment says about this coordinator: one frozen value, all faults at once.

Read once, by the doors (`bsr serve`, `bsr key`, …); inside the house nobody looks at the environment.
Every secret can also come from a file: `NAME_FILE` holds its path.  Reference: docs/reference/settings.md.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from scraper_backend.coordinator.rules.secrets import read_key
from scraper_backend.core.environment import data_folder, setting
from scraper_backend.core.errors import Faults, UsageError
from scraper_backend.core.problems import Problem, from_validation

SECRETS: Final = (
    "DATABASE_URL",
    "SCRAPER_WEBHOOK_SECRET",
    "SCRAPER_WEBHOOK_SECRET_PREVIOUS",
    "GITHUB_APP_PRIVATE_KEY",
    "BSR_MASTER_KEY",
)
"""What may be given as `NAME_FILE` instead."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(value: object) -> object:
    if not isinstance(value, str):
        return value
    words = [word.strip() for word in value.split(",") if word.strip()]
    try:
        return tuple(ipaddress.ip_network(word) for word in words)
    except ValueError as error:
        raise ValueError(f"{error}; write addresses or networks such as 10.0.0.5, 172.16.0.0/12") from None


class Settings(BaseModel):
    """A coordinator's settings, each under the name it has in the environment."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, hide_input_in_errors=True)

    data_dir: Path = Field(alias="BSR_DATA_DIR")
    database_url: SecretStr = Field(alias="DATABASE_URL")
    host: str = Field(default="127.0.0.1", alias="BSR_HOST", min_length=1)
    port: int = Field(default=8000, alias="BSR_PORT", ge=0, le=65535)
    public_url: str | None = Field(default=None, alias="BSR_PUBLIC_URL")
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        default=(), alias="BSR_TRUSTED_PROXY"
    )
    tls_cert: Path | None = Field(default=None, alias="BSR_TLS_CERT")
    tls_key: Path | None = Field(default=None, alias="BSR_TLS_KEY")
    webhook_secret: SecretStr | None = Field(default=None, alias="SCRAPER_WEBHOOK_SECRET")
    webhook_secret_previous: SecretStr | None = Field(default=None, alias="SCRAPER_WEBHOOK_SECRET_PREVIOUS")
    github_app_id: int | None = Field(default=None, alias="GITHUB_APP_ID", gt=0)
    github_app_private_key: SecretStr | None = Field(default=None, alias="GITHUB_APP_PRIVATE_KEY")
    master_key: SecretStr | None = Field(default=None, alias="BSR_MASTER_KEY")
    min_runner_version: str | None = Field(
        default=None, alias="BSR_MIN_RUNNER_VERSION", pattern=r"^\d+(\.\d+)*$"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", alias="LOG_LEVEL")
    log_format: Literal["auto", "console", "json"] = Field(default="auto", alias="LOG_FORMAT")

    @model_validator(mode="before")
    @classmethod
    def _defaults_that_follow(cls, value: Any) -> Any:
        """The database stands in the data folder unless someone says where else."""
        if not isinstance(value, dict):
            return value
        folder = value.get("BSR_DATA_DIR") or value.get("data_dir") or data_folder(value)
        url = value.get("DATABASE_URL") or value.get("database_url")
        return {
            **value,
            "BSR_DATA_DIR": Path(folder).expanduser(),
            "DATABASE_URL": url or f"sqlite:///{Path(folder).expanduser() / 'coordinator.db'}",
        }

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr) -> SecretStr:
        """A plain path is SQLite; the message never shows the address, which may hold a password."""
        scheme, colon, _ = url.get_secret_value().partition("://")
        if not colon:
            return SecretStr(f"sqlite:///{url.get_secret_value()}")
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError(
                "is not an address of a database we speak to; "
                "write sqlite:////path/to/coordinator.db or postgresql://user:password@host/name"
            )
        return url

    @field_validator("public_url")
    @classmethod
    def _origin(cls, url: str | None) -> str | None:
        """Scheme, host and port alone: the coordinator stands at the root of its address."""
        if url is None:
            return None
        parts = urlsplit(url)
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or parts.path.strip("/")
            or parts.query
        ):
            raise ValueError(
                f"found {url!r}; write the address people open, such as https://scraper.example.com"
            )
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("master_key")
    @classmethod
    def _whole_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            read_key(key.get_secret_value())
        return key

    @field_validator("tls_cert", "tls_key")
    @classmethod
    def _readable(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError(f"{path} is no file; write the path of a PEM file")
        return path

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets a signature may be made with, the current one first."""
        both = (self.webhook_secret, self.webhook_secret_previous)
        return tuple(secret.get_secret_value() for secret in both if secret is not None)

    @property
    def sealing_key(self) -> bytes | None:
        """The key that secrets in the database are sealed with."""
        return read_key(self.master_key.get_secret_value()) if self.master_key else None

    @property
    def is_https(self) -> bool:
        """Whether people reach the panel over TLS, ours or a proxy's."""
        return self.tls_cert is not None or (self.public_url or "").startswith("https:")

    @property
    def address(self) -> str:
        """The address to put into links and commands."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"{'https' if self.tls_cert else 'http'}://{host}:{self.port}"


def read_settings(environment: Mapping[str, str] | None = None, **said: object) -> Settings:
    """The settings of this process; what the command line `said` wins.  Raises `Faults`, all at once."""
    given = dict(os.environ if environment is None else environment)
    problems = list(_read_files(given))
    given = {name: text for name, text in given.items() if text}
    names = {name: field.alias or name for name, field in Settings.model_fields.items()}
    spoken = {names[key]: value for key, value in said.items() if value is not None}
    problems += _half_of_a_pair({**given, **spoken})
    try:
        settings = Settings.model_validate({**given, **spoken})
    except ValidationError as error:
        problems += from_validation(error, Settings)
    if problems:
        raise Faults("environment", problems)
    return settings


def _read_files(given: dict[str, str]) -> Iterator[Problem]:
    """Put the content of each `NAME_FILE` in the place of `NAME`; a fault for each that cannot be."""
    for name in SECRETS:
        try:
            given[name] = setting(name, given) or ""
        except UsageError as error:
            message, _, hint = str(error).partition("; ")
            yield Problem(f"{name}_FILE", message.removeprefix(f"{name}_FILE: "), hint)


def _half_of_a_pair(given: Mapping[str, object]) -> Iterator[Problem]:
    """A certificate needs its key, a GitHub App its key, a previous secret a current one."""
    pairs = (
        ("BSR_TLS_CERT", "BSR_TLS_KEY"),
        ("BSR_TLS_KEY", "BSR_TLS_CERT"),
        ("GITHUB_APP_ID", "GITHUB_APP_PRIVATE_KEY"),
        ("GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_ID"),
        ("SCRAPER_WEBHOOK_SECRET_PREVIOUS", "SCRAPER_WEBHOOK_SECRET"),
    )
    for here, missing in pairs:
        if given.get(here) and not given.get(missing):
            yield Problem(missing, f"is missing beside {here}", "set both or neither")
