//! Holds the files of `pipelines/` as they are compiled into the program.

use std::{borrow::Cow, collections::BTreeMap};

/// The texts of `pipelines/` by their path in that folder.
///
/// The built-in set can be overlaid by a folder: a file of the same path replaces the
/// built-in one, any other is added.
#[derive(Clone, Debug)]
pub struct Sources(BTreeMap<String, Cow<'static, str>>);

/// Pairs the paths of built-in files with their texts.
macro_rules! built_in {
    ($($path:literal,)+) => {
        &[$(($path, include_str!(concat!("../../pipelines/", $path)))),+]
    };
}

/// Every file of `pipelines/`; a test compares the list with the folder.
pub const BUILT_IN: &[(&str, &str)] = built_in![
    "analyses/budget_against_final.sql",
    "analyses/by_document/document_measures.sql",
    "analyses/by_document/economic_classes_by_document.sql",
    "analyses/by_document/function_classes_by_document.sql",
    "analyses/by_document/general_expenditure_by_document.sql",
    "analyses/by_document/indicators_by_document.sql",
    "analyses/by_document/listed_by_document.sql",
    "analyses/by_document/procurement_by_document.sql",
    "analyses/by_document/projects_by_document.sql",
    "analyses/by_document/quality_by_document.sql",
    "analyses/by_document/staff_by_document.sql",
    "analyses/by_document/stated_changes_by_document.sql",
    "analyses/carryover_by_unit_year.sql",
    "analyses/columns.toml",
    "analyses/consolidation.sql",
    "analyses/coverage.sql",
    "analyses/coverage_by_region_and_year.sql",
    "analyses/disclosure_quality.sql",
    "analyses/economic_class_by_unit_year.sql",
    "analyses/filings.sql",
    "analyses/function_class_by_unit_year.sql",
    "analyses/peer_comparison.sql",
    "analyses/performance_of_projects.sql",
    "analyses/personnel_and_public_cost_per_head.sql",
    "analyses/procurement_by_unit_year.sql",
    "analyses/project_register.sql",
    "analyses/three_public_by_unit_year.sql",
    "analyses/unit_series.sql",
    "analyses/unit_year_overview.sql",
    "analyses/year_on_year.sql",
    "classifications/economic.csv",
    "classifications/functional.csv",
    "classifications/regions.csv",
    "forms/appropriation.toml",
    "forms/appropriation_cross.toml",
    "forms/appropriation_detail.toml",
    "forms/commissioned_services.toml",
    "forms/economic.toml",
    "forms/expenditure.toml",
    "forms/general_basic.toml",
    "forms/general_expenditure.toml",
    "forms/general_project.toml",
    "forms/government_fund.toml",
    "forms/income.toml",
    "forms/operating_costs.toml",
    "forms/performance.toml",
    "forms/procurement.toml",
    "forms/projects.toml",
    "forms/purchased_services.toml",
    "forms/special_account.toml",
    "forms/state_capital.toml",
    "forms/summary.toml",
    "forms/three_public.toml",
    "forms/transfers.toml",
    "forms/words.toml",
    "identities.toml",
    "nightly.toml",
    "performance.toml",
    "prose/wording.toml",
    "units.toml",
];

impl Sources {
    /// Returns the files that the program was built with.
    pub fn built_in() -> Sources {
        Sources(
            BUILT_IN.iter().map(|(path, text)| ((*path).into(), Cow::Borrowed(*text))).collect(),
        )
    }

    /// Replaces or adds one file.
    pub fn overlay(&mut self, path: String, text: String) {
        self.0.insert(path, Cow::Owned(text));
    }

    /// Returns the files of one folder with an extension, in the order of their paths.
    pub fn under<'a>(
        &'a self,
        folder: &'a str,
        extension: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(move |(path, _)| {
                path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                    && path.strip_suffix(extension).is_some_and(|rest| rest.ends_with('.'))
            })
            .map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// Returns every file by its path.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// Returns one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(AsRef::as_ref)
    }
}
