//! Reads the name of a unit: its region, its own name, and whether it is an office of its own.

use serde::Deserialize;

use crate::{
    accounts::{classification::Classification, region, sources::Sources, text, token::Level},
    error::{ErrorKind, Result},
    reconcile::registry::mentions::code_before,
};

/// The file of the words.
const FILE: &str = "units.toml";

/// The words that names of units are made of: `pipelines/units.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitWords {
    offices: Vec<String>,
    former: Vec<String>,
    endings: Vec<String>,
    central: Vec<String>,
    townships: Vec<String>,
    levels: Levels,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Levels {
    province: Vec<String>,
    city: Vec<String>,
    county: Vec<String>,
}

/// A name taken apart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Name {
    /// The code of the region that it names or that its document is of.
    pub(super) region: Option<String>,
    /// What is left of it without region and office: 水利局.
    pub(super) core: String,
    /// Whether it is that of a department's own office.
    pub(super) office: bool,
    /// The name that the unit had before, without its region.
    pub(super) former: Option<String>,
}

impl UnitWords {
    /// Reads the file; an error names it and the key that is wrong.
    pub fn read(sources: &Sources) -> Result<UnitWords> {
        let wrong = |problem: String| ErrorKind::Pipeline { path: FILE.into(), problem };
        let text = sources.get(FILE).ok_or_else(|| wrong("the file is missing".into()))?;
        let mut words: UnitWords =
            toml::from_str(text).map_err(|problem| wrong(problem.to_string()))?;
        let levels = &mut words.levels;
        let lists = [
            &mut words.offices,
            &mut words.former,
            &mut words.endings,
            &mut words.central,
            &mut words.townships,
            &mut levels.province,
            &mut levels.city,
            &mut levels.county,
        ];
        for list in lists {
            for word in &mut *list {
                *word = text::label(word).into_owned();
                if word.is_empty() {
                    return Err(wrong("an empty word matches everything".into()).into());
                }
            }
            // The longest first, so that (本级) is not taken for 本级.
            list.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        }
        Ok(words)
    }

    /// Returns whether a text ends as names of units do.
    pub(super) fn is_name(&self, label: &str) -> bool {
        let offices = self.offices.iter().find_map(|office| label.strip_suffix(office.as_str()));
        let name = offices.unwrap_or(label);
        3 < name.chars().count() && self.endings.iter().any(|ending| name.ends_with(ending))
    }

    /// Takes a name apart; `context` is the code of the region of its document.
    pub(super) fn name(
        &self,
        printed: &str,
        context: Option<&str>,
        regions: &Classification,
    ) -> Name {
        let label = text::label(printed);
        let mut rest: &str =
            code_before(&label).and_then(|code| label.get(code.len() + 1..)).unwrap_or(&label);
        let mut former = None;
        if let Some((name, bracket)) = rest.strip_suffix(')').and_then(|r| r.rsplit_once('('))
            && let Some(old) =
                self.former.iter().find_map(|word| bracket.strip_prefix(word.as_str()))
        {
            (rest, former) = (name, Some(self.name(old, context, regions).core));
        }
        let office = self.offices.iter().find_map(|office| rest.strip_suffix(office.as_str()));
        let bare = office.filter(|bare| !bare.is_empty());
        rest = bare.unwrap_or(rest);
        let (region, core) = match self.region(rest, context, regions) {
            Some((code, bytes)) => (Some(code), rest.get(bytes..).unwrap_or_default()),
            None => (context.map(str::to_owned), rest),
        };
        Name { region, core: core.to_owned(), office: bare.is_some(), former }
    }

