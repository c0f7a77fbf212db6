//! Puts files on the disk: each one whole or not at all, and only those that change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use crate::outputs::{Output, Outputs};

/// The files that `contract!` includes.
const INCLUDED: [&str; 2] = ["src/generated.rs", "contract.compat.json"];

/// What a `write` did.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Files that are new or have another content.
    pub changed: Vec<PathBuf>,
    /// Files that are gone.
    pub removed: Vec<PathBuf>,
}

/// Writes what changed.
///
/// Every new content lies on the disk, beside its place, before the first file is replaced: a full
/// disk or a folder without rights leaves all files as they were.
pub(crate) fn write(outputs: &Outputs) -> Result<Written, String> {
    let mut staged = Vec::new();
    for output in &outputs.files {
        if fs::read_to_string(&output.path).is_ok_and(|text| text == output.text) {
            continue;
        }
        if output.path.is_dir() {
            return Err(format!(
                "cannot write {}: a folder stands in its place; nothing was written: move it away and run `write` again",
                output.path.display()
            ));
        }
        staged.push(Staged::write(output).map_err(|error| {
            format!(
                "cannot write {}: {error}; nothing was written: make room for it there and run `write` again",
                output.path.display()
            )
        })?);
    }
    let mut written = Written::default();
    for staged in staged {
        let path = staged.target.clone();
        let is_new = !path.exists();
        staged.publish().map_err(|error| cannot("write", &path, &error))?;
        if is_new && INCLUDED.iter().any(|included| path.ends_with(included)) {
            wake_cargo(&outputs.crate_root);
        }
        written.changed.push(path);
    }
    for path in &outputs.leftover {
        fs::remove_file(path).map_err(|error| cannot("remove", path, &error))?;
        written.removed.push(path.clone());
    }
    Ok(written)
}

/// Lets cargo compile the contract again. `contract!` includes these files where they are, and a
/// build that had none watches the sources alone.
fn wake_cargo(crate_root: &Path) {
    let source = crate_root.join("src/lib.rs");
    // Without it the next build knows nothing of the file until somebody edits a source: no reason to fail.
    let _ = fs::File::options()
        .append(true)
        .open(source)
        .and_then(|file| file.set_modified(SystemTime::now()));
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {what} {}: {error}", path.display())
}

/// A new content beside its place. Dropped without [`Staged::publish`], it leaves nothing behind.
struct Staged {
    temporary: PathBuf,
    target: PathBuf,
    published: bool,
}

impl Staged {
    fn write(output: &Output) -> io::Result<Self> {
        let folder = output.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let name = output.path.file_name().unwrap_or_default().to_string_lossy();
        // The process's number keeps two runs at once from writing into each other's file.
        let temporary = folder.join(format!(".{name}.{}.new", std::process::id()));
        let staged = Self { temporary, target: output.path.clone(), published: false };
        fs::write(&staged.temporary, &output.text)?;
        Ok(staged)
    }

    fn publish(mut self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.target)?;
        self.published = true;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.published {
            // It may never have been made; and if it cannot be removed, the first error says why.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
