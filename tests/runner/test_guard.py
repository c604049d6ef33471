"""The real command, killed in every way there is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scraper_backend.core.signing import is_signed
from tests.fake_coordinator import JOB, KEY, FakeCoordinator
from tests.runner.conftest import SKUS, Garage, eventually
from tests.runner.shop import Shop

Job = dict[str, Any]


def _child_of(process: subprocess.Popen[str]) -> int:
    """The process id of the worker."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return int(found.stdout.split()[0])


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


def test_a_whole_job_through_the_real_command(office: FakeCoordinator, garage: Garage, job: Job) -> None:
    job["skus"].append("NONE-1")

    code, out, err = _end(garage.start())

    assert (0, "10 found, 1 not_found\n") == (code, out)
    assert f"job {JOB}: 11 to scrape with shop" in err
    assert ["running", "completed"] == [body["status"] for body in office.callbacks()]


def test_the_results_as_lines_of_json(garage: Garage, job: Job) -> None:
    code, out, _ = _end(garage.start("--json"))

    lines = [json.loads(line) for line in out.splitlines()]
    assert (0, set(SKUS)) == (code, {line["sku"] for line in lines})
    assert all("found" == line["outcome"] and 12.5 == line["data"]["price"] for line in lines)


def test_options_win_over_the_environment(office: FakeCoordinator, garage: Garage, job: Job) -> None:
    code, _, _ = _end(
        garage.start("--api-url", office.url, "--runner-name", "me", SCRAPER_API_URL="http://127.0.0.1:1")
    )

    assert (0, "me") == (code, office.callbacks()[0]["runner_name"])


def test_without_a_job_it_explains_itself(garage: Garage) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "scraper_backend.runner"], capture_output=True, text=True, check=False
    )

    assert 2 == answer.returncode
    assert "--job-id" in answer.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_worker_that_is_killed_is_spoken_for(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job, number: signal.Signals
) -> None:
    shop.pause_s = 0.3
    process = garage.start()
    eventually(lambda: shop.searched)

    os.kill(_child_of(process), number)

    code, _, _ = _end(process)
    failed = office.callbacks("failed")[0]
    assert (1, "garage-pi", KEY) == (code, failed["runner_name"], office.seen[-1].headers["x-api-key"])
    assert failed["error_message"].startswith("the runner died after ")
    assert f"of 10: {number.name}" in failed["error_message"]


def test_with_a_secret_the_last_words_are_signed(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    shop.pause_s = 0.3
    process = garage.start(SCRAPER_WEBHOOK_SECRET="s3cret")
    eventually(lambda: shop.searched)

    os.kill(_child_of(process), signal.SIGKILL)
    _end(process)

    last = office.seen[-1]
    assert "failed" == last.json["status"]
    assert is_signed(last.body, last.headers["x-webhook-signature"], ("s3cret",))
    assert "x-api-key" not in last.headers


def test_a_fault_of_our_own_is_told_with_its_words(office: FakeCoordinator, garage: Garage, job: Job) -> None:
    (garage.folder / "outbox.db").mkdir()

    code, _, err = _end(garage.start())

    assert 1 == code
    assert "Traceback" in err
    assert "CantOpenError" in office.callbacks("failed")[0]["error_message"]


def test_sigterm_ends_in_a_failed_report_with_what_was_found(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    job["max_workers"] = 1
    shop.pause_s = 0.2
    process = garage.start()
    eventually(lambda: len(shop.searched) > 2)

    process.terminate()

    code, _, _ = _end(process)
    failed = office.callbacks("failed")[0]
    assert 1 == code
    assert failed["error_message"].startswith("stopped by SIGTERM: ")
    assert failed["results"]["data"]


def _has_child(process: subprocess.Popen[str]) -> bool:
    return 0 == subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, check=False).returncode


def test_a_signal_that_comes_before_the_work_begins_is_heard(garage: Garage, job: Job) -> None:
    """The worker is still loading its libraries: it ends in order as soon as it listens."""
    process = garage.start()
    eventually(lambda: _has_child(process))

    process.send_signal(signal.SIGINT)

    code, _, err = _end(process)
    assert (1, True) == (code, "stopped by SIGINT: 0 of 10 done" in err)
    assert "Traceback" not in err


def test_when_the_outer_process_is_killed_the_inner_one_reports_and_ends(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    shop.pause_s = 0.3
    process = garage.start()
    eventually(lambda: shop.searched)
    child = _child_of(process)

    process.kill()
    process.communicate()

    eventually(lambda: _is_gone(child))
    assert "the runner's own process was killed" in office.callbacks("failed")[0]["error_message"]


def test_killed_whole_and_run_again_it_scrapes_only_what_is_missing(
    office: FakeCoordinator, garage: Garage, shop: Shop, job: Job
) -> None:
    """kill -9 of everything at once: nobody can report, nothing may be lost."""
    job["max_workers"] = 1
    shop.pause_s = 0.1
    process = garage.start()
    eventually(lambda: len(shop.searched) > 4)
    child = _child_of(process)
    os.kill(child, signal.SIGSTOP)
    process.kill()
    os.kill(child, signal.SIGKILL)
    process.communicate()
    before = list(shop.searched)
    assert [] == office.callbacks("failed")

    shop.pause_s = 0
    code, _, err = _end(garage.start())

    assert 0 == code
    again = set(before) & set(shop.searched[len(before) :])
    assert len(again) <= 1, "only the one in hand when it died"
    assert "of them already here" in err
    assert set(SKUS) == office.callbacks("completed")[0]["results"]["data"].keys()


def test_a_wrong_key_is_told_and_never_shown(garage: Garage, job: Job) -> None:
    code, _, err = _end(garage.start(SCRAPER_API_KEY="bsr_wrong"))

    assert 4 == code
    assert "bsr key create" in err
    assert "bsr_wrong" not in err
