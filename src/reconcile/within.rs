//! Tells in which identities an entry of a ledger is.

use crate::reconcile::ledger::{EntryId, Ledger};

/// The identities that each entry is in, in two lists: entries have few.
pub(super) struct Within {
    /// Where the identities of each entry begin; one more than there are entries.
    starts: Vec<usize>,
    identities: Vec<usize>,
}

impl Within {
    /// Looks through the identities of a ledger.
    pub(super) fn of(ledger: &Ledger) -> Within {
        let mut starts = vec![0; ledger.len() + 1];
        for identity in &ledger.identities {
            for id in ledger.all_terms(identity) {
                if let Some(count) = starts.get_mut(id.index() + 1) {
                    *count += 1;
                }
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut identities = vec![0; sum];
        for (at, identity) in ledger.identities.iter().enumerate() {
            for id in ledger.all_terms(identity) {
                let Some(place) = next.get_mut(id.index()) else { continue };
                if let Some(identity) = identities.get_mut(*place) {
                    *identity = at;
                }
                *place += 1;
            }
        }
        Within { starts, identities }
    }

    /// Returns the identities of an entry, ascending.
    pub(super) fn get(&self, id: EntryId) -> &[usize] {
        let bounds = self.starts.get(id.index()..id.index() + 2);
        let Some([start, end]) = bounds else { return &[] };
        self.identities.get(*start..*end).unwrap_or_default()
    }
}
