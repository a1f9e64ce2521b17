//! Makes `views.sql`: the views through which other engines query a snapshot.

use std::collections::BTreeMap;

use crate::{accounts::schema::Dataset, store::layout};

/// Returns one view a dataset and one a mart, over paths relative to the snapshot.
///
/// `files` are the files of the snapshot.
pub fn views<'a>(files: impl Iterator<Item = &'a str>) -> String {
    let mut sql = String::from(
        "-- Views over this snapshot for DuckDB; begin in this folder:\n\
         --   duckdb -init views.sql\n\n",
    );
    for dataset in Dataset::ALL {
        sql.push_str(&view(dataset.as_str(), &layout::pattern(*dataset), hive(*dataset)));
    }
    for (name, dataset) in layout::BETWEEN {
        sql.push_str(&view(name, &layout::part_across(dataset), ""));
    }
    let marts: BTreeMap<&str, String> = files.filter_map(layout::mart_of).collect();
    for (name, pattern) in &marts {
        sql.push_str(&view(name, pattern, ""));
    }
    let (needed, every_unit) = layout::EVERY_UNIT;
    if marts.contains_key(needed) {
        let name = layout::UNITS_ASKED;
        sql.extend([format!("CREATE OR REPLACE VIEW {name} AS\n  {every_unit};\n")]);
    }
    sql
}

fn view(name: &str, pattern: &str, options: &str) -> String {
    format!(
        "CREATE OR REPLACE VIEW {name} AS\n  SELECT * FROM read_parquet('{pattern}'{options});\n"
    )
}

fn hive(dataset: Dataset) -> &'static str {
    match dataset {
        Dataset::Amounts => {
            ", hive_partitioning = true,\n    \
             hive_types = {'fiscal_year': INTEGER, 'stage': VARCHAR}"
        }
        _ => "",
    }
}
