//! Turns what the engine says of a query into what is wrong and what to do.

/// Returns a problem in words of ours where the engine's are known, with the nearest names.
///
/// `tables` are the tables there are.
pub fn explained(problem: &str, tables: &[String]) -> String {
    if let Some(name) = between(problem, "relation '", "' was not found") {
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        let meant = did_you_mean(name, &names);
        return format!("there is no table `{name}`{meant}\n  tables: {}", names.join(", "));
    }
    if let Some(name) = between(problem, "unable to find column \"", "\"") {
        let known = between(problem, "valid columns: [", "]").unwrap_or_default();
        let names: Vec<&str> = known
            .split(", ")
            .map(|name| name.trim_matches('"'))
            .filter(|name| !name.is_empty())
            .collect();
        let meant = did_you_mean(name, &names);
        return format!("there is no column `{name}`{meant}\n  columns: {}", names.join(", "));
    }
    if let Some(name) = between(problem, "no column named '", "' found in table '") {
        let table = between(problem, "found in table '", "'").unwrap_or_default();
        return format!("there is no column `{name}` in `{table}`");
    }
    if let Some(rest) = problem.split("sql parser error: ").nth(1) {
        return format!(
            "this is no SQL: {rest}\n  Begin with: SELECT * FROM unit_year_overview LIMIT 5"
        );
    }
    if problem.contains("not supported") || problem.contains("not (yet) support") {
        return format!(
            "{problem}\n  DuckDB knows more SQL: cd WAREHOUSE/current && duckdb -init views.sql"
        );
    }
    problem.to_owned()
}

/// Returns a question about the name that another may stand for, to be put after what is wrong.
pub fn did_you_mean(name: &str, names: &[&str]) -> String {
    nearest(name, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

/// Returns the name that another is a slip of the pen for, or a part of.
fn nearest<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let distance = |other: &&&str| strsim::osa_distance(&name, other);
    // More than a third of the letters is another word.
    let slip = names.iter().min_by_key(distance).filter(|other| distance(other) * 3 <= other.len());
    let part = || names.iter().find(|other| 3 < name.len() && other.contains(&name));
    slip.or_else(part).copied()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_one_that_can_be_meant() {
        let names = ["amounts", "documents", "unit_year_overview", "three_public_by_unit_year"];
        let near = |name: &str| nearest(name, &names);
        assert_eq!(near("amount"), Some("amounts"));
        assert_eq!(near("Documnets"), Some("documents"));
        assert_eq!(near("three_public"), Some("three_public_by_unit_year"));
        assert_eq!(near("nowhere"), None);
    }

    #[test]
    fn what_is_not_known_is_passed_on() {
        assert_eq!(explained("something else", &[]), "something else");
    }
}
