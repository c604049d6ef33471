"""Settings, secrets in files, and the data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraper_backend.core.environment import data_folder, setting
from scraper_backend.core.errors import UsageError


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("s3cret\n")

    assert "s3cret" == setting("KEY", {"KEY_FILE": str(file)})
    assert "s3cret" == setting("KEY", {"KEY": " s3cret "})
    assert setting("KEY", {"KEY": ""}) is None
    assert setting("KEY", {}) is None


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"KEY": "a", "KEY_FILE": "/b"}, "both set"),
        ({"KEY_FILE": "/no/such/file"}, "KEY_FILE: cannot read /no/such/file: No such file"),
    ],
)
def test_a_fault_says_what_to_set(environment: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        setting("KEY", environment)


def test_data_lives_where_it_was_told_or_with_the_user() -> None:
    assert Path("/srv/x") == data_folder({"BSR_DATA_DIR": "/srv/x", "HOME": "/home/me"})
    assert Path("/data/baystate-scraper") == data_folder({"XDG_DATA_HOME": "/data", "HOME": "/home/me"})
    assert str(data_folder({"HOME": "/home/me"})).startswith("/home/me/")
