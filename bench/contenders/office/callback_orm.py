"""The same callbacks to the ORM twin: JOBS PEERS_PYTHON."""

import os
import sys
import uuid
from pathlib import Path

from callback_ours import callback
from served import folder, free_port, process, send

HERE = Path(__file__).parent
count, peers = int(sys.argv[1]), sys.argv[2]
os.environ["BENCH_KEY"] = "bench"
with folder() as place:
    port = free_port()
    command = [peers, HERE / "orm_server.py", Path(place) / "twin.db", port, count]
    with process([str(word) for word in command], port) as pid:
        calls = [("/callback", callback(str(uuid.UUID(int=n)))) for n in range(count)]
        send(pid, port, calls, connections=4, n=count)
