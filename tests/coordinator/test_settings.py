"""What the environment may say, and what is answered when it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper_backend.coordinator.settings import read_settings
from scraper_backend.core.errors import Faults


def _faults(environment: dict[str, str]) -> dict[str, str]:
    with pytest.raises(Faults) as told:
        read_settings(environment)
    return {problem.path: str(problem) for problem in told.value.problems}


def test_with_nothing_set_the_database_stands_in_the_users_data_folder() -> None:
    settings = read_settings({"XDG_DATA_HOME": "/home/ann/data"})

    assert (
        "sqlite:////home/ann/data/baystate-scraper/coordinator.db" == settings.database_url.get_secret_value()
    )
    assert ("127.0.0.1", 8000) == (settings.host, settings.port)
    assert "http://127.0.0.1:8000" == settings.address


def test_the_database_follows_the_data_folder() -> None:
    settings = read_settings({"BSR_DATA_DIR": "/srv/bsr"})

    assert "sqlite:////srv/bsr/coordinator.db" == settings.database_url.get_secret_value()


def test_a_plain_path_is_a_sqlite_database() -> None:
    settings = read_settings({"DATABASE_URL": "/srv/office.db"})

    assert "sqlite:////srv/office.db" == settings.database_url.get_secret_value()


def test_what_the_command_line_says_wins() -> None:
    settings = read_settings({"BSR_PORT": "9000", "BSR_HOST": "::1"}, port=0, host=None)

    assert (0, "::1") == (settings.port, settings.host)


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert 8000 == read_settings({"BSR_PORT": "", "SCRAPER_WEBHOOK_SECRET": ""}).port


def test_all_faults_are_told_at_once_and_say_what_to_write(tmp_path: Path) -> None:
    cert = tmp_path / "cert.pem"
    cert.write_text("x")

    faults = _faults(
        {
            "BSR_PORT": "eighty",
            "BSR_PUBLIC_URL": "scraper.example.com",
            "BSR_TRUSTED_PROXY": "10.0.0.1/8",
            "BSR_TLS_CERT": str(cert),
            "DATABASE_URL": "mysql://me:hunter2@db/x",
            "LOG_LEVEL": "loud",
        }
    )

    assert {
        "BSR_PORT", "BSR_PUBLIC_URL", "BSR_TRUSTED_PROXY", "BSR_TLS_KEY", "DATABASE_URL", "LOG_LEVEL",
    } == set(faults)  # fmt: skip
    assert "write a whole number" in faults["BSR_PORT"]
    assert "https://scraper.example.com" in faults["BSR_PUBLIC_URL"]
    assert "postgresql://" in faults["DATABASE_URL"]


def test_a_fault_never_shows_the_secret_it_is_about() -> None:
    assert "hunter2" not in "".join(_faults({"DATABASE_URL": "mysql://me:hunter2@db/x"}).values())


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")

    settings = read_settings({"SCRAPER_WEBHOOK_SECRET_FILE": str(file)})

    assert ("from the file",) == settings.webhook_secrets
    assert "from the file" not in repr(settings)


def test_a_secret_is_given_once_and_its_file_must_be_readable(tmp_path: Path) -> None:
    faults = _faults(
        {
            "SCRAPER_WEBHOOK_SECRET": "x",
            "SCRAPER_WEBHOOK_SECRET_FILE": "/also/here",
            "DATABASE_URL_FILE": str(tmp_path / "missing"),
        }
    )

    assert "set one of the two" in faults["SCRAPER_WEBHOOK_SECRET_FILE"]
    assert "No such file" in faults["DATABASE_URL_FILE"]


def test_the_current_webhook_secret_comes_before_the_previous_one() -> None:
    settings = read_settings({"SCRAPER_WEBHOOK_SECRET": "new", "SCRAPER_WEBHOOK_SECRET_PREVIOUS": "old"})

    assert ("new", "old") == settings.webhook_secrets


def test_the_public_address_goes_into_links_and_decides_about_tls() -> None:
    settings = read_settings({"BSR_PUBLIC_URL": "https://scraper.example.com/"})

    assert "https://scraper.example.com" == settings.address
    assert settings.is_https
