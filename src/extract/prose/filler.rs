//! Tells texts that consist of words which name nothing: 支出预算安排为.

/// The longest text that can consist of such words, in bytes: 60 characters.
const LONGEST: usize = 180;

/// Words of which a text can consist as a whole.
#[derive(Debug)]
pub struct Filler {
    /// The words by their first characters, in the order of these.
    words: Vec<(char, Vec<String>)>,
    /// The length of the longest word, in bytes.
    longest: usize,
}

/// The places of a text that some words reach, by their distance from one of its ends.
struct Reached {
    places: [bool; LONGEST + 1],
    /// The furthest of them.
    furthest: usize,
}

impl Reached {
    /// Begins at an end of the text.
    fn new() -> Reached {
        let mut places = [false; LONGEST + 1];
        if let Some(end) = places.first_mut() {
            *end = true;
        }
        Reached { places, furthest: 0 }
    }

    fn has(&self, place: usize) -> bool {
        self.places.get(place) == Some(&true)
    }

    fn reach(&mut self, place: usize) {
        if let Some(reached) = self.places.get_mut(place) {
            *reached = true;
            self.furthest = self.furthest.max(place);
        }
    }
}

impl Filler {
    pub(super) fn new(words: Vec<String>) -> Filler {
        let longest = words.iter().map(String::len).max().unwrap_or(0);
        let mut by_first: Vec<(char, Vec<String>)> = Vec::new();
        for word in words {
            let Some(first) = word.chars().next() else { continue };
            let place = by_first.binary_search_by_key(&first, |(known, _)| *known);
            let at = place.unwrap_or_else(|at| {
                by_first.insert(at, (first, Vec::new()));
                at
            });
            if let Some((_, words)) = by_first.get_mut(at) {
                words.push(word);
            }
        }
        Filler { words: by_first, longest }
    }

    /// Returns the lengths of the words that a text begins with; `first` is its first character.
    fn lengths<'t>(&'t self, text: &'t str, first: char) -> impl Iterator<Item = usize> + 't {
        let at = self.words.binary_search_by_key(&first, |(known, _)| *known).ok();
        let words = at.and_then(|at| self.words.get(at)).map_or(&[][..], |(_, words)| words);
        words.iter().filter(move |word| text.starts_with(word.as_str())).map(String::len)
    }

    /// Returns whether a text consists of such words; the empty text does, one of more than 60
    /// characters never.
    pub fn covers(&self, text: &str) -> bool {
        if text.is_empty() {
            return true;
        }
        if LONGEST < text.len() {
            return false;
        }
        let mut reached = Reached::new();
        for (at, first) in text.char_indices() {
            if reached.furthest < at {
                return false;
            }
            if !reached.has(at) {
                continue;
            }
            for length in self.lengths(text.get(at..).unwrap_or_default(), first) {
                reached.reach(at + length);
            }
        }
        reached.has(text.len())
    }

    /// Returns the places from which on a text consists of such words, from its end to its
    /// start: those where [`Filler::covers`] holds for the rest.
    pub fn tails<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        let mut reached = Reached::new();
        let places = text.char_indices().rev().map_while(move |(at, first)| {
            let length = text.len() - at;
            if LONGEST.min(reached.furthest + self.longest) < length {
                return None;
            }
            let mut words = self.lengths(text.get(at..).unwrap_or_default(), first);
            let covered = words.any(|word| reached.has(length - word));
            if covered {
                reached.reach(length);
            }
            Some(covered.then_some(at))
        });
        std::iter::once(text.len()).chain(places.flatten())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_where_the_rest_is_covered() {
        let words = ["支出", "预算", "出", "为", "万元", "预算数"];
        let filler = Filler::new(words.map(str::to_owned).to_vec());
        for text in
            ["", "为", "教育支出预算数为", "支出预算", "支预算", "预算教育", &"为".repeat(61)]
        {
            let covered = |at: &usize| text.get(*at..).is_some_and(|rest| filler.covers(rest));
            let expected: Vec<usize> = (0..=text.len()).rev().filter(covered).collect();
            assert_eq!(filler.tails(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
