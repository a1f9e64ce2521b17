//! Tells which of the names that documents print are one unit.
//!
//! Two names are one unit's where they are the same in the same region: brackets, blanks, 本级
//! and as much of the region as a name leaves out aside. Beyond that they are one where a name
//! is said to be the former one, or where a long code stands beside one name in some years and
//! beside the other in later ones. What can be several units' is given to none.
//!
//! Units depend on nothing but the names and years that are printed, in no order: they are the
//! same every night. A unit whose earlier name comes to light has another id then, and keeps
//! the one that it had among its others.

mod mentions;
mod name;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use mentions::mentions;
pub use name::UnitWords;

use crate::{
    accounts::{
        classification::Classification,
        excerpt::{Excerpt, Mention},
        region,
        token::{Matched, NameRole, Scope},
        unit::{Registry, Unit, UnitName},
    },
    reconcile::registry::name::Name,
};

/// The shortest code that tells a renamed unit: shorter ones are given anew.
const LONG_CODE: usize = 6;

/// The shortest name, in characters, that tells a unit without its region.
const LONG_NAME: usize = 6;

/// The most units that are listed where a name can be several: a word of which every county has
/// one says nothing more with all of them, and they would be listed at each place.
const LISTED: usize = 12;

/// The region and the name of a unit.
type Key = (Option<String>, String);

/// Makes the registry of everything that some documents print of units.
pub fn registry<'a>(
    documents: &'a [Excerpt],
    words: &UnitWords,
    regions: &Classification,
) -> Registry<'a> {
    let mut ordered: Vec<&'a Excerpt> = documents.iter().collect();
    ordered.sort_by_key(|document| (&document.path, &document.doc_id));
    let mentions = read(&ordered, words, regions);
    let keys = Keys::of(&mentions);
    let units = Units::of(&mentions, &keys, words, regions);
    let names = mentions.iter().filter_map(|mention| units.name(mention, &keys)).collect();
    Registry { units: units.units, names }
}

/// A printed name, taken apart.
struct Read<'a> {
    document: &'a Excerpt,
    mention: &'a Mention,
    /// The code of the document's region.
    context: Option<String>,
    /// Nothing where the text is no name, but a code may stand beside it.
    key: Option<Key>,
    office: bool,
    former: Option<Key>,
}

impl Read<'_> {
    /// Returns the region and the code that stands beside the name.
    fn code(&self) -> Option<(&str, &str)> {
        Some((self.context.as_deref()?, self.mention.code.as_deref()?))
    }
}

fn read<'a>(
    documents: &[&'a Excerpt],
    words: &UnitWords,
    regions: &Classification,
) -> Vec<Read<'a>> {
    let mut read = Vec::new();
    for document in documents {
        let name = document.identity.region.as_deref();
        let context = name
            .and_then(|name| region::leading(regions, None, name, &|_| false))
            .map(|(code, _)| code);
        for mention in &document.mentions {
            let Name { region, core, office, former } =
                words.name(&mention.name, context.as_deref(), regions);
            let named = mention.role != NameRole::Listed || words.is_name(&mention.name);
            read.push(Read {
                document,
                mention,
                context: context.clone(),
                former: former.filter(|_| named).map(|former| (region.clone(), former)),
                key: named.then_some((region, core)),
                office,
            });
        }
    }
    read
}

/// Which names are one unit's.
#[derive(Default)]
struct Keys<'a> {
    /// The names: those with a region first, of them those of the earliest years.
    all: Vec<Key>,
    by_key: BTreeMap<Key, usize>,
    /// For each name the first of its unit's.
    first: Vec<usize>,
    /// The names beside each code of a region; when all are joined, the first of each unit.
    by_code: BTreeMap<(&'a str, &'a str), BTreeSet<usize>>,
    /// Names without a region that several units have.
    ambiguous: BTreeMap<usize, BTreeSet<usize>>,
}

/// The years that a name is printed for; nothing where a document says none.
type Years = Option<(i32, i32)>;

/// Makes the years reach to one more.
fn earlier_and_later(known: Years, year: Option<i32>) -> Years {
    match (known, year) {
        (Some((from, to)), Some(year)) => Some((from.min(year), to.max(year))),
        (None, Some(year)) => Some((year, year)),
        (known, None) => known,
    }
}

