//! Draws the rows of a query as bars in the terminal.

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use crate::{
    error::{ErrorKind, Result},
    store::render::{self, Cell},
    tabulate::report::{drawing::shortened, quantity::Quantity},
};

/// The least room for bars: where names and values leave less, lines are longer than asked for.
const LEAST: usize = 10;

/// The parts of a place of the terminal that can be filled.
const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Draws a bar a row, in lines of so many places: the name, the number, the bar.
///
/// The result must have two columns, the second of numbers. Losses are drawn to the left.
pub fn bars<'a>(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    width: usize,
    out: &mut dyn Write,
) -> Result<()> {
    let refused = |problem: String| ErrorKind::Query { name: "chart".to_owned(), problem };
    if columns.len() != 2 {
        return Err(refused(format!(
            "bars need two columns, a name and a number; this result has {}: {}",
            columns.len(),
            columns.join(", ")
        ))
        .into());
    }
    let mut lines: Vec<(String, String, Option<Quantity>)> = Vec::new();
    for row in rows {
        let [name, value] = row.as_slice() else { continue };
        let (text, number) = match value {
            Cell::Absent => (String::new(), None),
            Cell::Decimal(text) => (render::grouped(text), Quantity::parse(text)),
            Cell::Number(text) => (text.clone(), Quantity::parse(text)),
            Cell::Text(_) | Cell::List(_) | Cell::Flag(_) => {
                let column = columns.last().copied().unwrap_or_default();
                return Err(refused(format!(
                    "bars need numbers in the second column, and `{column}` has `{}`; \
                     name the columns as in SELECT name, number",
                    value.as_text()
                ))
                .into());
            }
        };
        lines.push((name.as_text().replace(char::is_control, " "), text, number));
    }
    let names = lines.iter().map(|(name, ..)| name.width()).max().unwrap_or(0).min(width * 2 / 5);
    let values = lines.iter().map(|(_, text, _)| text.width()).max().unwrap_or(0);
    let room = width.saturating_sub(names + values + 4).max(LEAST);
    let numbers = || lines.iter().filter_map(|(.., number)| *number);
    let most = numbers().max().unwrap_or_default().max(Quantity::ZERO);
    let least = numbers().min().unwrap_or_default().min(Quantity::ZERO);
    // The zero line stands where losses and gains have the same scale.
    let range = most.plus(least.magnitude());
    let left = least.magnitude().share_of(range, room);
    for (name, text, number) in &lines {
        let name = shortened(name, names);
        let bar = number.map_or_else(String::new, |number| {
            let eighths = number.magnitude().share_of(range, room * PARTS.len());
            let (full, part) = (eighths / PARTS.len(), eighths % PARTS.len());
            if number < Quantity::ZERO {
                // There are no blocks that are filled from the right.
                let full = full + usize::from(3 < part);
                format!("{}{}", " ".repeat(left.saturating_sub(full)), "█".repeat(full.min(left)))
            } else {
                let part = PARTS.get(part).copied().unwrap_or_default();
                format!("{}{}{part}", " ".repeat(left), "█".repeat(full))
            }
        });
        let line = format!(
            "{name}{}  {}{text}  {bar}",
            " ".repeat(names.saturating_sub(name.width())),
            " ".repeat(values.saturating_sub(text.width())),
        );
        writeln!(out, "{}", line.trim_end()).map_err(render::unwritten)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(rows: Vec<Vec<Cell<'static>>>, width: usize) -> Result<String> {
        let mut out = Vec::new();
        bars(&["unit_name", "amount"], rows, width, &mut out)?;
        Ok(String::from_utf8(out).expect("text"))
    }

    fn row(name: &'static str, amount: &str) -> Vec<Cell<'static>> {
        vec![Cell::Text(name.into()), Cell::Decimal(amount.into())]
    }

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        let rows = vec![
            row("医疗保障局", "1000.00"),
            row("a", "250.00"),
            vec![Cell::Absent, Cell::Absent],
        ];
        assert_eq!(
            drawn(rows, 40).expect("bars"),
            "医疗保障局  1,000.00  ██████████████████\n\
             a             250.00  ████▌\n\n"
        );
    }

    #[test]
    fn losses_go_to_the_left() {
        let rows = vec![row("a", "-5.00"), row("b", "15.00"), row("c", "0.00")];
        assert_eq!(
            drawn(rows, 30).expect("bars"),
            "a  -5.00  █████\nb  15.00       ███████████████\nc   0.00\n"
        );
    }

    #[test]
    fn long_names_are_shortened_and_no_line_is_longer_than_the_terminal() {
        let rows = vec![row("黑龙江省农业技术推广总站处", "12345678.90"), row("b", "1.00")];
        let text = drawn(rows, 50).expect("bars");
        assert!(text.contains("黑龙江省农业技术推…   12,345,678.90"), "{text}");
        assert!(text.lines().all(|line| line.width() <= 50), "{text}");
    }

    #[test]
    fn other_shapes_are_refused_with_what_to_do() {
        let problem = |rows| drawn(rows, 40).expect_err("no bars").to_string();
        let text = vec![vec![Cell::Decimal("1.00".into()), Cell::Text("甲".into())]];
        assert!(problem(text).contains("`amount` has `甲`; name the columns as in"));
        let mut out = Vec::new();
        let three = bars(&["a", "b", "c"], Vec::new(), 40, &mut out).expect_err("no bars");
        assert_eq!(
            three.to_string(),
            "chart: bars need two columns, a name and a number; this result has 3: a, b, c"
        );
    }
}
