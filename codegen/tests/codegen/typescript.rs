//! The TypeScript: one snapshot for each case, and the compiler over all of them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    cases::{events, rooms, values},
    check::{TITLE, check},
};

/// One test for each case: its name is the module's and the snapshot's.
macro_rules! cases {
    ($($module:ident::$case:ident),* $(,)?) => {
        $(#[test]
        fn $case() {
            check($module::$case::contract(), stringify!($case));
        })*
    };
}

cases! {
    values::every_number,
    values::text_that_has_a_form,
    values::missing_and_null,
    values::lists_and_maps,
    values::names_for_values,
    values::bytes_beside_the_json,
    values::words,
    values::objects_with_a_tag,
    values::open_enums,
    values::a_type_that_holds_itself,
    values::documentation,
    values::names_of_other_languages,
    values::lines_that_are_too_long,
    values::a_problem_as_a_value,
    values::constraints,
    events::nothing_in_and_nothing_out,
    events::answers_of_every_form,
    events::refusals,
    events::every_policy,
    events::on_the_way_out,
    events::names_with_signs,
    events::questions_and_streams,
    rooms::rooms_of_every_form,
    rooms::rooms_with_members,
    rooms::shared_types,
}

#[test]
fn every_snapshot_passes_the_newest_compiler() {
    compile("typescript");
}

#[test]
fn every_snapshot_passes_the_oldest_compiler() {
    compile("typescript-5.4");
}

#[test]
fn every_snapshot_is_formatted_as_biome_would() {
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("biome");
    write_snapshots(&project);
    let text = fs::read_to_string(root().join("biome.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&text).unwrap();
    // Without what the repository ignores: that is where the snapshots lie.
    let format = serde_json::json!({
        "root": true, "json": { "formatter": { "enabled": false } },
        "formatter": settings["formatter"], "javascript": settings["javascript"],
    });
    fs::write(project.join("biome.json"), format.to_string()).unwrap();

    let run = Command::new(installed("@biomejs/biome/bin/biome"))
        .args(["format", "--colors=off", "."])
        .current_dir(&project)
        .output()
        .unwrap();

    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// Writes all snapshots as files and runs one compiler over them, in the strictest mode.
fn compile(compiler: &str) {
    let tsc = installed(&format!("{compiler}/bin/tsc"));
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join(compiler);
    write_project(&project, &root());

    let run = Command::new("node").arg(tsc).arg("--project").arg(&project).output().unwrap();

    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
}

/// A program of the root's npm packages.
fn installed(path: &str) -> PathBuf {
    let path = root().join("node_modules").join(path);
    assert!(path.exists(), "there is no {}: run scripts/npm-packages.sh first", path.display());
    path
}

fn write_snapshots(project: &Path) {
    let _ = fs::remove_dir_all(project);
    let snapshots = snapshots();
    assert!(snapshots.len() > 40, "only {} files: where are the snapshots?", snapshots.len());
    for (case, path, text) in snapshots {
        let path = project.join(case).join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn write_project(project: &Path, root: &Path) {
    write_snapshots(project);
    let uses = root.join("codegen/tests/codegen/uses.ts");
    fs::copy(uses, project.join("uses.ts")).unwrap();
    fs::write(project.join("package.json"), r#"{ "type": "module" }"#).unwrap();
    let client = root.join("clients/typescript/src/index.ts");
    let settings = serde_json::json!({
        "extends": root.join("tsconfig.base.json"),
        "compilerOptions": {
            "noEmit": true, "declaration": false, "declarationMap": false, "sourceMap": false,
            "lib": ["ES2022", "DOM"],
            "paths": { "@tautline/client": [client] },
        },
        "include": ["**/*.ts"],
    });
    fs::write(project.join("tsconfig.json"), settings.to_string()).unwrap();
}

/// The files of the committed snapshots: case, path and text.
fn snapshots() -> Vec<(String, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codegen/snapshots");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "snap"));
    paths.sort();
    let mut files = Vec::new();
    for snapshot in paths {
        let case = snapshot.file_stem().unwrap().to_string_lossy().into_owned();
        for file in fs::read_to_string(&snapshot).unwrap().split(TITLE).skip(1) {
            let (path, text) = file.split_once('\n').unwrap();
            files.push((case.clone(), path.to_owned(), text.to_owned()));
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}
