//! The vocabularies of the registry of units.

use std::fmt;

use serde::{Deserialize, Serialize};

tokens! {
    /// The level of government that a unit belongs to.
    Level {
        /// 中央
        Central = "central",
        /// 省级
        Province = "province",
        /// 地市级
        City = "city",
        /// 县级
        County = "county",
        /// 乡级
        Township = "township",
    }
}

tokens! {
    /// What a document says with the name of a unit.
    NameRole {
        /// Who publishes the document
        Publisher = "publisher",
        /// The department that the publisher belongs to
        Parent = "parent",
        /// A unit that a department lists in its tables
        Listed = "listed",
        /// The unit that a project belongs to
        Project = "project",
    }
}

tokens! {
    /// How a printed name was told to be a unit's.
    Matched {
        /// It is the unit's name
        Name = "name",
        /// It is the name with 本级 or the like: the department's own office
        Office = "office",
        /// It is the name with more or less of its region before it
        Region = "region",
        /// The unit's code stands beside it
        Code = "code",
        /// It is the name that the unit had before
        Renamed = "renamed",
        /// It can be that of several units, and is given to none
        Ambiguous = "ambiguous",
    }
}
