"""Runs every analysis in DuckDB and compares its rows with the mart that `fisc` wrote.

usage: analyses.py SNAPSHOT ANALYSES

SNAPSHOT is a snapshot's folder, ANALYSES the folder of the SQL files. The rows must be the same
in the same order, each amount a decimal of the same value; columns said to be sums must add up
to what the latest documents outside departments print.
"""

import datetime
import os
import sys
from decimal import Decimal
from pathlib import Path

import duckdb


def main():
    snapshot, analyses = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    os.chdir(snapshot)
    connection, alone = duckdb.connect(), duckdb.connect()
    connection.execute(Path("views.sql").read_text(encoding="utf-8"))
    alone.execute(Path("views.sql").read_text(encoding="utf-8"))
    # What a document owes others is none of what it comes to alone.
    for name in ("checks", "findings"):
        alone.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet('{name}/part-*.parquet')")
    files = sorted(analyses.glob("**/*.sql"))
    marts = {path.stem for path in Path("marts").iterdir()}
    require(marts == {path.stem for path in files}, f"marts {sorted(marts)}, analyses {files}")
    empty = []
    for path in files:
        by_document = path.parent.name == "by_document"
        mart = f"marts/{path.stem}/*.parquet" if by_document else f"marts/{path.stem}.parquet"
        ours = connection.execute(f"SELECT * FROM read_parquet('{mart}')")
        names, rows = [column[0] for column in ours.description], ours.fetchall()
        theirs = (alone if by_document else connection).execute(path.read_text(encoding="utf-8"))
        require([column[0] for column in theirs.description] == names, f"{path.stem}: {names}")
        found = theirs.fetchall()
        require(len(found) == len(rows), f"{path.stem}: {len(rows)} rows, {len(found)} in DuckDB")
        for ours, other in zip(rows, found):
            for name, a, b in zip(names, ours, other):
                require(plain(a) == plain(b), f"{path.stem}.{name}: {a!r}, {b!r} in DuckDB, of {ours}")
        if not rows:
            empty.append(path.stem)
    print(f"{len(files)} analyses are the same in DuckDB {duckdb.__version__}; empty: {empty or 'none'}")


def plain(value):
    """Makes a value of either engine comparable with the other's."""
    require(not isinstance(value, float), f"{value!r} is a float")
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return Decimal(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def require(holds, message):
    if not holds:
        sys.exit(message)


if __name__ == "__main__":
    main()
