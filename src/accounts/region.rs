//! Reads administrative divisions (GB/T 2260) at the start of names.

use crate::accounts::classification::Classification;

/// The longest name of a division, in characters.
const LONGEST: usize = 12;

/// Names of GB/T 2260 that only hold others together: nobody prints them.
const UNNAMED: [&str; 4] = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

/// Returns the code of the division that a text begins with, as far down as it goes, and how
/// many bytes of the text name it: 湖北省宜昌市夷陵区水利局 begins with 420506.
///
/// `within` is a division that the text is read inside of. Where several have one name, it is
/// one that `prefers` takes, else a city before a county; without either, none.
pub fn leading(
    regions: &Classification,
    within: Option<&str>,
    text: &str,
    prefers: &dyn Fn(&str) -> bool,
) -> Option<(String, usize)> {
    let mut found: Option<String> = within.map(str::to_owned);
    let mut read = 0;
    while let Some((code, bytes)) = one(regions, found.as_deref(), text.get(read..)?, prefers) {
        found = Some(code);
        read += bytes;
    }
    found.filter(|_| 0 < read).map(|code| (code, read))
}

/// Returns the one division inside another that a text begins with.
fn one(
    regions: &Classification,
    within: Option<&str>,
    text: &str,
    prefers: &dyn Fn(&str) -> bool,
) -> Option<(String, usize)> {
    let inside = |code: &str| within.is_none_or(|outer| is_inside(code, outer));
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST);
    let mut ends: Vec<usize> = ends.collect();
    ends.reverse();
    ends.into_iter().find_map(|end| {
        let printed = text.get(..end).filter(|printed| !UNNAMED.contains(printed))?;
        let codes: Vec<&String> =
            regions.codes(printed).iter().filter(|code| inside(code)).collect();
        let chosen = match codes.as_slice() {
            [] => return None,
            [only] => *only,
            several => several
                .iter()
                .find(|code| prefers(code))
                // A city and its county of one name: the city.
                .or_else(|| several.iter().find(|code| code.ends_with("00")))?,
        };
        Some((chosen.clone(), end))
    })
}

/// Returns whether a division lies in another, and is not that itself.
pub fn is_inside(code: &str, outer: &str) -> bool {
    code != outer && code.starts_with(outer.trim_end_matches("00"))
}

/// Returns a division and those that it lies in, the outermost first: 42, 4205 and 420506.
pub fn path(code: &str) -> Vec<String> {
    let outer = |digits: usize| code.get(..digits).map(|head| format!("{head:0<6}"));
    let mut path: Vec<String> =
        [outer(2), outer(4), Some(code.to_owned())].into_iter().flatten().collect();
    path.dedup();
    path
}

/// Returns the name of a division with those of what it lies in: 湖北省宜昌市夷陵区.
pub fn name(regions: &Classification, code: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for code in path(code) {
        if let Some(name) = regions.name(&code)
            && names.last() != Some(&name)
            && !UNNAMED.contains(&name)
        {
            names.push(name);
        }
    }
    names.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::{classification::Classifications, sources::Sources};

    #[test]
    fn names_are_read_as_far_down_as_they_go() {
        let regions = Classifications::read(&Sources::built_in()).expect("the regions").regions;
        let check = |within: Option<&str>, text: &str, code: &str, printed: &str| {
            let (found, bytes) = leading(&regions, within, text, &|_| false).expect("a region");
            assert_eq!((found.as_str(), text.get(..bytes)), (code, Some(printed)));
        };
        check(None, "湖北省宜昌市夷陵区水利局", "420506", "湖北省宜昌市夷陵区");
        check(None, "湖北省夷陵区水利局", "420506", "湖北省夷陵区");
        check(Some("420000"), "宜昌市教育局", "420500", "宜昌市");
        check(None, "吉林省吉林市教育局", "220200", "吉林省吉林市");
        assert_eq!(leading(&regions, None, "水利局", &|_| false), None);
        assert_eq!(name(&regions, "420506"), "湖北省宜昌市夷陵区");
        assert_eq!(name(&regions, "110101"), "北京市东城区");
        assert_eq!(path("420506"), ["420000", "420500", "420506"]);
        assert_eq!(path("420000"), ["420000"]);
    }
}
