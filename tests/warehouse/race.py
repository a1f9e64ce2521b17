"""Races Polars against DuckDB over every analysis, on a snapshot enlarged many times.

usage: race.py SNAPSHOT ANALYSES [TIMES]

Each copy of the documents is of units of its own. Both engines read the same Parquet files, run
the same SQL in the order in which analyses name each other, and keep the results as tables;
Polars passes rows through in pieces, as the program does.
"""

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import polars

# What makes a copy another document of another unit.
OWN = ["doc_id", "path", "unit_id", "parent_id"]


def main():
    snapshot, analyses = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    times = int(sys.argv[3]) if 3 < len(sys.argv) else 1000
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        rows = enlarge(snapshot, times)
        queries = {path.stem: path.read_text(encoding="utf-8") for path in analyses.glob("**/*.sql")}
        queries["units_asked"] = "SELECT unit_id FROM filings UNION SELECT unit_id FROM units"
        order = ordered(queries)
        datasets = [path.stem for path in Path(".").glob("*.parquet")]
        race(datasets, order, times, rows)


def enlarge(snapshot, times):
    """Writes each dataset `times` times over; returns the rows of the amounts."""
    rows = 0
    folders = [path for path in snapshot.iterdir() if path.name != "marts" and list(path.glob("**/*.parquet"))]
    files = {folder.name: folder / "**/*.parquet" for folder in folders}
    files |= {f"{name}_between": snapshot / name / "across.parquet" for name in ("checks", "findings")}
    for table, path in sorted(files.items()):
        hive = {"hive_partitioning": True, "hive_schema": {"fiscal_year": polars.Int32, "stage": polars.String}}
        frame = polars.read_parquet(path, **(hive if table == "amounts" else {}))
        copies = polars.DataFrame({"copy": range(times)}, schema={"copy": polars.Int32})
        own = [polars.concat_str([polars.col(name), polars.lit("~"), polars.col("copy")]).alias(name) for name in OWN if name in frame.columns]
        frame = copies.join(frame, how="cross").with_columns(own).drop("copy")
        frame.write_parquet(f"{table}.parquet", row_group_size=128 * 1024)
        rows = frame.height if table == "amounts" else rows
    return rows


def ordered(queries):
    """Puts analyses behind those that they name."""
    waiting, done = dict(queries), []
    while waiting:
        ready = [n for n, sql in waiting.items() if not any(o != n and re.search(rf"\b{o}\b", code(sql)) for o in waiting)]
        done += [(name, waiting.pop(name)) for name in sorted(ready)]
    return done


def code(sql):
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))


def race(datasets, order, times, rows):
    duck = duckdb.connect()
    for name in datasets:
        duck.execute(f"CREATE VIEW {name} AS SELECT * FROM '{name}.parquet'")
    context = polars.SQLContext(frames={name: polars.scan_parquet(f"{name}.parquet") for name in datasets})
    print(f"{times} times the sample: {rows} amounts; seconds of DuckDB {duckdb.__version__} and Polars {polars.__version__}")
    totals = [0.0, 0.0]
    for name, sql in order:
        began = time.perf_counter()
        duck.execute(f"CREATE TABLE {name} AS {sql}")
        between = time.perf_counter()
        frame = context.execute(sql).collect(engine="streaming")
        ended = time.perf_counter()
        context.register(name, frame.lazy())
        count = duck.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]
        if count != frame.height:
            sys.exit(f"{name}: {count} rows in DuckDB, {frame.height} in Polars")
        seconds = (between - began, ended - between)
        totals = [total + one for total, one in zip(totals, seconds)]
        print(f"{name:38} {seconds[0]:7.3f} {seconds[1]:7.3f}  {seconds[1] / seconds[0]:5.2f}  {count} rows")
    print(f"{'all':38} {totals[0]:7.3f} {totals[1]:7.3f}  {totals[1] / totals[0]:5.2f}")


if __name__ == "__main__":
    main()
