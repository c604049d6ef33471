"""Run a contender on a file that is gone before and afterwards: CONTENDER FOLDER …"""

import runpy
import sys
import tempfile
from pathlib import Path

name, folder, *more = sys.argv[1:]
with tempfile.TemporaryDirectory(dir=folder) as place:
    sys.argv = [name, str(Path(place) / "office.db"), *more]
    runpy.run_path(str(Path(__file__).with_name(f"{name}.py")), run_name="__main__")
