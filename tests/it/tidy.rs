//! What no compiler checks: directions of imports, places of dependencies, first lines, sizes.

use std::{collections::BTreeSet, fs, path::Path};

use fisc::accounts::sources::BUILT_IN;

use crate::program::{files, repository};

/// What each folder of `src` may import besides itself and `error`. The order is the order of
/// the data: no folder may import one that stands below it.
const FOLDERS: &[(&str, &[&str])] = &[
    ("accounts", &[]),
    ("acquire", &["accounts"]),
    ("decode", &[]),
    ("extract", &["accounts", "decode"]),
    // A `RawTable` borrows its cells from the document.
    ("normalise", &["accounts", "decode", "extract"]),
    ("reconcile", &["accounts", "decode", "extract", "normalise"]),
    ("store", &["accounts"]),
    ("tabulate", &["accounts", "store"]),
];

/// What the files beside the folders may import; `run` and `inspect` see every stage, and
/// `lib` and `main` name everything there is.
const ROOT_FILES: &[(&str, &[&str])] = &[
    ("args", &["accounts", "check", "run", "store"]),
    ("check", &["accounts", "decode", "draw", "sarif", "store"]),
    ("draw", &["accounts", "check"]),
    ("error", &[]),
    ("explain", &["accounts", "check", "decode", "draw", "reconcile", "run"]),
    ("inspect", &["draw", "run"]),
    ("run", &[]),
    ("sarif", &["accounts", "check", "draw", "reconcile", "store"]),
];

/// Where each dependency may be named, so that it can be replaced in one place.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    (
        "aho-corasick",
        &["extract/prose/", "extract/spec.rs", "extract/words.rs", "reconcile/between.rs"],
    ),
    ("annotate-snippets", &["draw.rs"]),
    ("arrow", &["accounts/schema.rs", "store/", "tabulate/arrays.rs"]),
    ("blake3", &["acquire/"]),
    ("cfb", &["decode/compound.rs"]),
    ("chardetng", &["decode/encoding.rs"]),
    ("charts-rs", &["tabulate/report/drawing.rs"]),
    ("clap", &["args.rs", "main.rs"]),
    ("csv", &["accounts/classification.rs", "store/render.rs"]),
    ("encoding_rs", &["decode/encoding.rs"]),
    ("flate2", &["decode/pdf/packed.rs", "decode/picture.rs"]),
    ("hayro-interpret", &["decode/pdf/canvas.rs", "decode/pdf/fonts.rs", "decode/pdf/sketch.rs"]),
    ("hayro-syntax", &["decode/pdf/canvas.rs", "decode/pdf/fonts.rs", "decode/pdf/sketch.rs"]),
    ("html5gum", &["decode/html/", "decode/markup.rs"]),
    ("indicatif", &["main.rs"]),
    ("maud", &["tabulate/report/"]),
    (
        "memchr",
        &[
            "decode/document.rs",
            "decode/encoding.rs",
            "decode/html/mod.rs",
            "decode/markup.rs",
            "decode/pdf/packed.rs",
            "decode/text.rs",
            "extract/identity.rs",
            "extract/publisher.rs",
            "extract/spec.rs",
            "normalise/prose/subject.rs",
        ],
    ),
    ("mimalloc", &["lib.rs"]),
    ("parquet", &["store/"]),
    ("polars", &["tabulate/"]),
    ("quick-xml", &["decode/xml.rs"]),
    ("rayon", &["run.rs"]),
    ("rust_decimal", &["accounts/", "decode/sheet/", "normalise/", "reconcile/", "store/"]),
    ("rustix", &["acquire/command.rs"]),
    (
        "serde",
        &[
            "accounts/",
            "extract/performance/words.rs",
            "extract/prose/",
            "extract/spec.rs",
            "extract/words.rs",
            "reconcile/between.rs",
            "reconcile/registry/name.rs",
            "run/job.rs",
            "store/",
            "tabulate/described.rs",
        ],
    ),
    ("serde_json", &["run/night.rs", "sarif.rs", "store/"]),
    ("strsim", &["explain.rs", "tabulate/troubles.rs"]),
    ("terminal_size", &["main.rs"]),
    ("tiny-skia", &["decode/pdf/sketch.rs", "decode/picture.rs"]),
    (
        "toml",
        &[
            "extract/performance/words.rs",
            "extract/prose/wording.rs",
            "extract/spec.rs",
            "reconcile/between.rs",
            "reconcile/registry/name.rs",
            "run/job.rs",
            "tabulate/described.rs",
        ],
    ),
    ("unicode-normalization", &["accounts/text.rs", "decode/pdf/canvas.rs"]),
    (
        "unicode-width",
        &[
            "decode/pdf/lines.rs",
            "decode/segments.rs",
            "store/render.rs",
            "tabulate/bars.rs",
            "tabulate/report/drawing.rs",
        ],
    ),
    ("zip", &["decode/package.rs"]),
];

