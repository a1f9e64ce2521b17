//! Keeps what clauses hand on to those behind them: years, scopes, lists.

use crate::{
    accounts::token::Topic,
    normalise::prose::{Reader, subject::YEAR},
};

impl Reader<'_> {
    /// Takes the year that a clause begins with, or that 上年 means, for the sentence.
    pub(super) fn take_year(&mut self, text: &str) {
        let start = text.trim_start_matches(['截', '至', '止', '(', '在', '到', '-', '“', '"']);
        if start.starts_with(YEAR) {
            let rest = start.trim_start_matches(YEAR);
            let own = self.wording().this_year.first(rest).is_some_and(|(at, _)| at == 0);
            self.scene.year = self.scene.years.first().copied().filter(|_| !own);
        } else if self.wording().last_year.after(start).is_some_and(|rest| !rest.is_empty())
            && !self.wording().topics.begin(start)
        {
            // 上年财政拨款收入; but 上年结转 is an item of this year.
            self.scene.year = self.year.map(|year| year - 1);
        }
    }

    /// Returns the year that a change or a share is of.
    pub(super) fn year_of(&self, label: &str) -> Option<i32> {
        let first = self.scene.years.first().copied();
        first.filter(|_| label.contains(YEAR)).or(self.year)
    }

    /// Returns the year that a phrase of comparison names.
    pub(super) fn base_year(&self, base: &str, year: Option<i32>) -> Option<i32> {
        let named = base.contains(YEAR).then(|| self.scene.years.last().copied()).flatten();
        named.or_else(|| {
            let year = year?;
            let last = self.wording().last_year.within(base) || base.contains('同');
            Some(if last { year - 1 } else { year })
        })
    }

    /// Returns whether a label opens a scope: 包括办公费.
    pub(super) fn opens(&self, label: &str) -> bool {
        self.wording().scopes.first(label).is_some_and(|(at, _)| at == 0)
    }

    /// Returns the words of a label behind the last word that opens a scope.
    pub(super) fn after_scope<'t>(&self, label: &'t str) -> &'t str {
        let last = self.wording().scopes.all(label).last();
        last.and_then(|(_, end)| label.get(end..)).unwrap_or(label)
    }

    /// Returns the words of a phrase of comparison behind the year or the word for it.
    pub(super) fn after_base<'t>(&self, base: &'t str) -> &'t str {
        let year = base.rfind(YEAR).map(|at| at + YEAR.len_utf8());
        let word = self.wording().bases.first(base).map(|(_, end)| end);
        year.max(word).and_then(|end| base.get(end..)).unwrap_or_default()
    }

    /// Returns whether the last item was one of the classification that items of a list are of.
    pub(super) fn in_list(&self) -> bool {
        let listed = matches!(self.domain, Some(Topic::Functional | Topic::Economic));
        listed
            && self.scene.subject.as_ref().is_some_and(|subject| Some(subject.topic) == self.domain)
    }
}
