"""One tree of exceptions, by who must act."""

from __future__ import annotations

import inspect
import subprocess
import sys

from scraper_backend.core import errors
from scraper_backend.core.problems import Problem


def test_the_tree_drawn_at_the_top_is_the_tree() -> None:
    drawn = {word for word in (errors.__doc__ or "").split() if hasattr(errors, word)}
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and value.__module__ == errors.__name__
    }

    assert classes == drawn


def test_each_exception_is_a_mistake_or_trouble_and_never_both() -> None:
    leaves = [c for c in vars(errors).values() if inspect.isclass(c) and issubclass(c, errors.BackendError)]

    for kind in set(leaves) - {errors.BackendError}:
        assert issubclass(kind, errors.Mistake) != issubclass(kind, errors.Trouble)


def test_faults_read_as_a_table() -> None:
    assert "x.yaml: 1 problem\n  name  is missing" == str(
        errors.Faults("x.yaml", [Problem("name", "is missing")])
    )


def test_last_words_need_nothing_but_the_standard_library() -> None:
    """Whatever broke an installation, its crash report must still go out."""
    ours = ("crash", "guard", "__main__")
    code = "; ".join(f"import scraper_backend.runner.{name}" for name in ours)
    code += "; import sys; print({'pydantic', 'httpx2', 'orjson', 'structlog', 'apsw'} & set(sys.modules))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()" == said.stdout.strip()
