"""Kills runs and makes random sequences of them, and compares what is left with undisturbed ones.

usage: check.py kill FISC [--times 200] [--documents 2000]
       check.py equivalence FISC [--sequences 50] [--documents 600]

kill: each run is killed (SIGKILL) at a random moment; then `current` must be a whole snapshot,
of before or after; in the end everything must be byte for byte as without a kill.

equivalence: documents are added, changed, renamed, removed and published again, or a file of
`pipelines/` changes; after each step a run on what was there must end byte for byte where a
run from nothing ends.

Both replace the analyses by one that is quick, where the time of a run matters.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
import corpus  # noqa: E402

# What knows the clock or the disk.
CLOCKED = {"log.json"}
ANALYSES = Path(__file__).resolve().parents[2] / "pipelines" / "analyses"
QUICK = (
    "-- title: Quick\n-- grain: doc_id, path\n-- sums: none\n-- description: Stands for an analysis.\n-- chart: none\n"
    "SELECT doc_id, path FROM documents ORDER BY doc_id, path\n"
)


def snapshot(warehouse):
    """Returns the bytes of every file of the current snapshot, by relative path."""
    root = (warehouse / "current").resolve()
    files = [path for path in root.rglob("*") if path.is_file() and path.name not in CLOCKED]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def run(fisc, night, warehouse, *options, code=(0,)):
    """Runs fisc and returns what it printed."""
    command = [fisc, "run", "--input", "in", "--warehouse", str(warehouse), "--pipelines", "pipelines"]
    command += ["--log", "json", *options]
    done = subprocess.run(command, cwd=night, capture_output=True, text=True)
    require(done.returncode in code, f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def prepared(night, quick=True):
    """Makes the folder of a test."""
    (night / "in").mkdir(parents=True)
    (night / "pipelines").mkdir()
    if quick:
        stand_in(night / "pipelines" / "analyses")
    return night


def stand_in(folder):
    """Writes a quick analysis in the place of each."""
    for path in ANALYSES.glob("**/*.sql"):
        quick = folder / path.relative_to(ANALYSES)
        quick.parent.mkdir(parents=True, exist_ok=True)
        quick.write_text(QUICK, encoding="utf-8")


def whole(warehouse, versions):
    """Requires that the current snapshot is one of those that undisturbed runs make."""
    found = snapshot(warehouse)
    require(found in versions, f"a part of a snapshot: {len(found)} files")
    return versions.index(found)


def kill(fisc, folder, times, documents, seed):
    chance = random.Random(seed)
    texts = corpus.samples(brief=False)
    night = prepared(folder / "kill")
    # Two states of the input: some documents are new, some changed, some gone.
    corpus.write(night / "in", range(documents), texts)
    run(fisc, night, "calm")
    versions = [snapshot(night / "calm")]
    shutil.move(night / "in", night / "first")
    shutil.copytree(night / "first", night / "second")
    corpus.write(night / "second", range(documents, documents + documents // 20), texts)
    corpus.write(night / "second", range(0, documents, 97), texts, seed=1)
    for number in range(50, documents, 193):
        (night / "second" / corpus.path(number)).unlink()
    inputs = ["first", "second"]
    os.symlink("second", night / "in")
    begun = time.monotonic()
    run(fisc, night, "calm2")
    full = time.monotonic() - begun
    versions.append(snapshot(night / "calm2"))
    warehouse = night / "warehouse"
    killed = ended = 0
    shown = set()
    at = 0
    while killed < times:
        # Now and then from nothing, so that all stages meet a kill at full length.
        if chance.random() < 0.1:
            shutil.rmtree(warehouse, ignore_errors=True)
        (night / "in").unlink()
        os.symlink(inputs[at], night / "in")
        full_run = not (warehouse / "current").exists() or chance.random() < 0.3
        command = [fisc, "run", "--input", "in", "--warehouse", "warehouse", "--pipelines", "pipelines", "--log", "json"]
        command += ["--full"] if full_run else []
        with (night / "log").open("w", encoding="utf-8") as log:
            child = subprocess.Popen(command, cwd=night, stdout=subprocess.DEVNULL, stderr=log)
        try:
            child.wait(timeout=chance.random() * full * (1.1 if full_run else 0.7))
            said = (night / "log").read_text(encoding="utf-8")[-2000:]
            require(child.returncode == 0, f"a run ended with {child.returncode}: {said}")
            ended += 1
            at = 1 - at
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.wait()
            killed += 1
        if (warehouse / "current").exists():
            shown.add(whole(warehouse, versions))
    for index, name in enumerate(inputs):
        (night / "in").unlink()
        os.symlink(name, night / "in")
        run(fisc, night, "warehouse")
        require(whole(warehouse, versions) == index, f"{name} is not what the last run published")
        leftovers = [path for path in (warehouse / "snapshots").iterdir() if path.name.startswith(".")]
        require(not leftovers, f"left behind: {leftovers}")
        entries = [json.loads(line) for line in (warehouse / "current/state/manifest.jsonl").open(encoding="utf-8")]
        # Behind the versions and the list of groups each line is a chunk.
        paths = [entry["path"] for chunk in entries[2:] for entry in chunk["entries"]]
        there = sorted(str(Path("in") / path.relative_to(night / name)) for path in (night / name).rglob("*.txt"))
        require(paths == there, f"{len(paths)} documents in the manifest, {len(there)} in the folder")
    print(
        f"= {killed} kills and {ended} runs that ended over {documents} documents: always one whole snapshot "
        f"({len(shown)} different), the last as undisturbed, no document lost or twice"
    )


def equivalence(fisc, folder, sequences, documents, seed):
    texts = corpus.samples(brief=True)
    steps = 0
    for sequence in range(sequences):
        chance = random.Random(f"{seed}/{sequence}")
        night = prepared(folder / f"sequence-{sequence}")
        corpus.write(night / "in", range(documents), texts, seed=sequence)
        last = documents
        run(fisc, night, "warehouse", code=(0, 1))
        for step in range(chance.randint(2, 4)):
            for _ in range(chance.randint(1, 3)):
                last = changed(night, chance, texts, last)
            run(fisc, night, "warehouse", code=(0, 1))
            run(fisc, night, "full", "--full", "--threads", str(chance.randint(1, 3)), code=(0, 1))
            one, other = snapshot(night / "warehouse"), snapshot(night / "full")
            differing = [name for name in sorted(set(one) | set(other)) if one.get(name) != other.get(name)]
            require(not differing, f"sequence {sequence}, step {step}: {differing[:5]} differ in {night}")
            steps += 1
        shutil.rmtree(night)
    print(f"= {sequences} sequences, {steps} steps: each ended byte for byte where a run from nothing ends")


def changed(night, chance, texts, last):
    """Does one random thing to the input; returns the number of the next new document."""
    there = sorted((night / "in").rglob("*.txt"))
    some = chance.sample(there, min(len(there), chance.choice([1, 3, 20])))
    what = chance.choice(["add", "add", "change", "rename", "remove", "republish", "touch", "spoil", "version"])
    if what == "add":
        count = chance.choice([1, 5, 60])
        corpus.write(night / "in", range(last, last + count), texts, seed=chance.random())
        return last + count
    if what == "version":
        # Another title of a form: all is read again, by other rules.
        form = (ANALYSES.parent / "forms" / "income.toml").read_text(encoding="utf-8")
        (night / "pipelines/forms").mkdir(exist_ok=True)
        (night / "pipelines/forms/income.toml").write_text(f"# {chance.random()}\n{form}", encoding="utf-8")
    for path in some:
        if what == "change":
            path.write_text(path.read_text(encoding="utf-8").replace("1", "2"), encoding="utf-8")
        elif what == "rename":
            path.rename(path.with_name(f"{chance.randrange(10**9)}.txt"))
        elif what == "remove" and 1 < len(there):
            path.unlink()
        elif what == "republish":
            shutil.copy(path, path.with_name(f"again-{path.name}"))
        elif what == "touch":
            os.utime(path)
        elif what == "spoil":
            path.write_bytes(b"%PDF-1.7\nbroken")
    return last


def require(holds, message):
    if not holds:
        sys.exit(message)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["kill", "equivalence"])
    parser.add_argument("fisc")
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--sequences", type=int, default=50)
    parser.add_argument("--documents", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", help="where to work; kept afterwards")
    wanted = parser.parse_args()
    fisc = str(Path(wanted.fisc).resolve())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(wanted.folder or scratch)
        if wanted.what == "kill":
            kill(fisc, folder, wanted.times, wanted.documents or 2000, wanted.seed)
        else:
            equivalence(fisc, folder, wanted.sequences, wanted.documents or 600, wanted.seed)


if __name__ == "__main__":
    main()