/// The longest file that can still be read in one sitting.
const MOST_LINES: usize = 500;

#[test]
fn imports_go_one_way() {
    let mut seen = BTreeSet::new();
    for (path, text) in sources() {
        let (area, _) = path.split_once('/').unwrap_or((path.trim_end_matches(".rs"), ""));
        let allowed = |module: &str| match FOLDERS.iter().position(|(name, _)| *name == area) {
            Some(at) => FOLDERS[at].1.contains(&module),
            None if ["run", "inspect"].contains(&area) => {
                FOLDERS.iter().any(|(name, _)| *name == module) || root_allows(area, module)
            }
            None => root_allows(area, module),
        };
        for module in imported(&text) {
            assert!(
                module == area || module == "error" || allowed(&module),
                "src/{path}: `{area}` must not import `{module}`"
            );
            seen.insert((area.to_owned(), module));
        }
        let relative =
            code(&text).find(|line| line.contains("super::") && !line.contains("super::*"));
        assert_eq!(relative, None, "src/{path}: a path begins with `crate::`");
    }
    for (folder, allowed) in FOLDERS {
        let unused = allowed.iter().find(|m| !seen.contains(&((*folder).into(), (**m).into())));
        assert_eq!(unused, None, "`{folder}` imports no such folder: drop it from the list");
    }
}

#[test]
fn the_order_of_the_folders_is_the_order_of_the_data() {
    for (at, (folder, allowed)) in FOLDERS.iter().enumerate() {
        for module in *allowed {
            let other = FOLDERS.iter().position(|(name, _)| name == module);
            assert!(other.is_some_and(|other| other < at), "{folder} comes before {module}");
        }
    }
    let listed: BTreeSet<&str> = FOLDERS.iter().map(|(name, _)| *name).collect();
    let paths: Vec<String> = sources().into_iter().map(|(path, _)| path).collect();
    let there: BTreeSet<&str> =
        paths.iter().filter_map(|path| Some(path.split_once('/')?.0)).collect();
    // What lies around the stages is no stage.
    let there: BTreeSet<&str> =
        there.into_iter().filter(|folder| !["inspect", "run"].contains(folder)).collect();
    assert_eq!(there, listed, "the folders of src, and those with a rule");
}

#[test]
fn imports_are_seen_in_every_form() {
    let text = "use crate::{\n    accounts::{gap::Gap, money},\n    error::Result, decode,\n};\n\
                use crate::store::layout;\nfn f() { crate::run::job() }\n// crate::comment::x\n";
    let found: Vec<String> = imported(text).into_iter().collect();
    assert_eq!(found, ["accounts", "decode", "error", "run", "store"]);
}

#[test]
fn dependencies_are_named_where_they_belong() {
    let manifest: String = read("Cargo.toml");
    let needed: BTreeSet<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .filter(|name| !name.starts_with([' ', '#']))
        .collect();
    let listed: BTreeSet<&str> = DEPENDENCIES.iter().map(|(name, _)| *name).collect();
    assert_eq!(needed, listed, "the dependencies of Cargo.toml, and those with a place");
    for (dependency, places) in DEPENDENCIES {
        let name = dependency.replace('-', "_");
        let naming: Vec<String> = sources()
            .into_iter()
            .filter(|(_, text)| code(text).any(|line| names(line, &name)))
            .map(|(path, _)| path)
            .collect();
        let stray = naming.iter().find(|path| !places.iter().any(|place| path.starts_with(place)));
        assert_eq!(stray, None, "must not name `{dependency}`");
        let idle = places.iter().find(|place| !naming.iter().any(|path| path.starts_with(*place)));
        assert_eq!(idle, None, "does not name `{dependency}`: drop it from the list");
    }
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    for (path, text) in rust_files() {
        let first = text.lines().next().unwrap_or_default();
        // The page of a rule is its documentation.
        let page = path.starts_with("src/reconcile/rules/") && first.starts_with("#![doc = ");
        assert!(page || first.starts_with("//! "), "{path} begins with {first:?}");
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{path} has {lines} lines: split it");
    }
}

