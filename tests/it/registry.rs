//! The registry of units: which names are one unit's, and which are left alone.

use fisc::{
    accounts::{
        classification::Classifications,
        disclosure::Identity,
        excerpt::{Excerpt, Mention},
        sources::Sources,
        token::{Matched, NameRole, Scope},
        unit::{Registry, Unit},
    },
    reconcile::registry::{UnitWords, registry},
};

/// A document of a publisher with the names and codes that it prints besides.
fn document(path: &str, year: i32, region: &str, names: &[(NameRole, &str, &str)]) -> Excerpt {
    let mention = |(role, name, code): &(NameRole, &str, &str)| Mention {
        role: *role,
        name: (*name).to_owned(),
        code: (!code.is_empty()).then(|| (*code).to_owned()),
        line: None,
    };
    let lists = names.iter().any(|(role, ..)| *role == Listed);
    Excerpt {
        doc_id: path.to_owned(),
        path: path.to_owned(),
        identity: Identity {
            fiscal_year: Some(year),
            region: (!region.is_empty()).then(|| region.to_owned()),
            scope: Some(if lists { Scope::Department } else { Scope::Unit }),
            ..Identity::default()
        },
        causes: 0,
        figures: Vec::new(),
        mentions: names.iter().map(mention).collect(),
    }
}

/// The registry of some documents, which tests keep for good.
fn made(documents: &[Excerpt]) -> Registry<'static> {
    let documents: &'static [Excerpt] = Vec::leak(documents.to_vec());
    let sources = Sources::built_in();
    let regions = Classifications::read(&sources).unwrap().regions;
    registry(documents, &UnitWords::read(&sources).unwrap(), &regions)
}

fn unit<'a>(registry: &'a Registry<'_>, id: &str) -> &'a Unit {
    registry
        .units
        .iter()
        .find(|unit| *unit.id == *id)
        .unwrap_or_else(|| panic!("{id}: {registry:#?}"))
}

/// Whose a name is in a document, and how that was told.
fn whose<'a>(registry: &'a Registry<'_>, path: &str, name: &str) -> (Option<&'a str>, Matched) {
    let found = registry.names.iter().find(|one| one.path == path && one.name == name).unwrap();
    (found.unit_id.as_deref(), found.matched)
}

use NameRole::{Listed, Parent, Project, Publisher};

#[test]
fn forms_of_one_name_are_one_unit() {
    let all = [
        document(
            "a",
            2023,
            "吉林省",
            &[
                (Publisher, "吉林省水利厅", ""),
                (Listed, "吉林省水利厅(本级)", "114001"),
                (Listed, "省水利科学研究院", "114002"),
                (Listed, "水文水资源中心", "114003"),
            ],
        ),
        document(
            "b",
            2024,
            "吉林省",
            &[
                (Publisher, "吉林省水利科学研究院", ""),
                (Parent, "吉林省水利厅", ""),
                (Project, "114002-吉林省水利科学研究院", "114002"),
            ],
        ),
    ];
    let registry = made(&all);
    assert_eq!(registry.units.len(), 3);
    let office = unit(&registry, "220000-水利厅");
    assert_eq!((office.name.as_str(), office.parent_id.as_deref()), ("吉林省水利厅", None));
    assert_eq!(office.aliases, ["吉林省水利厅(本级)"]);
    assert_eq!(office.codes, ["114001"]);
    let institute = unit(&registry, "220000-水利科学研究院");
    assert_eq!(institute.name, "吉林省水利科学研究院");
    assert_eq!(institute.parent_id.as_deref(), Some("220000-水利厅"));
    assert_eq!((institute.first_year, institute.last_year), (Some(2023), Some(2024)));
    assert_eq!(whose(&registry, "a", "吉林省水利厅(本级)").1, Matched::Office);
    assert_eq!(whose(&registry, "a", "省水利科学研究院").1, Matched::Region);
    assert_eq!(unit(&registry, "220000-水文水资源中心").name, "水文水资源中心");
}

#[test]
fn one_name_in_two_regions_is_two_units() {
    let registry = made(&[
        document("a", 2024, "吉林省长春市", &[(Publisher, "长春市农业农村局", "")]),
        document("b", 2024, "吉林省吉林市", &[(Publisher, "吉林市农业农村局", "")]),
        document("c", 2024, "", &[(Publisher, "农业农村局", "")]),
    ]);
    let ids: Vec<&str> = registry.units.iter().map(|unit| &*unit.id).collect();
    assert_eq!(ids, ["000000-农业农村局", "220100-农业农村局", "220200-农业农村局"]);
}

#[test]
fn a_long_name_without_region_is_that_of_the_only_unit_that_has_it() {
    let lone = document("c", 2024, "", &[(Publisher, "医疗保障事业管理中心", "")]);
    let one = document("a", 2024, "吉林省", &[(Publisher, "吉林省医疗保障事业管理中心", "")]);
    let other = document("b", 2024, "湖北省", &[(Publisher, "湖北省医疗保障事业管理中心", "")]);
    let registry = made(&[lone.clone(), one.clone()]);
    let found = whose(&registry, "c", "医疗保障事业管理中心");
    assert_eq!(found, (Some("220000-医疗保障事业管理中心"), Matched::Region));
    // With a second one it is given to none, and both are named.
    let registry = made(&[lone, one, other]);
    assert_eq!(whose(&registry, "c", "医疗保障事业管理中心"), (None, Matched::Ambiguous));
    let name = registry.names.iter().find(|name| name.path == "c").unwrap();
    let candidates: Vec<&str> = name.candidates.iter().map(|id| &**id).collect();
    assert_eq!(candidates, ["220000-医疗保障事业管理中心", "420000-医疗保障事业管理中心"]);
}