    /// Returns the region that a name begins with, and how many bytes name it.
    ///
    /// A name may leave out the divisions that its document is of: 夷陵区教育局 or 区教育局 in
    /// a document of 湖北省宜昌市夷陵区.
    fn region(
        &self,
        name: &str,
        context: Option<&str>,
        regions: &Classification,
    ) -> Option<(String, usize)> {
        let own = context.map(region::path).unwrap_or_default();
        let of_context = |code: &str| own.iter().any(|own| own == code);
        // The rest must still be a name.
        let long = |found: &(String, usize)| {
            name.get(found.1..).is_some_and(|rest| 1 < rest.chars().count())
        };
        let printed = region::leading(regions, None, name, &of_context)
            .or_else(|| {
                own.iter()
                    .rev()
                    .find_map(|outer| region::leading(regions, Some(outer), name, &of_context))
            })
            .filter(long);
        printed.or_else(|| {
            let levels =
                [(&self.levels.county, 2), (&self.levels.city, 1), (&self.levels.province, 0)];
            levels.into_iter().find_map(|(words, depth)| {
                let code = own.get(depth)?;
                let word = words.iter().find(|word| name.starts_with(word.as_str()))?;
                Some((code.clone(), word.len())).filter(long)
            })
        })
    }

    /// Returns the level of government of a unit.
    pub(super) fn level(&self, name: &str, region: Option<&str>) -> Option<Level> {
        let ends = |words: &[String]| words.iter().any(|word| name.ends_with(word.as_str()));
        let begins = |words: &[String]| words.iter().any(|word| name.starts_with(word.as_str()));
        match region {
            _ if ends(&self.townships) => Some(Level::Township),
            Some(code) if code.ends_with("0000") => Some(Level::Province),
            Some(code) if code.ends_with("00") => Some(Level::City),
            Some(_) => Some(Level::County),
            None => begins(&self.central).then_some(Level::Central),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::classification::Classifications;

    #[test]
    fn one_unit_has_one_name_however_it_is_printed() {
        let sources = Sources::built_in();
        let words = UnitWords::read(&sources).expect("the words");
        let regions = Classifications::read(&sources).expect("the regions").regions;
        let check = |printed: &str, context: Option<&str>, region: Option<&str>, core: &str| {
            let name = words.name(printed, context, &regions);
            assert_eq!((name.region.as_deref(), name.core.as_str()), (region, core), "{printed}");
            name
        };
        let jilin = Some("220000");
        check("吉林省水利局", None, jilin, "水利局");
        check("水利局", jilin, jilin, "水利局");
        check("省水利局", jilin, jilin, "水利局");
        assert!(check("吉林省水利局（本级）", jilin, jilin, "水利局").office);
        assert!(check("吉林省水利局机关本级", jilin, jilin, "水利局").office);
        let yiling = Some("420506");
        check("夷陵区水利局", yiling, yiling, "水利局");
        check("宜昌市夷陵区水利局", yiling, yiling, "水利局");
        check("区水利局", yiling, yiling, "水利局");
        check("032-夷陵区水利局", yiling, yiling, "水利局");
        check("宜昌市水利局", yiling, Some("420500"), "水利局");
        check("市水利局", yiling, Some("420500"), "水利局");
        check("水利局", None, None, "水利局");
        // The rest would be no name.
        check("长春市", jilin, jilin, "长春市");
        let renamed = check("省水利局（原吉林省水电局）", jilin, jilin, "水利局");
        assert_eq!(renamed.former.as_deref(), Some("水电局"));
    }

    #[test]
    fn a_level_is_that_of_the_region() {
        let words = UnitWords::read(&Sources::built_in()).expect("the words");
        assert_eq!(words.level("水利局", Some("220000")), Some(Level::Province));
        assert_eq!(words.level("水利局", Some("420500")), Some(Level::City));
        assert_eq!(words.level("水利局", Some("420506")), Some(Level::County));
        assert_eq!(words.level("南郊街道办事处", Some("420506")), Some(Level::Township));
        assert_eq!(words.level("国家水利局", None), Some(Level::Central));
        assert_eq!(words.level("水利局", None), None);
    }

    #[test]
    fn other_labels_are_no_names() {
        let words = UnitWords::read(&Sources::built_in()).expect("the words");
        assert!(words.is_name("吉林省水利局(本级)"));
        assert!(words.is_name("某某县第一小学"));
        assert!(!words.is_name("合计"));
        assert!(!words.is_name("部水利信中管区电息心"));
    }
}
