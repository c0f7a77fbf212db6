//! Where the generated files go: the contract crate's folder, and what its `Cargo.toml` says.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    Described, File,
    file::is_generated,
    generators::{Folder, GENERATORS},
};

/// All files of a contract with their places, and what of older runs is to go.
#[derive(Debug)]
pub(crate) struct Outputs {
    /// The folder of the contract crate.
    pub crate_root: PathBuf,
    /// The files, in the order of the generators.
    pub files: Vec<Output>,
    /// Files that codegen made once and makes no longer.
    pub leftover: Vec<PathBuf>,
}

/// One file with its place.
#[derive(Debug)]
pub(crate) struct Output {
    /// Where it goes.
    pub path: PathBuf,
    /// Its content.
    pub text: String,
}

/// `[package.metadata.tautline]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The folder of the TypeScript files, from the crate's root.
    typescript: Option<String>,
    /// The folder of what people read, for translators: beside the TypeScript files.
    words: Option<String>,
    /// The folder of the pages, one for each problem code.
    errors: Option<String>,
}

impl Settings {
    fn folder(&self, key: &str) -> Option<&str> {
        match key {
            "typescript" => self.typescript.as_deref(),
            "words" => self.words.as_deref(),
            "errors" => self.errors.as_deref(),
            _ => None,
        }
    }

    /// Reads the crate's `Cargo.toml`.
    fn read(crate_root: &Path) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Manifest {
            package: Option<Package>,
        }
        #[derive(Deserialize)]
        struct Package {
            metadata: Option<Metadata>,
        }
        #[derive(Deserialize)]
        struct Metadata {
            tautline: Option<Settings>,
        }
        let path = crate_root.join("Cargo.toml");
        let shown = path.display();
        let text =
            fs::read_to_string(&path).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let manifest: Manifest = toml::from_str(&text)
            .map_err(|error| format!("cannot understand {shown}: {}", error.message()))?;
        let metadata = manifest.package.and_then(|package| package.metadata);
        Ok(metadata.and_then(|metadata| metadata.tautline).unwrap_or_default())
    }
}

impl Outputs {
    /// Runs every generator and places its files.
    pub(crate) fn plan(described: &Described) -> Result<Self, String> {
        let root = &described.crate_root;
        let settings = Settings::read(root)?;
        let mut outputs =
            Self { crate_root: root.clone(), files: Vec::new(), leftover: Vec::new() };
        for generator in GENERATORS {
            let own = match generator.folder {
                Folder::Crate => None,
                Folder::Own { key, default } => Some(settings.folder(key).unwrap_or(default)),
                Folder::Asked { key } => match settings.folder(key) {
                    Some(folder) => Some(folder),
                    None => continue,
                },
            };
            let files = (generator.make)(described)?;
            let folder = own.map_or_else(|| root.clone(), |own| normal(&root.join(own)));
            if own.is_some() {
                outputs.leftover.extend(leftover(&folder, &files)?);
            }
            let place = |file: File| Output { path: folder.join(file.path), text: file.text };
            outputs.files.extend(files.into_iter().map(place));
        }
        Ok(outputs)
    }
}

/// The generated files of a folder that are not among `files`.
fn leftover(folder: &Path, files: &[File]) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: io::Error| {
        format!(
            "cannot read the folder {}: {error}; nothing was written: move away what stands there, or name another folder in `[package.metadata.tautline]`",
            folder.display()
        )
    };
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(cannot(error)),
    };
    let mut leftover = Vec::new();
    for entry in entries {
        let path = entry.map_err(cannot)?.path();
        let is_made = files.iter().any(|file| path.ends_with(&file.path));
        // What is no text, such as a folder, was not made here.
        let marked = || fs::read_to_string(&path).is_ok_and(|text| is_generated(&text));
        if !is_made && marked() {
            leftover.push(path);
        }
    }
    leftover.sort();
    Ok(leftover)
}

/// The path without `..` where that is possible by its text: messages are easier to read.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, component| {
        let is_folder = matches!(normal.components().next_back(), Some(Component::Normal(_)));
        if component == Component::ParentDir && is_folder {
            normal.pop();
        } else {
            normal.push(component);
        }
        normal
    })
}
