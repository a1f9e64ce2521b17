//! Reads what the data of charts are of, by the names that prose knows.

use crate::{
    accounts::{
        disclosure::Identity, statement::Statement, table::Value, text, token::StatementKind,
    },
    extract::chart::Datum,
    normalise::{
        number,
        prose::{Reader, subject::Label},
    },
};

impl Reader<'_> {
    /// Returns what a chart states, in printed order; data of unknown names or units are left
    /// out.
    ///
    /// A chart has no unit of its own: its numbers are in the unit of the document.
    pub fn charted(&self, data: &[Datum<'_>], identity: &Identity) -> Vec<Statement> {
        data.iter().filter_map(|datum| self.datum(datum, identity)).collect()
    }

    fn datum(&self, datum: &Datum<'_>, identity: &Identity) -> Option<Statement> {
        let (value, unit) = number::value(datum.number.text);
        let Value::Number(reading) = value else { return None };
        let unit = unit.or(identity.money_unit)?;
        let category = text::label(datum.category);
        let (year, rest) = dated(&category);
        let name = [rest, datum.series, datum.caption].into_iter().find(|name| !name.is_empty())?;
        let (Label::Known(subject) | Label::Weak(subject)) =
            self.namer.name(&text::label(name), None)
        else {
            return None;
        };
        let value = reading.amount.checked_mul(unit.yuan())?;
        Some(Statement {
            line: datum.number.line,
            column: datum.number.column,
            section: Some(text::label(datum.caption).into_owned()),
            raw: datum.number.text.to_owned(),
            fiscal_year: year.or(identity.fiscal_year),
            ..self.statement(subject, StatementKind::Amount, value)
        })
    }
}

/// Takes a year off the start of a category: 2020年, 2020年度, 2020一般公共预算财政拨款支出.
fn dated(category: &str) -> (Option<i32>, &str) {
    let digits = category.bytes().take_while(u8::is_ascii_digit).count();
    let year = category.get(..digits).filter(|_| digits == 4).and_then(|year| year.parse().ok());
    let Some(year) = year.filter(|year| (1990..2100).contains(year)) else {
        return (None, category);
    };
    let rest = category.get(digits..).unwrap_or_default();
    let rest = rest.strip_prefix('年').unwrap_or(rest);
    (Some(year), rest.strip_prefix('度').unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_taken_off_a_category() {
        assert_eq!(dated("2020年"), (Some(2020), ""));
        assert_eq!(dated("2020年度"), (Some(2020), ""));
        assert_eq!(dated("2021一般公共预算财政拨款支出"), (Some(2021), "一般公共预算财政拨款支出"));
        assert_eq!(dated("20210卫生"), (None, "20210卫生"));
        assert_eq!(dated("基本支出"), (None, "基本支出"));
    }
}
