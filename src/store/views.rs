//! Makes `views.sql`: the views through which other engines query a snapshot.

use crate::{
    accounts::schema::Dataset,
    store::layout::{self, MARTS},
};

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
    for file in files {
        let name = file
            .strip_prefix(MARTS)
            .and_then(|rest| rest.strip_prefix('/'))
            .and_then(|rest| rest.strip_suffix(".parquet"));
        if let Some(name) = name {
            sql.push_str(&view(name, file, ""));
        }
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
