"""Runs a command to its end, with this process's standard streams: python3 run_command.py <command> [argument ...]

Writes a JSON line to file descriptor 3: the seconds on the clock, the processor seconds (user and system, of the
command and of every descendant that its parent waited for), the peak memory of the largest of these processes in
bytes, and the exit code, negative for a signal."""

import json
import os
import sys
import time

os.set_inheritable(3, False)
begin = time.perf_counter()
child = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(child, 0)
seconds = time.perf_counter() - begin
result = {
    "seconds": seconds,
    "cpuSeconds": usage.ru_utime + usage.ru_stime,
    # macOS counts bytes, the others kilobytes.
    "peakBytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    "exitCode": os.waitstatus_to_exitcode(status),
}
with os.fdopen(3, "w") as report:
    print(json.dumps(result), file=report)
