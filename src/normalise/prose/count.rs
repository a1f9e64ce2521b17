//! Reads counts of things and persons.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use crate::{
    accounts::{
        statement::Statement,
        text,
        token::{StatementKind, Topic},
    },
    extract::prose::counts,
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
        let clause = [plain, behind].concat();
        let found: Vec<counts::Counted<'_>> = self.wording().counts.found(&clause).collect();
        if found.is_empty() {
            return None;
        }
        // Nothing but empty words parts a noun from the number behind it.
        let tails: Vec<usize> = self.wording().empty.tails(plain).collect();
        let leads = |noun: &&counts::Counted<'_>| {
            let later = |other: &counts::Counted<'_>| {
                other.word == noun.word && noun.end < other.end && other.end <= plain.len()
            };
            !noun.decides && tails.contains(&noun.end) && !found.iter().any(later)
        };
        let follows = |noun: &&counts::Counted<'_>| {
            let between = clause.get(plain.len()..noun.start);
            !noun.decides && between.is_some_and(|between| between.chars().count() <= 2)
        };
        // 绩效 decides of projects alone.
        let decides = |word: &&counts::Counted<'_>| {
            word.decides && (word.thing.topic != Topic::Other || clause.contains("项目"))
        };
        let scored = found.iter().filter(|word| word.thing.has_unit(unit)).filter_map(|word| {
            let length = word.end - word.start;
            let decided = decides(&word).then_some(DECIDED + length);
            let score = decided.or_else(|| (leads(&word) || follows(&word)).then_some(length))?;
            Some((score, Reverse(word.order), word.thing))
        });
        let (.., thing) = scored.max_by_key(|(score, order, _)| (*score, *order))?;
        let topic = thing.topic;
        // 更新购置公务用车0辆，其中：轿车0辆; but 公务用车2辆 behind it counts what there is.
        let own = self.own(plain);
        let head = self.scene.head.as_ref().filter(|head| head.topic == Topic::VehiclePurchase);
        let topic = match (topic, head) {
            (Topic::AssetsVehicles, Some(head)) if !head.label.ends_with(own) => head.topic,
            _ => topic,
        };
        let named = found.iter().any(|word| leads(&word));
        let label = if named { own.to_owned() } else { behind_noun(plain, behind) };
        Some((topic, label, thing.money))
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

/// Returns whether what a topic counts can be counted in a unit.
fn handed_unit(topic: Topic, unit: &str) -> bool {
    match topic {
        Topic::VehiclePurchase | Topic::AssetsVehicles => matches!(unit, "辆" | "台"),
        Topic::Staff => matches!(unit, "人" | "名"),
        _ => matches!(unit, "人" | "人次" | "批次" | "批" | "次" | "个" | "名"),
    }
}
