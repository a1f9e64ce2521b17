"""Opens a snapshot with DuckDB and with Polars and compares it with what `fisc` prints.

usage: check.py SNAPSHOT PRINTED

SNAPSHOT is a snapshot's folder. PRINTED holds one `<table>.jsonl` for each dataset and each
mart, as printed by `fisc extract` and `fisc query`. Every row must be the same in all three,
every amount a decimal, and the sums of the amounts the same to the fen.
"""

import datetime
import json
import os
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import polars

# The types of the contract as DuckDB names them; any other column of a dataset is text.
TYPES = {
    "amounts": {
        "amount": "DECIMAL(20,2)",
        "is_leaf": "BOOLEAN",
        **dict.fromkeys(["line", "row", "fiscal_year", "parent_row", "column", "page", "verified_by"], "INTEGER"),
    },
    "documents": {
        "published": "DATE",
        "bytes": "BIGINT",
        **dict.fromkeys(
            ["fiscal_year", "lines", "tables", "amounts", "statements", "indicators", "findings"]
            + ["unit_count", "gaps"]
            + ["numbers", "numbers_facts", "numbers_named", "numbers_told", "numbers_unread"],
            "INTEGER",
        ),
    },
    "statements": {
        "value": "DECIMAL(26,6)",
        **dict.fromkeys(["line", "fiscal_year", "base_year", "column"], "INTEGER"),
    },
    "indicators": {
        "project_amount": "DECIMAL(20,2)",
        **dict.fromkeys(["target_value", "weight"], "DECIMAL(26,6)"),
        **dict.fromkeys(["line", "column"], "INTEGER"),
    },
    "checks": {
        "evidence": "INTEGER[]",
        **dict.fromkeys(["expected", "actual", "difference", "tolerance"], "DECIMAL(26,6)"),
        **dict.fromkeys(["line", "terms"], "INTEGER"),
    },
    "findings": {
        "evidence": "INTEGER[]",
        "difference": "DECIMAL(26,6)",
        "suggestion_amount": "DECIMAL(20,2)",
        **dict.fromkeys(["line", "suggestion_line", "cause", "column"], "INTEGER"),
    },
    "units": {
        **dict.fromkeys(["other_ids", "aliases", "codes"], "VARCHAR[]"),
        **dict.fromkeys(["documents", "first_year", "last_year"], "INTEGER"),
    },
    "unit_names": {"line": "INTEGER", "candidates": "VARCHAR[]"},
    "tables": dict.fromkeys(["line", "figures"], "INTEGER"),
    "gaps": dict.fromkeys(["line", "column"], "INTEGER"),
}

# The same types as Polars names them.
IN_POLARS = {
    "DECIMAL(20,2)": polars.Decimal(20, 2),
    "DECIMAL(26,6)": polars.Decimal(26, 6),
    "BOOLEAN": polars.Boolean,
    "INTEGER": polars.Int32,
    "INTEGER[]": polars.List(polars.Int32),
    "VARCHAR[]": polars.List(polars.String),
    "BIGINT": polars.Int64,
    "DATE": polars.Date,
    "VARCHAR": polars.String,
}


def main():
    snapshot, printed = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    # The views name their files relative to the snapshot.
    os.chdir(snapshot)
    connection = duckdb.connect()
    connection.execute(Path("views.sql").read_text(encoding="utf-8"))
    views = {name for (name,) in connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    texts = {path.stem: path for path in printed.glob("*.jsonl")}
    # What is asked for where all units are: no table of its own.
    views -= {"units_asked"}
    require(views == set(texts), f"views {sorted(views)}, printed {sorted(texts)}")
    require(set(TYPES) < views, f"no marts beside the datasets: {sorted(views)}")
    for name in sorted(views):
        compare(name, connection, [json.loads(line) for line in texts[name].open(encoding="utf-8")])
    rows = connection.execute("SELECT COUNT(*), SUM(amount) FROM amounts").fetchone()
    require(0 < rows[0], "there are no amounts")
    versions = f"DuckDB {duckdb.__version__} and Polars {polars.__version__}"
    print(f"{versions} read {len(views)} tables as printed; {rows[0]} amounts, sum {rows[1]}")


def compare(name, connection, rows):
    """Compares one table in both engines with its printed rows."""
    relation = connection.sql(f'SELECT * FROM "{name}"')
    types = dict(zip(relation.columns, map(str, relation.types)))
    frame = opened(name)
    require(set(types) == set(frame.columns), f"{name}: {types} and {frame.schema}")
    if rows:
        require(set(types) == set(rows[0]), f"{name}: {sorted(types)}, printed {sorted(rows[0])}")
    for column, kind in types.items():
        if name in TYPES:
            expected = TYPES[name].get(column, "VARCHAR")
            require(kind == expected, f"{name}.{column}: {kind} in DuckDB, not {expected}")
            theirs = frame.schema[column]
            require(theirs == IN_POLARS[expected], f"{name}.{column}: {theirs} in Polars, not {expected}")
        require(kind not in ("DOUBLE", "FLOAT"), f"{name}.{column} is a float")
    columns = sorted(types)
    expected = Counter(tuple(plain(row[column], types[column]) for column in columns) for row in rows)
    quoted = ", ".join(f'"{column}"' for column in columns)
    duck = connection.execute(f'SELECT {quoted} FROM "{name}"').fetchall()
    for engine, found in (("DuckDB", duck), ("Polars", frame.select(columns).rows())):
        got = Counter(tuple(plain(v, types[c]) for v, c in zip(row, columns)) for row in found)
        different = list((expected - got).items())[:3] + list((got - expected).items())[:3]
        require(got == expected, f"{name} in {engine}: {len(found)} rows, printed {len(rows)}: {different}")
    if name == "amounts":
        sums(connection, frame, rows)


def sums(connection, frame, rows):
    """Compares the count and the sum of each statutory table, added up by the engines."""
    expected = defaultdict(lambda: (0, Decimal(0)))
    for row in rows:
        count, total = expected[row["table"]]
        expected[row["table"]] = (count + 1, total + Decimal(row["amount"]))
    duck = connection.execute('SELECT "table", COUNT(*), SUM(amount) FROM amounts GROUP BY ALL')
    grouped = frame.lazy().group_by("table").agg(polars.len(), polars.col("amount").sum())
    for engine, found in (("DuckDB", duck.fetchall()), ("Polars", grouped.collect().rows())):
        got = {table: (count, total) for table, count, total in found}
        require(got == dict(expected), f"sums in {engine}: {got}, printed {dict(expected)}")


def opened(name):
    """Reads a table with Polars."""
    if name == "amounts":
        partitions = {"fiscal_year": polars.Int32, "stage": polars.String}
        files = "amounts/**/*.parquet"
        return polars.read_parquet(files, hive_partitioning=True, hive_schema=partitions)
    if name in TYPES:
        return polars.read_parquet(f"{name}/*.parquet")
    if name.endswith("_between"):
        return polars.read_parquet(f"{name.removesuffix('_between')}/across.parquet")
    mart = Path("marts") / name
    return polars.read_parquet(mart / "*.parquet" if mart.is_dir() else f"{mart}.parquet")


def plain(value, kind):
    """Makes a value of any of the three comparable with the others."""
    if value is not None and kind.startswith("DECIMAL"):
        require(isinstance(value, (str, Decimal)), f"{value!r} is no exact decimal")
        return Decimal(value)
    if isinstance(value, list):
        return tuple(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def require(holds, message):
    if not holds:
        sys.exit(message)


if __name__ == "__main__":
    main()
