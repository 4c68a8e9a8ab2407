"""Says what a process is given, and ends in the way that it is told."""

import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

print("pid", os.getpid())  # noqa: T201
print("words", sys.argv[1:])  # noqa: T201
print("environment", dict(os.environ))  # noqa: T201
print("folder", Path.cwd())  # noqa: T201
print("threads", threading.active_count())  # noqa: T201
print("files", sorted(int(name) for name in os.listdir("/proc/self/fd") if Path(f"/proc/self/fd/{name}").exists()))  # noqa: T201, PTH208
print("interrupted by", repr(signal.getsignal(signal.SIGINT)))  # noqa: T201
print("main", sys.modules["__main__"].__name__)  # noqa: T201
print("chance", random.random())  # noqa: T201
match sys.argv[1:]:
    case ["exit", code]:
        sys.exit(int(code))
    case ["raise"]:
        raise ValueError("as it was told")
    case ["kill"]:
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    case ["threads"]:
        threading.Thread(target=lambda: (time.sleep(0.2), print("done"))).start()  # noqa: T201 - it is waited for