impl<'a> Keys<'a> {
    fn of(mentions: &'a [Read<'_>]) -> Keys<'a> {
        let mut years: BTreeMap<&Key, Years> = BTreeMap::new();
        for mention in mentions {
            let year = mention.document.identity.fiscal_year;
            for key in mention.key.iter().chain(&mention.former) {
                let known = years.entry(key).or_insert(None);
                *known = earlier_and_later(*known, year);
            }
        }
        let mut dated: Vec<(Years, &Key)> =
            years.iter().map(|(key, years)| (*years, *key)).collect();
        // One with a region comes first: it is the one to be named after.
        dated.sort_by_key(|(years, key)| {
            (key.0.is_none(), years.map_or(i32::MAX, |(from, _)| from), *key)
        });
        let all: Vec<Key> = dated.iter().map(|(_, key)| (*key).clone()).collect();
        let by_key = all.iter().enumerate().map(|(at, key)| (key.clone(), at)).collect();
        let first = (0..all.len()).collect();
        let mut keys = Keys { all, by_key, first, ..Keys::default() };
        let printed: Vec<Years> = dated.iter().map(|(years, _)| *years).collect();
        for mention in mentions {
            let Some(at) = mention.key.as_ref().and_then(|key| keys.at(key)) else { continue };
            if let Some(code) = mention.code() {
                keys.by_code.entry(code).or_default().insert(at);
            }
            if let Some(former) = mention.former.as_ref().and_then(|key| keys.at(key)) {
                keys.join(at, former);
            }
        }
        keys.join_renamed(&printed);
        keys.join_without_region();
        let by_code = std::mem::take(&mut keys.by_code).into_iter();
        keys.by_code = by_code
            .map(|(code, names)| (code, names.iter().map(|at| keys.unit(*at)).collect()))
            .collect();
        keys
    }

    fn at(&self, key: &Key) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// Returns the first name of a name's unit.
    fn unit(&self, at: usize) -> usize {
        let mut at = at;
        while let Some(first) = self.first.get(at).copied().filter(|first| *first != at) {
            at = first;
        }
        at
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.unit(one), self.unit(other));
        if let Some(first) = self.first.get_mut(one.max(other)) {
            *first = one.min(other);
        }
    }

    /// Joins names that stand beside one long code, each in years of its own.
    fn join_renamed(&mut self, years: &[Years]) {
        let groups: Vec<Vec<usize>> = self
            .by_code
            .iter()
            .filter(|((_, code), names)| LONG_CODE <= code.len() && 1 < names.len())
            // The names are in the order of their first years.
            .map(|(_, names)| names.iter().copied().collect())
            .collect();
        for names in groups {
            for (earlier, later) in names.iter().zip(names.iter().skip(1)) {
                let of = |at: usize| years.get(at).copied().flatten();
                if let (Some((_, to)), Some((from, _))) = (of(*earlier), of(*later))
                    && to < from
                {
                    self.join(*earlier, *later);
                }
            }
        }
    }

    /// Joins long names of no region with the only unit that has them in one.
    fn join_without_region(&mut self) {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, (region, name)) in self.all.iter().enumerate() {
            if region.is_some() {
                by_name.entry(name).or_default().push(at);
            }
        }
        let mut joined = Vec::new();
        for (at, (region, name)) in self.all.iter().enumerate() {
            if region.is_some() || name.chars().count() < LONG_NAME {
                continue;
            }
            let others = by_name.get(name.as_str()).map_or(&[][..], Vec::as_slice);
            let units: BTreeSet<usize> = others.iter().map(|other| self.unit(*other)).collect();
            joined.push((at, units));
        }
        for (at, units) in joined {
            match (units.len(), units.first()) {
                (1, Some(only)) => self.join(at, *only),
                (0, _) | (_, None) => (),
                _ => drop(self.ambiguous.insert(at, units)),
            }
        }
    }

    /// Returns the units that a printed name can be, the first few of them, and whether a code
    /// told.
    fn candidates(&self, mention: &Read<'_>) -> (Vec<usize>, bool) {
        let few = |units: &BTreeSet<usize>| units.iter().copied().take(LISTED).collect();
        if let Some(at) = mention.key.as_ref().and_then(|key| self.at(key)) {
            let several = self.ambiguous.get(&at).map(few);
            return (several.unwrap_or_else(|| vec![self.unit(at)]), false);
        }
        let units = mention.code().and_then(|code| self.by_code.get(&code)).map(few);
        (units.unwrap_or_default(), true)
    }
}

