//! Reads the figures that sentences state: the dataset `statements`.
//!
//! A passage is a row of clauses; a number belongs to the last label before it. What a clause
//! leaves out it takes from those before: the item, the year, the whole that a share is of.
//! The words are data, in `pipelines/prose/wording.toml`.

mod chart;
mod clause;
mod context;
mod count;
mod lex;
mod reason;
mod series;
mod stated;
mod subject;

use crate::{
    accounts::{
        classification::Classifications,
        disclosure::Identity,
        money::Unit,
        statement::Statement,
        tally::Fate,
        text,
        token::{Stage, Topic},
    },
    extract::prose::{self, Glyph, Passage, PassageKind, SectionKind, wording::Wording},
    normalise::prose::{
        lex::{Naming, Stop, Token, What},
        reason::Reasons,
        series::Series,
        subject::{Label, Namer, Subject, YEAR},
    },
    normalise::tally::Claim,
};

/// The brackets that can stand in one another before the outer ones are forgotten.
const MOST_BRACKETS: usize = 8;

/// The longest list of names that is kept, in characters.
const LONGEST_LIST: usize = 1_000;

/// Reads passages one after the other.
#[derive(Debug)]
pub struct Reader<'k> {
    namer: Namer<'k>,
    stage: Option<Stage>,
    year: Option<i32>,
    /// What was stated so far.
    pub statements: Vec<Statement>,
    /// The places of all numbers, with what became of them.
    pub claims: Vec<Claim>,
    section: u32,
    /// The first item of the section, whose parts the others are.
    section_head: Option<Subject>,
    /// The classification of the last item that belongs to one alone.
    domain: Option<Topic>,
    /// Whether the passage before was an item of a list and stated figures.
    after_item: bool,
    /// Whether the clause is the first of an item.
    heads: bool,
    tokens: Vec<Token>,
    scene: Scene,
}

/// What the clauses of a passage hand on.
#[derive(Clone, Debug, Default)]
struct Scene {
    subject: Option<Subject>,
    /// The whole that the parts after 其中 belong to.
    head: Option<Subject>,
    /// The year that the sentence speaks of, where it is not the document's.
    year: Option<i32>,
    /// The year that changes of the sentence start from.
    base_year: Option<i32>,
    /// The words since the last number or mark.
    text: String,
    /// The years among them.
    years: Vec<i32>,
    /// Whether the passage itself has named what it speaks of.
    own: bool,
    unit: Option<Unit>,
    brackets: Vec<(Option<Subject>, Option<Subject>, Option<i32>)>,
    reasons: Reasons,
    /// The names that wait for their numbers.
    series: Series,
    /// The words before the last colon: 办公用房：3650平方米.
    heading: String,
    /// Whether the last number was a change.
    changed: bool,
    /// A count of institutions, with the place behind it: their names may follow.
    listing: Option<(usize, usize)>,
}

/// Returns whether the numbers of a text all name something: dates, codes, ordinals.
pub fn names_only(text: &str, wording: &Wording) -> bool {
    let mut tokens = Vec::new();
    let glyphs: Vec<Glyph> = prose::glyphs(text, 0, 0).collect();
    lex::tokens(&glyphs, wording, &mut tokens);
    !tokens.iter().any(|token| matches!(token.what, What::Quantity(..)))
}

