//! Says what every dataset and every column holds: the one list of descriptions.

/// A line a column, in sections of datasets.
const COLUMNS: &str = include_str!("columns.txt");

/// The key of a description in the metadata of a column.
pub const DESCRIPTION_KEY: &str = "description";

/// The key of a unit in the metadata of a column.
pub const UNIT_KEY: &str = "unit";

/// The unit of every amount.
pub const YUAN: &str = "元";

/// Returns what a column of a dataset holds.
pub fn description(dataset: &str, column: &str) -> Option<&'static str> {
    section(dataset).find(|(name, _)| *name == column).map(|(_, text)| text)
}

/// Returns what a dataset holds.
pub fn title(dataset: &str) -> Option<&'static str> {
    description(dataset, "")
}

/// Returns what a column of some dataset holds, for those that an analysis passes on.
pub fn anywhere(column: &str) -> Option<&'static str> {
    lines().find(|line| line.0 == column && !column.is_empty()).map(|(_, text)| text)
}

/// Returns the lines of a section.
fn section(dataset: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let begins = format!("[{dataset}]\n");
    let rest = COLUMNS.split_once(begins.as_str()).map_or("", |(_, rest)| rest);
    rest.lines().take_while(|line| !line.starts_with('[')).filter_map(entry)
}

fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.lines().filter(|line| !line.starts_with(['#', '['])).filter_map(entry)
}

fn entry(line: &'static str) -> Option<(&'static str, &'static str)> {
    line.split_once(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_described_in_its_dataset() {
        assert_eq!(description("gaps", "token"), Some("what is printed"));
        assert_eq!(description("gaps", "amount"), None);
        assert_eq!(title("amounts"), Some("every figure of every table"));
        assert_eq!(anywhere("amount"), Some("yuan"));
        assert_eq!(anywhere(""), None);
    }
}
