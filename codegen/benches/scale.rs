//! How long a contract of 1,000 events and 3,000 types takes: to generate everything, and to be
//! type-checked by what its users install.
#![expect(clippy::unwrap_used, reason = "a measurement ends at the first surprise")]

#[path = "scale/contract.rs"]
mod contract;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use tautline_codegen::{File, GENERATORS, read};

use crate::contract::{EVENTS, TYPES, contract};

/// What the two should take on two cores.
const GENERATION: Duration = Duration::from_secs(2);
const COMPILATION: Duration = Duration::from_secs(5);

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let started = Instant::now();
    let files = generate(root);
    let generation = started.elapsed();
    assert!(files == generate(root), "two runs gave different bytes");

    let bytes: usize = files.iter().map(|(_, file)| file.text.len()).sum();
    let compilation = compile(root, &files);

    println!("a contract of {EVENTS} events and {TYPES} types");
    println!(
        "  generated   {:>7.2} s of {} s  {} files, {} KiB, the same twice",
        generation.as_secs_f64(),
        GENERATION.as_secs(),
        files.len(),
        bytes / 1024
    );
    println!(
        "  type-checked {:>6.2} s of {} s  by TypeScript 7",
        compilation.as_secs_f64(),
        COMPILATION.as_secs()
    );
}

/// Every file, with the generator that made it.
fn generate(root: &Path) -> Vec<(&'static str, File)> {
    let described =
        read(contract(), root).unwrap_or_else(|mistakes| panic!("{:?}", mistakes.first()));
    GENERATORS
        .iter()
        .flat_map(|it| (it.make)(&described).unwrap().into_iter().map(move |file| (it.name, file)))
        .collect()
}

fn compile(root: &Path, files: &[(&str, File)]) -> Duration {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scale");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (_, file) in files.iter().filter(|(name, _)| *name == "typescript") {
        fs::write(folder.join(&file.path), &file.text).unwrap();
    }
    let above: PathBuf = root.join("..").canonicalize().unwrap();
    let settings = serde_json::json!({
        "extends": above.join("tsconfig.base.json"),
        "compilerOptions": {
            "noEmit": true, "declaration": false, "declarationMap": false, "sourceMap": false,
            "lib": ["ES2022", "DOM"], "types": [],
            "paths": { "@tautline/client": [above.join("clients/typescript/src/index.ts")] },
        },
        "include": ["*.ts"],
    });
    fs::write(folder.join("tsconfig.json"), settings.to_string()).unwrap();
    let started = Instant::now();
    let run = Command::new("node")
        .arg(above.join("node_modules/typescript/bin/tsc"))
        .arg("--project")
        .arg(&folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    started.elapsed()
}
