"""Asks the warehouse of the sample what its readers would, and compares with answers by hand.

usage: questions.py SNAPSHOT

Each answer was worked out from the printed documents: figures are in 万元 there and in yuan
here, and the note beside each says on which lines of which document they stand. Every analysis
is asked at least once. The same SQL goes to DuckDB and Polars; pandas and pyarrow read a mart.
"""

import os
import re
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow.parquet

# D: 2024 budget of the department, S: 2026 budget of its service centre, H: 2024 budget of the
# health information centre, Z: 2023 budget of Zengdu, P: 2021 final account of Panzhihua; with
# the lines of the transcriptions in data/disclosures.
QUESTIONS = [
    (
        "What is disclosed in all for 2024, each yuan once?",
        "SELECT SUM(expenditure) FROM unit_year_overview WHERE fiscal_year = 2024 AND stage = 'budget'",
        [("157254800.00",)],  # D106 14654.69 + H95 1070.79
    ),
    (
        "What did the service centre have for the year itself, from 2024 to 2026?",
        "SELECT fiscal_year, amount, source FROM unit_series WHERE unit_name = '吉林省医疗保障事业管理中心' "
        "AND measure = 'current' ORDER BY fiscal_year",
        # D80 994.24; S288 706.53 and 573.77 less than in 2025; S79 706.53
        [(2024, "9942400.00", "department_document"), (2025, "12803000.00", "derived"), (2026, "7065300.00", "own_document")],
    ),
    (
        "How much of the spending of 2024 goes to health, and what share is that?",
        "SELECT SUM(CASE WHEN class_code = '210' THEN amount END) AS health, "
        "ROUND(100 * CAST(SUM(CASE WHEN class_code = '210' THEN amount END) AS DOUBLE) / CAST(SUM(amount) AS DOUBLE), 2) AS share "
        "FROM function_class_by_unit_year WHERE fiscal_year = 2024 AND stage = 'budget'",
        # D95, 96, 98 to 102: 3542.19 + 38.69 + 1743.86 + 2855.11 + 1134.33 + 3099.58 + 1721.13, and H 890.01: 15024.90 of 15725.47
        [("150249000.00", 95.54)],
    ),
    (
        "What is spent on the three public items for each of the staff?",
        "SELECT unit_name, staff, total_per_head FROM three_public_by_unit_year WHERE total_per_head IS NOT NULL ORDER BY unit_name",
        # H323 0.82 for H213 41 in post; Z table 0.12 for Z44 4 in post
        [("吉林省卫生健康信息中心", 41, "200.00"), ("曾都区医疗保障信息中心", 4, "300.00")],
    ),
    (
        "Which three projects of the department carry over the most?",
        "SELECT project, unit_name, carryover FROM project_register WHERE publisher_name = '吉林省医疗保障局' "
        "AND carryover IS NOT NULL ORDER BY carryover DESC LIMIT 3",
        [
            ("省级医疗保障政务服务提升工程补助资金", "吉林省社会医疗保险管理局", "12541200.00"),  # D249
            ("综合事务管理(含机构运行、财务审计、绩效管理、档案建设、政策法规等)", "吉林省医疗保障局", "2637500.00"),  # D241
            ("医疗保障能力提升补助资金", "吉林省医疗保障事业管理中心", "1646000.00"),  # D253
        ],
    ),
    (
        "How much of its budget did Panzhihua's centre carry out in 2021?",
        "SELECT final, printed_execution FROM budget_against_final WHERE fiscal_year = 2021 AND class_code IS NULL",
        [("7228800.00", "100.00")],  # P71
    ),
    (
        "And for the pensions of public institutions?",
        "SELECT class_name, final, printed_execution FROM budget_against_final WHERE class_code = '2080502'",
        [("事业单位离退休", "43200.00", "100.00")],  # P72
    ),
    (
        "What do the department's units add up to, and what is left over?",
        "SELECT status, COUNT(*), SUM(amount) FROM consolidation WHERE fiscal_year = 2024 GROUP BY status ORDER BY status",
        # D77 to 80: 4207.05 + 8708.26 + 462.38 + 1277.01 = 14654.70; D81 14654.69
        [("no_own_document", 4, "146547000.00"), ("residual", 1, "-100.00")],
    ),
    (
        "What is the department's share of money carried over?",
        "SELECT carryover, share FROM carryover_by_unit_year WHERE unit_name = '吉林省医疗保障局' AND scope = 'department'",
        [("22000500.00", "15.01")],  # D81 2200.05 of 14654.69
    ),
    (
        "Who buys services, and for how much?",
        "SELECT unit_name, fiscal_year, services FROM procurement_by_unit_year WHERE services > 0 ORDER BY services DESC",
        [("吉林省医疗保障局", 2024, "19392000.00"), ("吉林省医疗保障事业管理中心", 2026, "4615300.00")],  # D421, S342
    ),
    (
        "How much work is given to others?",
        "SELECT unit_name, commissioned_services FROM procurement_by_unit_year WHERE commissioned_services IS NOT NULL ORDER BY unit_name",
        [("吉林省医疗保障局", "2359800.00"), ("吉林省卫生健康信息中心", "440000.00")],  # D265, H255
    ),
    (
        "How did the department's operating costs change?",
        "SELECT amount, previous, change, change_percent FROM year_on_year WHERE measure = 'operating_costs' "
        "AND unit_name = '吉林省医疗保障局'",
        [("4725000.00", "5488400.00", "-763400.00", "-13.91")],  # D417: 472.5, 76.34 less, 13.91 %
    ),
    (
        "Which item made the three public items grow, by how many points?",
        "SELECT measure, change, contribution FROM year_on_year WHERE part_of = 'three_public' AND unit_name = '吉林省医疗保障局' "
        "AND change <> 0",
        [("reception", "13600.00", "8.89")],  # D199 1.36, none before; D395 16.66, 1.36 more: 1.36 / 15.30
    ),
    (
        "What does one member of staff cost?",
        "SELECT unit_name, personnel_per_head, public_per_head FROM personnel_and_public_cost_per_head ORDER BY unit_name",
        # H: 667.19 and 123.24 for 41; Z: 50.05 and 4.02 for 4
        [("吉林省卫生健康信息中心", "162729.27", "30058.54"), ("曾都区医疗保障信息中心", "125125.00", "10050.00")],
    ),
    (
        "Where does a document say how many people there are?",
        "SELECT staff, kind, line FROM staff_by_document ORDER BY staff",
        [(4, "in_post", 44), (41, "in_post", 213)],  # Z44, H213
    ),
    (
        "What does the service centre spend its basic money of 2026 on?",
        "SELECT class_name, amount FROM economic_class_by_unit_year WHERE fiscal_year = 2026 ORDER BY amount DESC",
        [
            ("工资福利支出", "3301900.00"),  # S160 330.19
            ("商品和服务支出", "307500.00"),
            ("对个人和家庭的补助", "31100.00"),
            ("资本性支出", "14100.00"),
        ],
    ),
    (
        "How much of its spending goes to projects, and who are its peers?",
        "SELECT value, peers FROM peer_comparison WHERE measure = 'project_share' AND unit_name = '吉林省卫生健康信息中心'",
        [("26.18", 1)],  # H95 280.36 of 1070.79; no other unit of the province, level, function and year
    ),
    (
        "How many of the statutory tables does each document have?",
        "SELECT unit_name, statutory_tables FROM disclosure_quality ORDER BY statutory_tables, unit_name",
        [
            ("攀枝花市健康促进和卫生大数据中心", 0),  # all prose
            ("曾都区医疗保障信息中心", 8),  # no table of state capital
            ("吉林省医疗保障事业管理中心", 9),
            ("吉林省医疗保障局", 9),
            ("吉林省卫生健康信息中心", 9),
        ],
    ),
    (
        "Which statutory tables does the service centre leave empty?",
        "SELECT three_public, government_fund, state_capital FROM coverage WHERE fiscal_year = 2026",
        [(0, 0, 0)],
    ),
    (
        "What do the projects of 2026 promise?",
        "SELECT project, project_amount, indicators, weights FROM performance_of_projects WHERE fiscal_year = 2026 ORDER BY project_amount",
        # S273 to 276 and S277 to 280: 25 + 25 + 30 + 10 each
        [("医疗保障统计调查工作经费", "112000.00", 4, "90.00"), ("综合事务管理经费", "142700.00", 4, "90.00")],
    ),
    (
        "Of which regions and years are there documents, and how many units publish none?",
        "SELECT region, fiscal_year, scope, documents, units_named_without_document FROM coverage_by_region_and_year "
        "ORDER BY region, fiscal_year, scope",
        [
            ("吉林省", 2024, "department", 1, 4),  # D77 to 80 and H: five units, one of them publishes as a department
            ("吉林省", 2024, "unit", 1, 4),
            ("吉林省", 2026, "unit", 1, 4),
            ("四川省攀枝花市", 2021, "unit", 1, 1),  # its commission, named as parent
            ("湖北省随州市曾都区", 2023, "unit", 1, 1),  # its bureau, 032
        ],
    ),
    (
        "Whose document counts?",
        "SELECT COUNT(*) AS documents, SUM(CASE WHEN counted THEN 1 ELSE 0 END) AS counted FROM filings",
        [(5, 5)],  # no unit of the department publishes for 2024
    ),
    (
        "What do public costs come to in each document?",
        "SELECT fiscal_year, amount FROM document_measures WHERE measure = 'public' ORDER BY amount",
        # Z 4.02, S159 32.16, P81 46.59, H 123.24, D147 560.1
        [(2023, "40200.00"), (2026, "321600.00"), (2021, "465900.00"), (2024, "1232400.00"), (2024, "5601000.00")],
    ),
    (
        "Under which names and codes is the Zengdu centre printed, and whose is it?",
        "SELECT n.name, n.matched, u.parent_name FROM unit_names n JOIN units u ON u.unit_id = n.unit_id "
        "WHERE n.code = '032004' ORDER BY n.name DESC",
        # Z164: the name is torn, the code beside it is whole
        [("部医保信中管区疗障息心", "code", "曾都区医疗保障局"), ("曾都区医疗保障信息中心", "name", "曾都区医疗保障局")],
    ),
]