/// The units of a registry.
struct Units {
    units: Vec<Unit>,
    /// The place of each unit by its first name.
    by_first: BTreeMap<usize, usize>,
}

/// What is collected of one unit.
///
/// Lists, in the order of the documents: there are as many units as documents, and a set takes
/// as much memory for one thing as for ten.
#[derive(Default)]
struct Collected<'a> {
    /// Every printed form with what can be said for it as the unit's name.
    forms: Vec<(&'a str, Standing)>,
    codes: Vec<&'a str>,
    documents: Vec<(&'a str, &'a str)>,
    years: Years,
    /// The department that it is said to belong to: the newest wins, the unit's own word first.
    parent: Option<(Option<i32>, bool, usize)>,
}

impl Collected<'_> {
    /// Brings the lists into order, each form with the best that can be said for it.
    fn ordered(mut self) -> Self {
        self.forms.sort_unstable_by(|(a, best), (b, other)| a.cmp(b).then(other.cmp(best)));
        self.forms.dedup_by_key(|(form, _)| *form);
        self.codes.sort_unstable();
        self.codes.dedup();
        self.documents.sort_unstable();
        self.documents.dedup();
        self
    }
}

/// What is said for a form as the name: that it is none of an office and has no code, that it names the region,
/// how new it is, that the unit itself prints it, and its length.
type Standing = (bool, bool, Option<i32>, bool, usize);

