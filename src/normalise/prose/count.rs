//! Reads counts of things and persons.

use rust_decimal::Decimal;

use crate::{
    accounts::{
        statement::Statement,
        text,
        token::{StatementKind, Topic},
    },
    extract::prose::wording::Count,
    normalise::prose::{
        Reader,
        subject::{Subject, YEAR},
    },
};

/// What a count can be told to be of by the counts before it.
const HANDED_ON: &[Topic] =
    &[Topic::Abroad, Topic::Reception, Topic::VehiclePurchase, Topic::AssetsVehicles, Topic::Staff];

/// A number with its unit and the words around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted<'t> {
    /// The words before the number.
    pub(super) before: &'t str,
    /// The number.
    pub(super) value: Decimal,
    /// Its unit as printed.
    pub(super) unit: &'t str,
    /// The words behind the unit.
    pub(super) behind: &'t str,
}

impl Reader<'_> {
    /// Reads a count; its noun stands before the number or behind its unit.
    ///
    /// Nothing for what is no fact about the publisher: such a number is part of a story.
    pub(super) fn count(&mut self, counted: Counted<'_>) -> Option<Statement> {
        if self.opens(counted.before) {
            self.scene.head = self.scene.subject.clone();
        }
        let plain: String = counted.before.chars().filter(|c| *c != YEAR).collect();
        // 办公用房：3650平方米
        let plain = if plain.is_empty() { self.scene.heading.clone() } else { plain };
        let plain = self.after_scope(&plain);
        let plain = plain.trim_end_matches(['为', '是', '约', '达']);
        let unit = text::label(counted.unit);
        let (topic, label, money) =
            self.noun(plain, &unit, counted.behind).or_else(|| self.handed_on(plain, &unit))?;
        let subject = Subject { topic, label, class_code: None, strong: false };
        // 由行政单位1家 … 共 472.5万元: who spends is not what is spent on.
        if money || topic != Topic::Other {
            self.scene.subject = Some(subject.clone());
        }
        let made = self.statement(subject, StatementKind::Count, counted.value);
        let fiscal_year = self.scene.year.or(self.year);
        Some(Statement { unit: counted.unit.to_owned(), fiscal_year, ..made })
    }

    /// Finds the noun that stands beside a number, with its topic.
    fn noun(&self, plain: &str, unit: &str, behind: &str) -> Option<(Topic, String, bool)> {
        let clause = format!("{plain}{behind}");
        let mut best: Option<(usize, &Count)> = None;
        for count in &self.wording().counts {
            if !count.units.iter().any(|one| text::label(one) == unit) {
                continue;
            }
            let anywhere = count.anywhere.iter().filter(|word| clause.contains(word.as_str()));
            let decided = anywhere.map(|word| DECIDED + word.len()).max();
            let near = count.nouns.iter().filter_map(|noun| {
                self.leads(plain, noun).then_some(noun.len()).or_else(|| follows(behind, noun))
            });
            // 绩效 decides of projects alone.
            let story = count.topic == Topic::Other && !clause.contains("项目");
            let score = near.max().max(decided.filter(|_| !story));
            if let Some(score) = score
                && best.is_none_or(|(top, _)| top < score)
            {
                best = Some((score, count));
            }
        }
        let (_, count) = best?;
        let topic = count.topic;
        // 更新购置公务用车0辆，其中：轿车0辆; but 公务用车2辆 behind it counts what there is.
        let own = self.own(plain);
        let head = self.scene.head.as_ref().filter(|head| head.topic == Topic::VehiclePurchase);
        let topic = match (topic, head) {
            (Topic::AssetsVehicles, Some(head)) if !head.label.ends_with(own) => head.topic,
            _ => topic,
        };
        let mut nouns = self.wording().counts.iter().flat_map(|count| &count.nouns);
        let leads = nouns.any(|noun| self.leads(plain, noun));
        let label = if leads { own.to_owned() } else { behind_noun(plain, behind) };
        Some((topic, label, count.money))
    }

    /// Returns whether nothing but empty words parts a noun from the number behind it.
    fn leads(&self, plain: &str, noun: &str) -> bool {
        let end = plain.rfind(noun).map(|at| at + noun.len());
        end.and_then(|end| plain.get(end..)).is_some_and(|rest| self.wording().empty.covers(rest))
    }

    /// Finds what a number without a noun counts: 国内公务接待 5 批次，40 人次.
    fn handed_on(&self, plain: &str, unit: &str) -> Option<(Topic, String, bool)> {
        let before = self.scene.subject.as_ref().or(self.scene.head.as_ref());
        let subject = before.filter(|subject| HANDED_ON.contains(&subject.topic))?;
        // 在职职工97人，其中财政供养92人
        let part = subject.topic == Topic::Staff && plain.chars().count() <= LONGEST_PART;
        let named = part || self.wording().empty.covers(plain) || unit == "辆";
        let own = self.own(plain);
        let label = if own.is_empty() { &subject.label } else { own };
        (named && handed_unit(subject.topic, unit)).then(|| (subject.topic, label.to_owned(), true))
    }

    /// Returns the words of a label: 共有车辆 counts 车辆.
    fn own<'t>(&self, plain: &'t str) -> &'t str {
        let own = self.namer.trimmed(plain);
        own.rfind('有').and_then(|at| own.get(at + '有'.len_utf8()..)).unwrap_or(own)
    }
}

/// The longest name of a part of the staff, in characters.
const LONGEST_PART: usize = 8;

/// What a word that decides counts for beside the bytes of a noun.
const DECIDED: usize = 100;

/// Returns the label of what is named behind its number: 内设 7 个 ‖ 机构.
fn behind_noun(before: &str, behind: &str) -> String {
    const LONGEST: usize = 24;
    let set = ["内设", "下设"].into_iter().find(|word| before.ends_with(word)).unwrap_or_default();
    set.chars().chain(behind.chars()).take(LONGEST).collect()
}

/// Returns how long a noun is that stands behind a number, if it does so at once.
fn follows(behind: &str, noun: &str) -> Option<usize> {
    let at = behind.find(noun)?;
    let near = behind.get(..at)?.chars().count() <= 2;
    near.then_some(noun.len())
}

/// Returns whether what a topic counts can be counted in a unit.
fn handed_unit(topic: Topic, unit: &str) -> bool {
    match topic {
        Topic::VehiclePurchase | Topic::AssetsVehicles => matches!(unit, "辆" | "台"),
        Topic::Staff => matches!(unit, "人" | "名"),
        _ => matches!(unit, "人" | "人次" | "批次" | "批" | "次" | "个" | "名"),
    }
}