def main():
    snapshot = Path(sys.argv[1]).resolve()
    os.chdir(snapshot)
    duck = duckdb.connect()
    duck.execute(Path("views.sql").read_text(encoding="utf-8"))
    marts = {path.stem: path / "*.parquet" if path.is_dir() else path for path in Path("marts").iterdir()}
    frames = {name: polars.scan_parquet(files) for name, files in marts.items()}
    frames |= {name: polars.scan_parquet(f"{name}/*.parquet") for name in ("units", "unit_names")}
    ours = polars.SQLContext(frames=frames)
    asked = " ".join(sql for _, sql, _ in QUESTIONS)
    never = [path.stem for path in Path("marts").glob("*.parquet") if not re.search(rf"\b{path.stem}\b", asked)]
    require(not never, f"no question asks {never}")
    for question, sql, expected in QUESTIONS:
        expected = [tuple(map(plain, row)) for row in expected]
        for engine, rows in (("DuckDB", duck.execute(sql).fetchall()), ("Polars", ours.execute(sql).collect().rows())):
            found = [tuple(map(plain, row)) for row in rows]
            require(found == expected, f"{question}\n  {engine} says {found}\n  by hand   {expected}")
    # Who has neither SQL engine reads the same files.
    mart = Path("marts/unit_year_overview.parquet")
    total = sum(pyarrow.parquet.read_table(mart, columns=["expenditure"])["expenditure"].to_pylist())
    frame = pandas.read_parquet(mart)
    # D106 + H95 + Z171 + S106 + P29
    require(total == frame["expenditure"].sum() == Decimal("173632600.00"), f"{total} and {frame['expenditure'].sum()}")
    print(f"{len(QUESTIONS)} questions answered as by hand, in DuckDB {duckdb.__version__} and Polars {polars.__version__}")


def plain(value):
    """Makes a value comparable: decimals and numbers by value, text as it is."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float, Decimal)):
        return Decimal(str(value))
    if re.fullmatch(r"-?\d+\.\d+", value):
        return Decimal(value)
    return value


def require(holds, message):
    if not holds:
        sys.exit(message)


if __name__ == "__main__":
    main()