impl Units {
    fn of(
        mentions: &[Read<'_>],
        keys: &Keys<'_>,
        words: &UnitWords,
        regions: &Classification,
    ) -> Units {
        let mut all: BTreeMap<usize, Collected<'_>> = BTreeMap::new();
        let mut publisher: Option<(&Excerpt, usize)> = None;
        for read in mentions {
            let (candidates, by_code) = keys.candidates(read);
            let [unit] = candidates.as_slice() else { continue };
            let (mention, document) = (read.mention, read.document);
            let collected = all.entry(*unit).or_default();
            collected.codes.extend(mention.code.as_deref());
            collected.years = earlier_and_later(collected.years, document.identity.fiscal_year);
            if !by_code {
                let region = read.key.as_ref().and_then(|(region, _)| region.as_deref());
                let full = region.and_then(|code| regions.name(code));
                let standing = (
                    !read.office && mentions::code_before(&mention.name).is_none(),
                    full.is_some_and(|full| mention.name.contains(full)),
                    document.identity.fiscal_year,
                    mention.role == NameRole::Publisher,
                    mention.name.chars().count(),
                );
                collected.forms.push((&mention.name, standing));
            }
            match mention.role {
                NameRole::Publisher => {
                    collected.documents.push((&document.path, &document.doc_id));
                    publisher = Some((document, *unit));
                }
                NameRole::Parent => {
                    if let Some((_, child)) =
                        publisher.filter(|(of, _)| std::ptr::eq(*of, document))
                        && child != *unit
                    {
                        let child = all.entry(child).or_default();
                        let parent = Some((document.identity.fiscal_year, true, *unit));
                        child.parent = child.parent.max(parent);
                    }
                }
                NameRole::Listed | NameRole::Project => {
                    if let Some((_, above)) =
                        publisher.filter(|(of, _)| std::ptr::eq(*of, document))
                        && document.identity.scope == Some(Scope::Department)
                        && above != *unit
                    {
                        let parent = Some((document.identity.fiscal_year, false, above));
                        collected.parent = collected.parent.max(parent);
                    }
                }
            }
        }
        let parents: BTreeMap<usize, usize> =
            all.iter().filter_map(|(first, unit)| Some((*first, unit.parent?.2))).collect();
        // The names of a unit besides the first, of which most have none.
        let mut ids: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (at, (region, core)) in keys.all.iter().enumerate() {
            let first = keys.unit(at);
            if first != at && !keys.ambiguous.contains_key(&at) {
                ids.entry(first).or_default().push(id(region.as_deref(), core));
            }
        }
        let mut made: Vec<(usize, Unit)> = Vec::new();
        for (first, collected) in all {
            let Some((region, core)) = keys.all.get(first) else { continue };
            let collected = collected.ordered();
            let best = collected.forms.iter().max_by_key(|(name, standing)| (*standing, *name));
            let name = best.map_or(core.as_str(), |(name, _)| name);
            let own = id(region.as_deref(), core);
            let mut others = ids.remove(&first).unwrap_or_default();
            others.retain(|other| *other != own);
            others.sort_unstable();
            others.dedup();
            made.push((
                first,
                Unit {
                    other_ids: others,
                    id: own.into(),
                    name: name.to_owned(),
                    aliases: collected
                        .forms
                        .iter()
                        .filter(|(form, _)| *form != name)
                        .map(|(form, _)| (*form).to_owned())
                        .collect(),
                    codes: collected.codes.iter().map(|code| (*code).to_owned()).collect(),
                    region: region.as_deref().map(|code| region::name(regions, code)),
                    region_code: region.clone(),
                    level: words.level(name, region.as_deref()),
                    parent_id: None,
                    parent_name: None,
                    documents: u32::try_from(collected.documents.len()).unwrap_or(u32::MAX),
                    first_year: collected.years.map(|(from, _)| from),
                    last_year: collected.years.map(|(_, to)| to),
                },
            ));
        }
        made.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
        let by_first: BTreeMap<usize, usize> =
            made.iter().enumerate().map(|(at, (first, _))| (*first, at)).collect();
        let mut units: Vec<Unit> = made.into_iter().map(|(_, unit)| unit).collect();
        for (child, parent) in &parents {
            // Two that each say the other is above: the one first named is.
            if parents.get(parent) == Some(child) && child < parent {
                continue;
            }
            let above = by_first.get(parent).and_then(|at| units.get(*at));
            let above = above.map(|unit| (unit.id.to_string(), unit.name.clone()));
            if let Some(unit) = by_first.get(child).and_then(|at| units.get_mut(*at)) {
                (unit.parent_id, unit.parent_name) = above.unzip();
            }
        }
        Units { units, by_first }
    }

    /// Says whose a printed name is; nothing where the text is no name of a unit.
    fn name<'a>(&self, read: &Read<'a>, keys: &Keys<'_>) -> Option<UnitName<'a>> {
        let (candidates, by_code) = keys.candidates(read);
        let units: Vec<&Unit> = candidates
            .iter()
            .filter_map(|first| self.units.get(*self.by_first.get(first)?))
            .collect();
        let (unit, candidates) = match units.as_slice() {
            [] => return None,
            [only] => (Some(*only), Vec::new()),
            several => (None, several.iter().map(|unit| Arc::clone(&unit.id)).collect()),
        };
        let mention = read.mention;
        let same = |unit: &Unit| {
            read.key.as_ref().is_some_and(|(region, core)| id(region.as_deref(), core) == *unit.id)
        };
        let renamed = |unit: &Unit| {
            let core = read.key.as_ref().map(|(_, core)| core.as_str());
            !core.is_some_and(|core| unit.id.ends_with(&format!("-{core}")))
        };
        let matched = match unit {
            None => Matched::Ambiguous,
            Some(_) if by_code => Matched::Code,
            Some(unit) if unit.name == mention.name => Matched::Name,
            Some(unit) if !same(unit) && renamed(unit) => Matched::Renamed,
            Some(_) if read.office => Matched::Office,
            Some(_) => Matched::Region,
        };
        Some(UnitName {
            doc_id: &read.document.doc_id,
            path: &read.document.path,
            line: mention.line,
            role: mention.role,
            name: &mention.name,
            code: mention.code.as_deref(),
            unit_id: unit.map(|unit| Arc::clone(&unit.id)),
            matched,
            candidates,
        })
    }
}

/// Makes the id of a unit; one of no region begins with zeros.
fn id(region: Option<&str>, name: &str) -> String {
    format!("{}-{name}", region.unwrap_or("000000"))
}
