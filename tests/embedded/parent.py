"""A process that runs the servers until it is told to stop; the tests kill it in several ways.

    python parent.py DATA_DIR [UID]     # with UID: become that ordinary user first

It prints a line of JSON when both servers answer, and another when Ctrl-C reached it.
"""

import json
import os
import shutil
import signal
import sys
from pathlib import Path

from caseflow.embedded import Servers
from caseflow.embedded.account import Account
from caseflow.embedded.binaries import Binaries


def become(uid: int) -> None:
    """Turn from root into an ordinary user, for whom an interpreter in root's home is out of reach."""
    "".encode("idna")  # the socket module's one late import, out of reach in a moment
    os.chdir("/")
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    sys.executable = shutil.which("python3", path=os.defpath) or sys.executable


def main() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits it ignored
    binaries = Binaries.locate(Account.current())
    if sys.argv[2:]:
        become(int(sys.argv[2]))
    with Servers(Path(sys.argv[1]), "test", binaries=binaries, fast=True) as servers:
        ready = {"pids": servers.pids, "database_url": servers.database_url, "broker_url": servers.broker_url}
        try:
            print(json.dumps(ready), flush=True)
            signal.pause()
        except KeyboardInterrupt:
            alive = [
                pid for pid in servers.pids.values() if Path(f"/proc/{pid}").exists() or not Path("/proc").exists()
            ]
            print(json.dumps({"alive_at_ctrl_c": len(alive)}), flush=True)


main()