#[test]
fn a_code_tells_a_torn_name_and_a_new_one() {
    let registry = made(&[
        document(
            "a",
            2022,
            "湖北省随州市曾都区",
            &[(Publisher, "曾都区医疗保险局", "032001"), (Listed, "疗险医保局曾区都", "032001")],
        ),
        document("b", 2023, "湖北省随州市曾都区", &[(Publisher, "曾都区医疗保障局", "032001")]),
    ]);
    assert_eq!(registry.units.len(), 1);
    let unit = unit(&registry, "421303-医疗保险局");
    assert_eq!(unit.name, "曾都区医疗保障局");
    assert_eq!(unit.aliases, ["曾都区医疗保险局"]);
    assert_eq!(whose(&registry, "b", "曾都区医疗保障局").1, Matched::Name);
    assert_eq!(whose(&registry, "a", "曾都区医疗保险局").1, Matched::Region);
    assert_eq!(whose(&registry, "a", "疗险医保局曾区都").1, Matched::Code);
    // Two names beside one code in one year are two units, or a mistake: neither is guessed.
    let registry = made(&[
        document("a", 2023, "湖北省", &[(Publisher, "湖北省统计局", "201001")]),
        document("b", 2023, "湖北省", &[(Publisher, "湖北省审计厅", "201001")]),
    ]);
    assert_eq!(registry.units.len(), 2);
}

#[test]
fn a_former_name_in_brackets_is_the_same_unit() {
    let registry = made(&[
        document("a", 2018, "吉林省", &[(Publisher, "吉林省旅游发展委员会", "")]),
        document(
            "b",
            2024,
            "吉林省",
            &[(Publisher, "吉林省文化和旅游厅(原吉林省旅游发展委员会)", "")],
        ),
    ]);
    assert_eq!(registry.units.len(), 1);
    assert_eq!(&*registry.units[0].id, "220000-旅游发展委员会");
}

#[test]
fn what_is_no_name_of_a_unit_is_none() {
    let registry = made(&[document(
        "a",
        2024,
        "吉林省",
        &[
            (Publisher, "吉林省水利厅", ""),
            (Listed, "行政运行", "2013101"),
            (Listed, "一般公共预算拨款收入", ""),
        ],
    )]);
    assert_eq!(registry.units.len(), 1);
    assert_eq!(registry.names.len(), 1);
}

#[test]
fn the_newest_word_on_a_parent_counts() {
    let registry = made(&[
        document(
            "a",
            2022,
            "吉林省",
            &[(Publisher, "吉林省信息中心", ""), (Parent, "吉林省发展和改革委员会", "")],
        ),
        document(
            "b",
            2024,
            "吉林省",
            &[(Publisher, "吉林省信息中心", ""), (Parent, "吉林省政务服务和数字化建设管理局", "")],
        ),
    ]);
    let parent = unit(&registry, "220000-信息中心").parent_name.as_deref();
    assert_eq!(parent, Some("吉林省政务服务和数字化建设管理局"));
}

#[test]
fn neither_order_nor_new_documents_change_an_id() {
    let documents = [
        document(
            "a",
            2022,
            "吉林省",
            &[
                (Publisher, "吉林省水利厅", ""),
                (Listed, "吉林省水利厅(本级)", "114001"),
                (Listed, "水利科学研究院", "114002"),
            ],
        ),
        document("b", 2023, "吉林省", &[(Publisher, "吉林省水利科学研究院", "114002")]),
        document("c", 2024, "吉林省", &[(Publisher, "吉林省水科学研究院", "114002")]),
        document("d", 2024, "湖北省", &[(Publisher, "湖北省水利厅", "114002")]),
    ];
    let whole = made(&documents);
    let mut backwards = documents.clone();
    backwards.reverse();
    assert_eq!(made(&backwards), whole);
    for count in 1..documents.len() {
        for before in made(&documents[..count]).units {
            let after = unit(&whole, &before.id);
            for form in before.aliases.iter().chain([&before.name]) {
                assert!(after.aliases.contains(form) || after.name == *form, "{form} of {after:?}");
            }
        }
    }
    assert_eq!(unit(&whole, "220000-水利科学研究院").name, "吉林省水科学研究院");
}

#[test]
fn an_id_that_was_ever_given_finds_its_unit() {
    let documents = [
        document("a", 2022, "吉林省", &[(Publisher, "吉林省水利科学研究院", "114002")]),
        document("b", 2023, "吉林省", &[(Publisher, "吉林省水科学研究院", "114002")]),
        document("c", 2024, "", &[(Publisher, "水科学与水利工程研究中心", "114002")]),
        document("d", 2024, "吉林省", &[(Publisher, "吉林省水科学与水利工程研究中心", "114002")]),
        document("e", 2024, "湖北省", &[(Publisher, "湖北省水利厅", "")]),
    ];
    let whole = made(&documents);
    let research = unit(&whole, "220000-水利科学研究院");
    let others = [
        "000000-水科学与水利工程研究中心",
        "220000-水科学与水利工程研究中心",
        "220000-水科学研究院",
    ];
    assert_eq!(research.other_ids, others);
    // Whichever of them are there first.
    for some in 1..1_usize << documents.len() {
        let chosen = documents.iter().enumerate().filter(|(at, _)| some & (1 << at) != 0);
        let chosen: Vec<Excerpt> = chosen.map(|(_, document)| document.clone()).collect();
        for before in made(&chosen).units {
            let has = |unit: &&Unit| {
                unit.id == before.id || unit.other_ids.iter().any(|id| **id == *before.id)
            };
            assert_eq!(whole.units.iter().filter(has).count(), 1, "{before:?}");
        }
    }
}
