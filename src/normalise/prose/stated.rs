//! Makes statements of numbers: amounts, shares, changes.

use std::cell::LazyCell;

use rust_decimal::Decimal;

use crate::{
    accounts::{
        statement::{Statement, Whole},
        token::{StatementKind, Topic},
    },
    extract::prose::{Glyph, Passage, SectionKind},
    normalise::prose::{
        Reader,
        clause::{self, Clause, Relation},
        count::Counted,
        lex::{Measure, Token},
        subject::{Label, Subject},
    },
};

impl Reader<'_> {
    /// Reads a number with its unit; returns whether it was stated of anything.
    pub(super) fn quantity(
        &mut self,
        passage: &Passage<'_>,
        token: &Token,
        value: Decimal,
        measure: Measure,
        behind: Option<&Token>,
    ) -> bool {
        let text = std::mem::take(&mut self.scene.text);
        let words = LazyCell::new(|| {
            let next = behind.and_then(|next| passage.glyphs.get(next.start..next.end));
            next.unwrap_or_default().iter().map(|glyph| glyph.c).collect::<String>()
        });
        let text = self.in_series(text);
        let text = if text.is_empty() { self.name_behind(&words) } else { text };
        // 增长-5.12%, 同比+3.08%: a sign right before the digits is the number's.
        let signed = text.strip_suffix(['-', '+']).filter(|words| {
            words.ends_with(|c: char| !c.is_ascii()) || words.is_empty() && self.scene.changed
        });
        let value = if signed.is_some() && text.ends_with('-') { -value } else { value };
        let sign = signed.is_some();
        let text = signed.unwrap_or(&text);
        let known = passage.section.kind == SectionKind::Figures;
        let figure = match measure {
            Measure::Money(unit) => {
                self.scene.unit = Some(unit);
                self.amount(text, value * unit.yuan(), known)
            }
            Measure::Bare => self.bare(text, value),
            Measure::Percent | Measure::Points => self.percent(text, sign, value, measure, known),
            Measure::Count(unit) => {
                let unit: String = passage
                    .glyphs
                    .get(token.end.saturating_sub(unit)..token.end)
                    .unwrap_or_default()
                    .iter()
                    .map(|glyph| glyph.printed)
                    .collect();
                self.take_year(text);
                self.count(Counted { before: text, value, unit: &unit, behind: &words })
            }
        };
        let Some(figure) = figure else { return false };
        let glyph = passage.glyphs.get(token.start).copied();
        let change =
            matches!(figure.kind, StatementKind::ChangeAmount | StatementKind::ChangePercent);
        self.scene.changed = change;
        if figure.kind == StatementKind::Count && figure.topic == Topic::Other {
            self.scene.listing = Some((self.statements.len(), token.end));
        }
        self.statements.push(Statement {
            line: glyph.map_or(0, |glyph| glyph.line),
            column: glyph.map_or(0, |glyph| glyph.column),
            section: passage.section.title.clone(),
            raw: printed(passage.glyphs, token),
            ..figure
        });
        if change {
            self.scene.reasons.owe(self.statements.len() - 1);
        }
        true
    }

    /// Returns the name behind a number that has no words before it; empty where none is:
    /// 3746.25万元为基本支出.
    fn name_behind(&self, behind: &str) -> String {
        let name = behind.strip_prefix('为');
        let known = |name: &&str| matches!(self.namer.name(name, self.domain), Label::Known(_));
        name.filter(known).unwrap_or_default().to_owned()
    }

    /// Reads an amount of money.
    fn amount(&mut self, text: &str, yuan: Decimal, known: bool) -> Option<Statement> {
        let Clause { label, relation } = clause::read(text, false, self.wording());
        if self.opens(label) {
            self.scene.head = self.scene.subject.clone();
        }
        let label = self.after_scope(label);
        let subject = self.subject(label, known, relation)?;
        match relation {
            Relation::Change { more, base } => {
                let year = self.year_of(label);
                let base_year =
                    base.and_then(|base| self.base_year(base, year)).or(self.scene.base_year);
                self.scene.base_year = base_year;
                let value = if more { yuan } else { -yuan };
                let base_year = base_year.or_else(|| Some(year? - 1));
                Some(Statement {
                    base_year,
                    fiscal_year: year,
                    ..self.statement(subject, StatementKind::ChangeAmount, value)
                })
            }
            Relation::Base(base) => {
                let year = self.base_year(base, self.year);
                self.scene.base_year = year;
                Some(Statement {
                    fiscal_year: year,
                    stage: self.wording().stage(base).or(self.stage),
                    ..self.statement(subject, StatementKind::Amount, yuan)
                })
            }
            Relation::Value | Relation::Share(_) | Relation::BudgetShare => {
                self.take_year(label);
                let year = self.scene.year.or(self.year);
                if self.section_head.is_none() {
                    self.section_head = Some(subject.clone());
                }
                Some(Statement {
                    fiscal_year: year,
                    stage: self.wording().stage(label).or(self.stage),
                    ..self.statement(subject, StatementKind::Amount, yuan)
                })
            }
        }
    }

    /// Reads a number without a unit: 项目支出本年为0.
    fn bare(&mut self, text: &str, value: Decimal) -> Option<Statement> {
        let said = text.ends_with('为') || text.ends_with('是');
        let unit = self.scene.unit.filter(|_| said || text.is_empty())?;
        let label = text.trim_end_matches(['为', '是']);
        match self.namer.name(self.after_scope(label), self.domain) {
            Label::Known(subject) if said && subject.topic != Topic::Other => {
                self.enter(subject.clone());
                let year = self.scene.year.or(self.year);
                let amount = self.statement(subject, StatementKind::Amount, value * unit.yuan());
                Some(Statement { fiscal_year: year, ..amount })
            }
            _ => None,
        }
    }

    /// Reads a share or a change in per cent.
    fn percent(
        &mut self,
        text: &str,
        sign: bool,
        value: Decimal,
        measure: Measure,
        known: bool,
    ) -> Option<Statement> {
        let Clause { label, relation } = clause::read(text, true, self.wording());
        // 同比-4.12%, 差异+64.60万元（+2.03%）: the sign alone says that it is a change.
        let (label, relation) = match relation {
            Relation::Base(base) if sign => {
                (label, Relation::Change { more: true, base: Some(base) })
            }
            Relation::Value if sign && text.is_empty() => {
                (label, Relation::Change { more: true, base: None })
            }
            _ => (label, relation),
        };
        let unit = if measure == Measure::Points { "个百分点" } else { "%" };
        let label = self.after_scope(label);
        let whole = self.scene.head.clone();
        let subject = match relation {
            Relation::Value => {
                let label = label.trim_end_matches(['≥', '≤', '>', '<', '=', '达', '为', '到']);
                match self.subject(label, known, relation)? {
                    // A rate of something unnamed is part of a story.
                    subject if label.is_empty() && subject.topic != Topic::Other => return None,
                    subject => subject,
                }
            }
            _ => self.subject(label, known, relation)?,
        };
        let year = self.year_of(label);
        let made = match relation {
            Relation::Change { more, base } => {
                let base_year =
                    base.and_then(|base| self.base_year(base, year)).or(self.scene.base_year);
                let value = if more { value } else { -value };
                let base_year = base_year.or_else(|| Some(year? - 1));
                Statement {
                    base_year,
                    ..self.statement(subject, StatementKind::ChangePercent, value)
                }
            }
            Relation::BudgetShare => Statement {
                of: Some(Whole::Budget),
                ..self.statement(subject, StatementKind::Share, value)
            },
            Relation::Share(words) => {
                let named = match self.namer.name(words.trim_end_matches('的'), None) {
                    Label::Known(subject) | Label::Weak(subject) => Some(subject.topic),
                    _ => whole.filter(|whole| *whole != subject).map(|whole| whole.topic),
                };
                Statement {
                    of: named.map(Whole::Topic),
                    ..self.statement(subject, StatementKind::Share, value)
                }
            }
            Relation::Value | Relation::Base(_) => {
                self.statement(subject, StatementKind::Share, value)
            }
        };
        Some(Statement { unit: unit.to_owned(), fiscal_year: year, ..made })
    }

    /// Returns what a label names, or what was named before; nothing for a part of a story.
    fn subject(&mut self, label: &str, known: bool, relation: Relation<'_>) -> Option<Subject> {
        let before = self.scene.subject.clone();
        let named = match self.namer.name(label, self.domain) {
            Label::Weak(subject) if self.gives_way(&subject) => return before,
            Label::Weak(subject) => Label::Known(subject),
            named => named,
        };
        match named {
            Label::Known(subject) => {
                // 一般公共预算财政拨款增加: short for the item before.
                let short = before.as_ref().is_some_and(|before| {
                    relation != Relation::Value
                        && before.topic == subject.topic
                        && before.label.starts_with(&subject.label)
                });
                let subject = before.filter(|_| short).unwrap_or(subject);
                self.enter(subject.clone());
                Some(subject)
            }
            Label::Nothing | Label::Weak(_) => {
                // 较上年政府采购预算数减少: the base names the item.
                if let (None, Relation::Change { base: Some(base), .. }) = (&before, relation)
                    && let Label::Known(subject) =
                        self.namer.name(self.after_base(base), self.domain)
                {
                    self.enter(subject.clone());
                    return Some(subject);
                }
                before
            }
            Label::Unknown(text) => {
                let listed = self.domain.filter(|_| self.in_list());
                let topic = listed.unwrap_or(Topic::Other);
                let subject = Subject { topic, label: text, class_code: None, strong: false };
                if !known {
                    return None;
                }
                if !self.scene.reasons.open() {
                    self.scene.subject = Some(subject.clone());
                }
                Some(subject)
            }
        }
    }

    pub(super) fn statement(
        &self,
        subject: Subject,
        kind: StatementKind,
        value: Decimal,
    ) -> Statement {
        Statement {
            line: 0,
            column: 0,
            section: None,
            topic: subject.topic,
            label: subject.label,
            kind,
            value,
            unit: "元".to_owned(),
            stage: self.stage,
            fiscal_year: self.year,
            base_year: None,
            of: None,
            reason: None,
            raw: String::new(),
            class_code: subject.class_code,
            names: None,
        }
    }
}

/// Returns a number and its unit as printed; runs of blanks are one.
fn printed(glyphs: &[Glyph], token: &Token) -> String {
    let mut raw = String::new();
    for glyph in glyphs.get(token.start..token.end).unwrap_or_default() {
        if glyph.spaced && !raw.is_empty() {
            raw.push(' ');
        }
        raw.push(glyph.printed);
    }
    raw
}
