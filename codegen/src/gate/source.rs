//! Where an older lock comes from: a file, or a revision of git.

use std::{fs, path::Path, process::Command};

use super::Lock;

/// The lock's name in a contract crate.
const LOCK: &str = "contract.lock.json";

/// Reads the lock that `against` names: a file if there is one, a revision otherwise.
pub(super) fn read(crate_root: &Path, against: &str) -> Result<Lock, String> {
    // People name a file from where they stand, scripts from the crate.
    let here = Path::new(against);
    let places = [here.to_owned(), crate_root.join(against)];
    if let Some(file) = places.iter().find(|path| path.exists()) {
        let file = if file.is_dir() { file.join(LOCK) } else { file.clone() };
        return read_file(&file);
    }
    let looks_like_a_file = against.ends_with(".json");
    if looks_like_a_file {
        return Err(format!(
            "there is no file `{against}`: name a lock, or a git revision such as `main` or `v1.0.0`"
        ));
    }
    Lock::parse(&format!("{LOCK} of `{against}`"), &of_revision(crate_root, against)?)
}

/// Reads a lock from a file.
pub(super) fn read_file(file: &Path) -> Result<Lock, String> {
    let text = fs::read_to_string(file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Lock::parse(&file.display().to_string(), &text)
}

fn of_revision(crate_root: &Path, revision: &str) -> Result<String, String> {
    // A word that begins with a dash would be an option to git.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(format!(
            "`{revision}` is neither a file nor a git revision: name a lock, or a revision such as `main`"
        ));
    }
    let git = |arguments: &[&str]| {
        let output = Command::new("git").arg("-C").arg(crate_root).args(arguments).output();
        output.map_err(|error| {
            format!("`{revision}` is no file, and git cannot be asked about it: {error}")
        })
    };
    let commit = git(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?;
    if !commit.status.success() {
        let is_repository = git(&["rev-parse", "--git-dir"])?.status.success();
        return Err(if is_repository {
            format!("`{revision}` is neither a file nor a git revision: fetch it, or name another")
        } else {
            format!(
                "`{revision}` is no file, and {} is in no git repository: name a lock such as `locks/1.0.0.json`",
                crate_root.display()
            )
        });
    }
    let lock = git(&["show", &format!("{revision}:./{LOCK}")])?;
    if !lock.status.success() {
        return Err(format!(
            "the revision `{revision}` has no {LOCK} in this crate: name one that has it"
        ));
    }
    String::from_utf8(lock.stdout)
        .map_err(|_| format!("{LOCK} of `{revision}` is no text: name another revision"))
}
