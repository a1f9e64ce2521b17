//! Defines the registry: the units that documents name, and the names that they print.

use std::sync::Arc;

use crate::accounts::token::{Level, Matched, NameRole};

/// A unit or department: a row of the dataset `units`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unit {
    /// Its region's code and its name without the region, as it was first named.
    ///
    /// Made of nothing but this, it is the same every night and in every warehouse, until a
    /// document tells an earlier name; then the id that it had is one of `other_ids`.
    pub id: Arc<str>,
    /// The ids made of its other names: such it has where fewer documents are known. No other
    /// unit has them, so that an id that was ever given finds its unit.
    pub other_ids: Vec<String>,
    /// Its name as it was last printed in full.
    pub name: String,
    /// Every other form in which the name is printed.
    pub aliases: Vec<String>,
    /// The codes printed beside its name.
    pub codes: Vec<String>,
    /// The code of its region by GB/T 2260.
    pub region_code: Option<String>,
    /// The name of its region: 湖北省宜昌市夷陵区.
    pub region: Option<String>,
    /// The level of government.
    pub level: Option<Level>,
    /// The department that it belongs to, as the newest document says.
    pub parent_id: Option<String>,
    /// The name of that department.
    pub parent_name: Option<String>,
    /// How many documents it publishes.
    pub documents: u32,
    /// The first year that a document names it for.
    pub first_year: Option<i32>,
    /// The last year that a document names it for.
    pub last_year: Option<i32>,
}

/// A name that a document prints for a unit: a row of the dataset `unit_names`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnitName<'a> {
    /// BLAKE3 of the document's bytes.
    pub doc_id: &'a str,
    /// The document's file.
    pub path: &'a str,
    /// The line that it stands on first; nothing where it was pieced together.
    pub line: Option<u32>,
    /// What the document says with it.
    pub role: NameRole,
    /// The name as printed, without blanks.
    pub name: &'a str,
    /// The code printed beside it.
    pub code: Option<&'a str>,
    /// The unit; nothing where there are several that it can be.
    pub unit_id: Option<Arc<str>>,
    /// How it was told.
    pub matched: Matched,
    /// The units that it can be, where there are several; the first few.
    pub candidates: Vec<Arc<str>>,
}

/// Every unit that some documents name, and every name that they print.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Registry<'a> {
    /// The units, in the order of their ids.
    pub units: Vec<Unit>,
    /// The names, in the order of the documents and of the roles.
    pub names: Vec<UnitName<'a>>,
}