#[test]
fn floats_give_a_reason() {
    for (path, text) in sources() {
        let bare = code(&text).find(|line| {
            ["f32", "f64"].iter().any(|float| is_word_of(line, float)) && !line.contains("reason")
        });
        assert_eq!(bare, None, "src/{path}: money is a Decimal");
    }
}

#[test]
fn the_built_in_files_are_those_of_the_folder() {
    let root = repository().join("pipelines");
    let there: BTreeSet<String> = files(&root)
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "toml" || e == "csv" || e == "sql"))
        .map(|path| path.strip_prefix(&root).unwrap().display().to_string())
        .collect();
    let built_in: BTreeSet<String> = BUILT_IN.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(built_in, there);
    for (path, text) in BUILT_IN {
        assert!(
            *text == read(&format!("pipelines/{path}")),
            "{path} is built in with another text"
        );
    }
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let mut read = 0;
    for path in kept_files() {
        let text =
            String::from_utf8_lossy(&fs::read(repository().join(&path)).unwrap()).into_owned();
        read += 1;
        for root in ["work", "tmp", "root", "home", "farm"] {
            let found = text
                .split(&format!("/{root}/"))
                .skip(1)
                .find(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '.'));
            assert!(found.is_none(), "{path}: /{root}/{}", found.unwrap_or_default());
        }
    }
    assert!(50 < read, "only {read} files were read");
}

/// Returns the files that are part of the project, by their paths; generated ones are not.
fn kept_files() -> Vec<String> {
    let root = repository();
    let relative = |path: &Path| path.strip_prefix(root).unwrap().display().to_string();
    let folders =
        [".ci", "benches", "data", "fuzz/src", "fuzz/targets", "pipelines", "src", "tests"];
    let mut kept: Vec<String> = folders
        .iter()
        .flat_map(|folder| files(&root.join(folder)))
        .map(|path| relative(&path))
        .collect();
    let single = ["Cargo.toml", "README.md", "deny.toml", "rust-toolchain.toml", ".gitignore"];
    kept.extend(single.map(str::to_owned));
    kept
}

/// Returns the path under `src` and the text of every source file.
fn sources() -> Vec<(String, String)> {
    let within =
        |(path, text): (String, String)| Some((path.strip_prefix("src/")?.to_owned(), text));
    let found: Vec<(String, String)> = rust_files().into_iter().filter_map(within).collect();
    assert!(30 < found.len(), "only {} files: the test no longer reads the source", found.len());
    found
}

/// Returns the path and the text of every Rust file.
fn rust_files() -> Vec<(String, String)> {
    kept_files()
        .into_iter()
        .filter(|path| Path::new(path).extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (path.clone(), read(&path)))
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// Returns the lines that are no comment.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// Returns the modules that `crate::name` and `use crate::{name, …}` lead to.
fn imported(text: &str) -> BTreeSet<String> {
    let code: String = code(text).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let mut depth = 0;
        let mut word = String::new();
        let mut is_first = true;
        for c in rest.chars() {
            if c.is_alphanumeric() || c == '_' {
                word.push(c);
                continue;
            }
            // The first word of an entry at the top is a module, what follows `::` is inside it.
            if is_first && !word.is_empty() {
                found.insert(word.clone());
                is_first = false;
            }
            word.clear();
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => is_first = true,
                _ => (),
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

/// Returns whether a line of code names a crate, as in `name::` or `use name;`.
fn names(line: &str, name: &str) -> bool {
    [format!("{name}::"), format!("use {name};"), format!("use {name} as ")].iter().any(|form| {
        line.match_indices(form.as_str()).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            // As in `::name::`, which a module of the same name makes necessary.
            let before = before.strip_suffix("::").unwrap_or(before);
            !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '>')
        })
    })
}

fn is_word_of(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|other| other == word)
}

fn root_allows(file: &str, module: &str) -> bool {
    ROOT_FILES.iter().any(|(name, allowed)| *name == file && allowed.contains(&module))
        || ["lib", "main"].contains(&file)
}
