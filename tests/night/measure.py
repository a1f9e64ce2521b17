"""Measures runs over a large corpus, whole processes: time, rate, and the most memory.

usage: measure.py FISC FOLDER [--documents 100000] [--analyses]

FOLDER is made and kept, so that a second measurement needs no new corpus. Without --analyses
one quick query stands for the analyses: what is measured is reading, checking and storing.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
import check  # noqa: E402
import corpus  # noqa: E402


def measured(fisc, night, what, *options):
    """Runs fisc and prints how long it took and the most memory that it held."""
    command = [fisc, "run", "--input", "in", "--warehouse", "warehouse", "--log", "json", *options]
    if (night / "pipelines").exists():
        command += ["--pipelines", "pipelines"]
    load = os.getloadavg()[0]
    begun = time.monotonic()
    log = night / "log"
    process = os.posix_spawn(
        fisc,
        command,
        os.environ,
        file_actions=[(os.POSIX_SPAWN_OPEN, 2, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)],
    )
    _, status, usage = os.wait4(process, 0)
    took = time.monotonic() - begun
    check.require(os.waitstatus_to_exitcode(status) == 0, log.read_text(encoding="utf-8")[-2000:])
    record = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    cpu = usage.ru_utime + usage.ru_stime
    read, counts = record["files"]["read"], record["counts"]
    size = counts["bytes"] / counts["documents"] * read / 1e6
    stages = ", ".join(f"{name} {milliseconds / 1000:.1f}" for name, milliseconds in record["milliseconds"].items())
    print(
        f"{what}: {took:.1f} s ({cpu:.1f} s of CPU), {read} files read, {read / took:.0f}/s, {size / took:.1f} MB/s, "
        f"{usage.ru_maxrss / 1024:.0f} MiB at most, load {load:.1f}; seconds: {stages}",
        flush=True,
    )
    return took


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fisc")
    parser.add_argument("folder")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--analyses", action="store_true")
    wanted = parser.parse_args()
    fisc, night = str(Path(wanted.fisc).resolve()), Path(wanted.folder)
    texts, documents = corpus.samples(brief=False), wanted.documents
    if not (night / "in").exists():
        corpus.write(night / "in", range(documents), texts)
    if not wanted.analyses and not (night / "pipelines").exists():
        check.stand_in(night / "pipelines" / "analyses")
    os.chdir(night)
    night = Path(".")
    one = measured(fisc, night, "from nothing, 1 thread", "--full", "--threads", "1")
    two = measured(fisc, night, "from nothing, 2 threads", "--full", "--threads", "2")
    print(f"two threads are {one / two:.2f} times as fast")
    measured(fisc, night, "nothing new")
    share = documents // 100
    corpus.write(night / "in", range(documents, documents + share), texts)
    measured(fisc, night, "1 % new, in one folder")
    corpus.write(night / "in", range(0, documents, 100), texts, seed=1)
    measured(fisc, night, "1 % changed, everywhere")
    # The next measurement begins with the same corpus.
    corpus.write(night / "in", range(0, documents, 100), texts)
    for number in range(documents, documents + share):
        (night / "in" / corpus.path(number)).unlink()
    files = sum(len(files) for _, _, files in os.walk((night / "warehouse" / "current").resolve()))
    print(f"{files} files in a snapshot")


if __name__ == "__main__":
    main()
