//! What those see who wait for a run: the bar on a terminal, and what a watched folder comes to.

use std::{
    fs,
    process::{Command, Stdio},
    time::Duration,
};

use crate::nightly::{QUICKLY, few, many, text};

#[test]
fn whoever_watches_sees_what_came() {
    let folder = few("watched");
    let mut child = Command::new(env!("CARGO_BIN_EXE_fisc"))
        .args(QUICKLY)
        .args(["--watch", "1"])
        .current_dir(folder.path(""))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let comes = |snapshot: &str| {
        (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            fs::read_link(folder.path("warehouse/current")).is_ok_and(|to| to.ends_with(snapshot))
        })
    };
    let first = comes("000001");
    folder.write("in/new.txt", text(9).as_bytes());
    let second = comes("000002");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first && second, "first {first}, second {second}");
}

#[test]
fn a_terminal_shows_how_far_a_run_is() {
    let folder = many("terminal");
    let fisc = env!("CARGO_BIN_EXE_fisc");
    let command = format!("{fisc} run --input in --pipelines pipelines --threads 1");
    // `script` gives it a terminal.
    let mut script = Command::new("script");
    let seen = folder.run(script.args(["-qec", &command, "/dev/null"]).env("TERM", "xterm"));
    assert!(seen.out.contains("/600 files, ") && seen.out.contains(" left"), "{seen:?}");
}