impl<'k> Reader<'k> {
    /// Begins to read a document that says so much of itself.
    pub fn new(
        wording: &'k Wording,
        classes: &'k Classifications,
        identity: &Identity,
    ) -> Reader<'k> {
        Reader {
            namer: Namer::new(
                wording,
                classes,
                &text::label(identity.unit_name.as_deref().unwrap_or_default()),
            ),
            stage: identity.stage,
            year: identity.fiscal_year,
            statements: Vec::new(),
            claims: Vec::new(),
            section: 0,
            section_head: None,
            domain: None,
            after_item: false,
            heads: false,
            tokens: Vec::new(),
            scene: Scene::default(),
        }
    }

    /// Reads one passage.
    pub fn read(&mut self, passage: &Passage<'_>) {
        let glyphs = passage.glyphs;
        if passage.kind != PassageKind::Text {
            self.name_numbers(glyphs);
            return;
        }
        self.begin(passage);
        if !glyphs.iter().any(|glyph| glyph.c.is_ascii_digit())
            && passage.section.kind == SectionKind::Narrative
        {
            return;
        }
        let before = self.statements.len();
        let mut tokens = std::mem::take(&mut self.tokens);
        lex::tokens(glyphs, self.wording(), &mut tokens);
        for (at, token) in tokens.iter().enumerate() {
            match token.what {
                What::Text => self.text(glyphs, token),
                What::Stop(stop) => self.stop(stop, glyphs, token.start),
                What::Year(year) => {
                    self.scene.text.push(YEAR);
                    self.scene.years.push(year);
                    self.note(glyphs, token, Fate::Named);
                }
                What::Name(naming) => {
                    if matches!(naming, Naming::Code | Naming::Word) {
                        self.text(glyphs, token);
                    }
                    self.note(glyphs, token, Fate::Named);
                }
                What::Quantity(value, measure) => {
                    let behind = tokens.get(at + 1).filter(|next| next.what == What::Text);
                    let stated = passage.section.kind != SectionKind::Narrative
                        && self.quantity(passage, token, value, measure, behind);
                    let fate = if stated { Fate::Fact } else { Fate::Told };
                    self.note(glyphs, token, fate);
                    self.scene.text.clear();
                    self.scene.years.clear();
                }
            }
        }
        self.stop(Stop::Full, glyphs, glyphs.len());
        self.tokens = tokens;
        self.after_item = passage.item && before < self.statements.len();
    }

    fn wording(&self) -> &'k Wording {
        self.namer.wording
    }

    /// Takes over what the passages before leave to this one.
    fn begin(&mut self, passage: &Passage<'_>) {
        if passage.continues {
            return;
        }
        let subject = if passage.section.number == self.section {
            // After the items of a list the text goes back to what they are parts of.
            let back = self.after_item && !passage.item;
            let before = self.scene.subject.take();
            if back { self.section_head.clone() } else { before }
        } else {
            self.section = passage.section.number;
            self.section_head = None;
            self.domain = None;
            match self.namer.name(&passage.section.heading, None) {
                Label::Known(subject) | Label::Weak(subject) => Some(subject),
                Label::Nothing | Label::Unknown(_) => None,
            }
        };
        self.heads = passage.item;
        let head = self.section_head.clone();
        let unit = self.scene.unit;
        self.scene = Scene { subject, head, unit, ..Scene::default() };
    }

    /// Adds words; those before a reason belong to it.
    fn text(&mut self, glyphs: &[Glyph], token: &Token) {
        let from = self.scene.text.len();
        let glyphs = glyphs.get(token.start..token.end).unwrap_or_default();
        self.scene.text.reserve(glyphs.len() * '一'.len_utf8());
        for glyph in glyphs {
            self.scene.text.push(glyph.c);
        }
        let added = self.scene.text.get(from..).unwrap_or_default();
        if let Some((start, end)) = self.wording().reasons.first(added) {
            let place = token.start + added.get(..end).map_or(0, |words| words.chars().count());
            let of = self.explained(self.scene.text.get(..from + start).unwrap_or_default());
            self.scene.reasons.begin(place, of);
            self.scene.text.drain(..from + end);
        }
    }

    /// Returns the topic whose change words before a reason speak of: 基本支出增加的.
    fn explained(&self, words: &str) -> Option<Topic> {
        let (label, _) = clause::compared(words, self.wording());
        let verb = self.wording().changes.all(label).last();
        let label = verb.and_then(|(at, _)| label.get(..at)).unwrap_or(label);
        match self.namer.name(label, self.domain) {
            Label::Known(subject) => Some(subject.topic),
            _ => None,
        }
    }

    /// Ends a clause.
    fn stop(&mut self, stop: Stop, glyphs: &[Glyph], at: usize) {
        if stop == Stop::Pause && !self.scene.text.is_empty() {
            self.scene.text.push('、');
            return;
        }
        let mut text = std::mem::take(&mut self.scene.text);
        if stop == Stop::Colon {
            text.push(':');
            match self.wording().reasons.first(&text) {
                Some((start, end)) if end == text.len() => {
                    let of = self.explained(text.get(..start).unwrap_or_default());
                    self.scene.reasons.begin(at + 1, of);
                }
                _ => (),
            }
            text.pop();
            self.scene.heading.clone_from(&text);
        }
        self.clause(&text, stop);
        self.scene.years.clear();
        match stop {
            Stop::Open => {
                let scene = &mut self.scene;
                if scene.brackets.len() < MOST_BRACKETS {
                    scene.brackets.push((scene.subject.clone(), scene.head.clone(), scene.year));
                }
            }
            Stop::Close => {
                if let Some((subject, head, year)) = self.scene.brackets.pop() {
                    self.scene.subject = subject;
                    self.scene.head = head;
                    self.scene.year = year;
                }
            }
            Stop::Full | Stop::Semicolon
                if self.scene.brackets.is_empty() || stop == Stop::Full =>
            {
                self.list_names(glyphs, at);
                if let Some(reason) = self.scene.reasons.end(glyphs, at) {
                    reason.give(&mut self.statements);
                }
                if stop == Stop::Full {
                    self.scene.brackets.clear();
                    self.scene.year = None;
                    self.scene.base_year = None;
                    self.scene.series = Series::default();
                    self.scene.heading.clear();
                }
            }
            _ => (),
        }
    }

    /// Gives a count of institutions the names that follow it: 内设 3 个机构，分别为 …
    fn list_names(&mut self, glyphs: &[Glyph], end: usize) {
        let Some((statement, start)) = self.scene.listing.take() else { return };
        let behind = glyphs.get(start..end).unwrap_or_default();
        let text: String = behind.iter().take(LONGEST_LIST).map(|glyph| glyph.c).collect();
        let begin = self.wording().scopes.all(&text).next().map(|(_, end)| end);
        let names = begin.and_then(|begin| text.get(begin..)).unwrap_or_default();
        let names = names.trim_matches([':', ',', '、', '为', '是']);
        if let Some(statement) = self.statements.get_mut(statement).filter(|_| !names.is_empty()) {
            statement.names = Some(names.to_owned());
        }
    }

    /// Reads a clause without a number of its own: it names an item, a base, or a scope.
    fn clause(&mut self, text: &str, stop: Stop) {
        let wording = self.wording();
        if text.is_empty() || self.scene.reasons.open() {
            return;
        }
        let scope = matches!(stop, Stop::Colon | Stop::Comma) && wording.scopes.ends(text);
        let text = if scope {
            wording.scopes.all(text).last().and_then(|(at, _)| text.get(..at)).unwrap_or_default()
        } else {
            text
        };
        self.take_year(text);
        let (label, base) = clause::compared(text, wording);
        if let Some(base) = base {
            self.scene.base_year = self.base_year(base, self.year_of(label));
        }
        // 本年收入中，
        let within = label.strip_suffix('中');
        if !wording.uses.within(label) && !label.is_empty() {
            match self.namer.name(within.unwrap_or(label), self.domain) {
                // 包括：基本工资、津贴补贴 names what is not parted into figures.
                Label::Known(subject) if !label.contains('、') || subject.label.contains('、') => {
                    self.enter(subject);
                }
                Label::Weak(subject) if !self.gives_way(&subject) => self.enter(subject),
                // （八）预算绩效情况。 is a heading before its text.
                Label::Unknown(_) if stop == Stop::Full && self.heads => {
                    self.scene.subject = None;
                    self.section_head = None;
                }
                _ => (),
            }
        }
        self.heads = false;
        if scope || within.is_some() {
            self.scene.head = self.scene.subject.clone();
            let personnel =
                |subject: &Subject| matches!(subject.topic, Topic::Personnel | Topic::Public);
            if self.scene.head.as_ref().is_some_and(personnel) {
                self.domain = Some(Topic::Economic);
            }
        }
    }

    /// Returns whether a weak name speaks of the item before: 住房公积金（项）… 支出决算为 30 万元.
    fn gives_way(&self, weak: &Subject) -> bool {
        let Some(before) = &self.scene.subject else { return false };
        if before.strong || matches!(before.topic, Topic::Functional | Topic::Economic) {
            return true;
        }
        let parts = [Topic::Fund, Topic::Basic, Topic::Project, Topic::Personnel, Topic::Public];
        weak.topic == Topic::ExpenditureTotal
            && self.scene.own
            && parts.contains(&before.topic)
            && !before.label.contains("收入")
    }

    /// Makes a subject the one that what follows is stated of.
    fn enter(&mut self, subject: Subject) {
        if matches!(subject.topic, Topic::Functional | Topic::Economic) {
            let classes = self.namer.classes;
            let both = !classes.functional.codes(&subject.label).is_empty()
                && !classes.economic.codes(&subject.label).is_empty();
            if !both {
                self.domain = Some(subject.topic);
            }
        } else if subject.topic == Topic::Procurement {
            self.domain = Some(subject.topic);
        }
        self.scene.own = true;
        self.scene.subject = Some(subject);
    }

    /// Notes the numbers of a heading or a page mark, which state nothing.
    fn name_numbers(&mut self, glyphs: &[Glyph]) {
        let mut tokens = std::mem::take(&mut self.tokens);
        lex::tokens(glyphs, self.wording(), &mut tokens);
        for token in tokens.iter().filter(|token| !matches!(token.what, What::Text | What::Stop(_)))
        {
            self.note(glyphs, token, Fate::Named);
        }
        self.tokens = tokens;
    }

    /// Notes what a number came to.
    fn note(&mut self, glyphs: &[Glyph], token: &Token, fate: Fate) {
        let place = |at: usize| glyphs.get(at).map_or((0, 0), |glyph| (glyph.line, glyph.column));
        let (line, from) = place(token.start);
        let (last, to) = place(token.end.saturating_sub(1));
        if line == last {
            self.claims.push(Claim { line, from, to, fate });
        } else {
            self.claims.push(Claim { line, from, to: u32::MAX, fate });
            self.claims.push(Claim { line: last, from: 1, to, fate });
        }
    }
}
