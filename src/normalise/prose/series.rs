//! Reads lists of names before lists of numbers: 货物、工程、服务分别为 208.30 万元、0 万元、3,704.20 万元.

use crate::normalise::prose::{Reader, clause, subject::Label};

/// The word that says that the numbers follow the order of the names.
const RESPECTIVELY: &str = "分别";

/// The names that a sentence lists, and the words that stand between them and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    names: Vec<String>,
    words: String,
    /// How many of the names have their number.
    given: usize,
}

impl Reader<'_> {
    /// Returns the words before a number with the name of the list that the number is for.
    pub(super) fn in_series(&mut self, text: String) -> String {
        let parted = text.contains('别').then(|| text.split_once(RESPECTIVELY)).flatten();
        let Some((before, words)) = parted else {
            let next = text.trim_matches(['和', '与', '及', ',']).is_empty();
            let series = &mut self.scene.series;
            let waiting = series.names.get(series.given).filter(|_| next && 0 < series.given);
            if let Some(name) = waiting {
                series.given += 1;
                return format!("{name}{}", series.words);
            }
            series.given = 0;
            return text;
        };
        let (label, base) = clause::compared(self.after_scope(before), self.wording());
        let names: Vec<String> = label.split(['、', '和', '与', '及']).map(str::to_owned).collect();
        let known = |name: &String| {
            matches!(self.namer.name(name, self.domain), Label::Known(_) | Label::Weak(_))
        };
        let listed = 1 < names.len() && names.iter().all(known);
        // 占比分别为 speaks of the names before.
        let lead = if listed { String::new() } else { label.to_owned() };
        let speaks = self.wording().empty.covers(label) || self.wording().shares.ends(label);
        if !listed && (self.scene.series.names.is_empty() || !speaks) {
            return text;
        }
        let names = if listed { names } else { std::mem::take(&mut self.scene.series.names) };
        let first = format!(
            "{}{}{lead}{words}",
            names.first().map_or("", String::as_str),
            base.unwrap_or_default()
        );
        self.scene.series = Series { names, words: format!("{lead}{words}"), given: 1 };
        first
    }
}
