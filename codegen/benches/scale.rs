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
    let (files, generation) = measured(|| generate(root));
    assert!(files == generate(root), "two runs gave different bytes");

    let bytes: usize = files.iter().map(|(_, file)| file.text.len()).sum();
    let compilation = compile(root, &files);
    let shown = |spent: &Spent, goal: Duration| {
        let processor = spent
            .processor
            .map_or_else(String::new, |it| format!(" ({:.2} s of processors)", it.as_secs_f64()));
        format!("{:>6.2} s of {} s{processor}", spent.wall.as_secs_f64(), goal.as_secs())
    };

    println!("a contract of {EVENTS} events and {TYPES} types");
    println!(
        "  generated    {}: {} files, {} KiB, the same twice",
        shown(&generation, GENERATION),
        files.len(),
        bytes / 1024
    );
    println!("  type-checked {}: by TypeScript 7", shown(&compilation, COMPILATION));
}

/// What something took.
struct Spent {
    wall: Duration,
    /// Of all processors, in this process and in those that it waited for; only where Linux tells it.
    /// What else the machine does is not in it.
    processor: Option<Duration>,
}

fn measured<T>(work: impl FnOnce() -> T) -> (T, Spent) {
    let (started, before) = (Instant::now(), processor());
    let done = work();
    let (wall, after) = (started.elapsed(), processor());
    (done, Spent { wall, processor: after.zip(before).map(|(after, before)| after - before) })
}

/// What this process and those that it waited for have had of processors so far.
fn processor() -> Option<Duration> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    // From the state on, `utime`, `stime`, `cutime` and `cstime`, in hundredths of a second.
    let ticks = fields.split(' ').skip(11).take(4).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * ticks.sum::<Option<u64>>()?))
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

fn compile(root: &Path, files: &[(&str, File)]) -> Spent {
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
    let (run, spent) = measured(|| {
        Command::new("node")
            .arg(above.join("node_modules/typescript/bin/tsc"))
            .arg("--project")
            .arg(&folder)
            .output()
            .unwrap()
    });
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stdout));
    spent
}
