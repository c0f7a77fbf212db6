//! The command line as people use it, in folders of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicU32, Ordering},
    time::SystemTime,
};

use tautline::{Contract, NamespaceFacts};

use super::{Console, Ending, run, wants_colours};
use crate::sample::{COMMAND, CONTRACT, NAMESPACE, source};

const GENERATED: &str = "web/src/generated";

/// A contract crate in a folder that is removed at the end.
pub(crate) struct Crate(PathBuf);

impl Crate {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root =
            std::env::temp_dir().join(format!("tautline-cli-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("src")).unwrap();
        let it = Self(root);
        it.put("Cargo.toml", "[package.metadata.tautline]\ntypescript = \"web/src/generated\"\n");
        it
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        fs::create_dir_all(self.0.join(path).parent().unwrap()).unwrap();
        fs::write(self.0.join(path), text).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    pub(crate) fn root(&self) -> String {
        self.0.display().to_string()
    }

    /// Every file below the crate, for "nothing else was made".
    pub(crate) fn files(&self) -> Vec<String> {
        fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { walk(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &mut found);
        let name = |path: PathBuf| path.strip_prefix(&self.0).unwrap().display().to_string();
        let mut names: Vec<String> = found.into_iter().map(name).collect();
        names.sort();
        names
    }

    pub(crate) fn run(
        &self,
        contract: &'static Contract,
        arguments: &[&str],
    ) -> (Ending, String, String) {
        self.run_with(contract, arguments, false)
    }

    fn run_with(
        &self,
        contract: &'static Contract,
        arguments: &[&str],
        colours: bool,
    ) -> (Ending, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let root = self.0.display().to_string();
        let all = ["contract"].iter().chain(arguments).map(Into::into);
        let all = all.chain(["--crate-root".into(), root.into()]).collect();
        let console = Console { out: &mut out, err: &mut err, colours };
        let ending = run(contract, all, console).unwrap();
        (ending, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    }
}

impl Drop for Crate {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_is_written_is_up_to_date() {
    let it = Crate::new();

    let (written, ..) = it.run(&CONTRACT, &["write"]);
    let (checked, out, _) = it.run(&CONTRACT, &["check"]);

    assert_eq!((written, checked), (Ending::Done, Ending::Done));
    assert!(out.starts_with("all 8 files are up to date\n"), "{out}");
    assert_eq!(
        it.files(),
        [
            "CATALOG.md",
            "Cargo.toml",
            "contract.asyncapi.json",
            "contract.compat.json",
            "contract.lock.json",
            "contract.schema.json",
            "src/generated.rs",
            "web/src/generated/boards.ts",
            "web/src/generated/index.ts",
        ]
    );
}

#[test]
fn a_second_write_touches_nothing() {
    let it = Crate::new();
    it.run(&CONTRACT, &["write"]);
    let before = fs::metadata(it.0.join("CATALOG.md")).unwrap().modified().unwrap();

    let (_, out, _) = it.run(&CONTRACT, &["write"]);

    assert_eq!(out, "all 8 files were up to date\n");
    assert_eq!(fs::metadata(it.0.join("CATALOG.md")).unwrap().modified().unwrap(), before);
}

#[test]
fn the_first_hash_makes_cargo_compile_the_contract_again() {
    let it = Crate::new();
    it.put("src/lib.rs", "");
    let source = || fs::File::options().append(true).open(it.0.join("src/lib.rs")).unwrap();
    let modified = || source().metadata().unwrap().modified().unwrap();
    source().set_modified(SystemTime::UNIX_EPOCH).unwrap();

    it.run(&CONTRACT, &["write"]);
    assert!(modified() > SystemTime::UNIX_EPOCH);

    source().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    it.put("src/generated.rs", "stale");
    it.run(&CONTRACT, &["write"]);
    assert_eq!(modified(), SystemTime::UNIX_EPOCH);
}

#[test]
fn a_stale_file_is_shown_with_its_difference() {
    let it = Crate::new();
    it.run(&CONTRACT, &["write"]);
    let path = format!("{GENERATED}/boards.ts");
    it.put(&path, &it.text(&path).replace("boardId: string;", "boardId: number;"));

    let (ending, out, err) = it.run(&CONTRACT, &["check"]);

    assert_eq!(ending, Ending::Stale);
    assert!(out.contains("boards.ts: stale\n"), "{out}");
    assert!(out.contains("-  boardId: number;\n+  boardId: string;\n"), "{out}");
    assert!(err.starts_with("1 of 8 files are not up to date: run `write`\n"), "{err}");
}

#[test]
fn every_generated_file_begins_with_the_mark() {
    let it = Crate::new();
    it.run(&CONTRACT, &["write"]);

    for path in it.files().iter().filter(|path| *path != "Cargo.toml") {
        let text = it.text(path);
        let first: String = text.lines().take(2).collect();
        assert!(first.contains("@generated"), "{path}: {first}");
        assert!(first.contains("by cargo contract write; change the contract instead"), "{path}");
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
    }
}

#[test]
fn a_file_that_is_no_longer_made_is_removed_and_others_stay() {
    let it = Crate::new();
    it.put(&format!("{GENERATED}/old.ts"), "// @generated by cargo contract write; change it\n");
    it.put(&format!("{GENERATED}/mine.ts"), "export const mine = 1;\n");

    let (checked, out, _) = it.run(&CONTRACT, &["check"]);
    let (_, written, _) = it.run(&CONTRACT, &["write"]);

    assert_eq!(checked, Ending::Stale);
    assert!(out.contains("old.ts: left over"), "{out}");
    assert!(written.contains("removed "), "{written}");
    assert!(!it.files().contains(&format!("{GENERATED}/old.ts")));
    assert!(it.files().contains(&format!("{GENERATED}/mine.ts")));
}

#[test]
fn a_place_that_cannot_be_written_leaves_everything_as_it_was() {
    let it = Crate::new();
    it.put("web/src/generated", "a file where a folder should be");

    let (ending, _, err) = it.run(&CONTRACT, &["write"]);

    assert_eq!(ending, Ending::Failed);
    assert_eq!(
        err.replace(&it.root(), "…"),
        "error: cannot read the folder …/web/src/generated: Not a directory (os error 20); nothing was written: move away what stands there, or name another folder in `[package.metadata.tautline]`\n"
    );
    assert_eq!(it.files(), ["Cargo.toml", "web/src/generated"]);
}

#[test]
fn a_folder_in_the_place_of_a_file_leaves_nothing_half_written() {
    let it = Crate::new();
    it.put("src/generated.rs/here.txt", "in the way");

    let (ending, _, err) = it.run(&CONTRACT, &["write"]);

    assert_eq!(ending, Ending::Failed);
    assert_eq!(
        err.replace(&it.root(), "…"),
        "error: cannot write …/src/generated.rs: a folder stands in its place; nothing was written: move it away and run `write` again\n"
    );
    assert_eq!(it.files(), ["Cargo.toml", "src/generated.rs/here.txt"]);
}

#[test]
fn a_file_in_the_place_of_a_folder_leaves_nothing_half_written() {
    let it = Crate::new();
    fs::remove_dir(it.0.join("src")).unwrap();
    it.put("src", "a file where a folder should be");

    let (ending, _, err) = it.run(&CONTRACT, &["write"]);

    assert_eq!(ending, Ending::Failed);
    assert_eq!(
        err.replace(&it.root(), "…"),
        "error: cannot write …/src/generated.rs: File exists (os error 17); nothing was written: make room for it there and run `write` again\n"
    );
    assert_eq!(it.files(), ["Cargo.toml", "src"]);
}

#[test]
fn what_could_not_be_done_ends_with_2() {
    let shown = |code: ExitCode| format!("{code:?}");

    assert_eq!(shown(Ending::Done.into()), shown(ExitCode::from(0)));
    assert_eq!(shown(Ending::Stale.into()), shown(ExitCode::from(1)));
    assert_eq!(shown(Ending::Failed.into()), shown(ExitCode::from(2)));
}

#[test]
fn one_file_can_be_printed() {
    let it = Crate::new();

    let (ending, out, _) = it.run(&CONTRACT, &["print", "boards.ts"]);
    let (unknown, _, err) = it.run(&CONTRACT, &["print", "bords.ts"]);

    assert_eq!(ending, Ending::Done);
    assert!(out.contains("export const Boards = namespace({"), "{out}");
    assert_eq!(unknown, Ending::Failed);
    assert!(err.contains("no generated file is called `bords.ts`"), "{err}");
    assert!(err.contains("CATALOG.md, boards.ts, index.ts"), "{err}");
    assert_eq!(it.files(), ["Cargo.toml"]);
}

#[test]
fn all_mistakes_come_at_once_and_nothing_is_written() {
    const WRONG: NamespaceFacts = NamespaceFacts {
        path: "boards",
        commands: &[
            tautline::Event { name: "connect", ..COMMAND },
            tautline::Event { name: "add note", source: source(11), ..COMMAND },
        ],
        ..NAMESPACE
    };
    const CONTRACT_OF_IT: Contract = Contract { name: "Sample", namespaces: &[&WRONG], ..CONTRACT };
    let it = Crate::new();

    let (ending, out, err) = it.run(&CONTRACT_OF_IT, &["write"]);

    assert_eq!((ending, out.as_str()), (Ending::Failed, ""));
    assert_eq!(
        err,
        "error: the contract's name `Sample` is not in kebab-case: write it like `agent-chat`\n\
         error: src/sample.rs:5: the path `boards` is not one: begin with `/` and use `[A-Za-z0-9_.:/-]`\n\
         error: src/sample.rs:10: the event name `connect` is one that Socket.IO keeps for itself: choose another\n\
         error: src/sample.rs:11: the event name `add note` has other characters than `[A-Za-z0-9_.:/-]`: choose another\n\
         the contract `Sample` has 4 mistakes\n"
    );
    assert_eq!(it.files(), ["Cargo.toml"]);
}

#[test]
fn a_setting_that_nobody_knows_is_refused() {
    let it = Crate::new();
    it.put("Cargo.toml", "[package.metadata.tautline]\ntypscript = \"web\"\n");

    let (ending, _, err) = it.run(&CONTRACT, &["write"]);

    assert_eq!(ending, Ending::Failed);
    assert!(err.contains("unknown field `typscript`, expected one of `typescript`"), "{err}");
}

#[test]
fn help_and_wrong_words_have_their_own_endings() {
    let it = Crate::new();

    let (help, out, _) = it.run(&CONTRACT, &["--help"]);
    let (wrong, _, err) = it.run(&CONTRACT, &["wirte"]);

    assert_eq!((help, wrong), (Ending::Done, Ending::Failed));
    assert!(out.contains("write") && out.contains("check") && out.contains("print"), "{out}");
    assert!(err.contains("wirte"), "{err}");
}

#[test]
fn the_difference_has_colours_for_people_only() {
    let it = Crate::new();
    it.run(&CONTRACT, &["write"]);
    it.put("CATALOG.md", "something else\n");

    let (_, coloured, _) = it.run_with(&CONTRACT, &["check"], true);
    let (_, plain, _) = it.run_with(&CONTRACT, &["check"], false);

    assert!(coloured.contains("\u{1b}[31m-something else\u{1b}[0m\n"), "{coloured}");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(wants_colours(true, None) && wants_colours(true, Some("".into())));
    assert!(!wants_colours(true, Some("1".into())) && !wants_colours(false, None));
}
