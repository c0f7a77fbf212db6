//! Markdown: tables, links to lines, and the first words of a documentation.

use std::path::{Path, PathBuf};

use tautline::{Contract, Source};

/// A Markdown table.
pub(crate) struct Table {
    columns: usize,
    text: String,
    rows: usize,
}

impl Table {
    /// A table with these column heads.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let rule = vec!["---"; heads.len()].join(" | ");
        let text = format!("| {} |\n| {rule} |\n", heads.join(" | "));
        Self { columns: heads.len(), text, rows: 0 }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().map(|cell| escape(&cell)).collect();
        debug_assert_eq!(cells.len(), self.columns, "a row has a cell for every column");
        self.text.push_str(&format!("| {} |\n", cells.join(" | ")));
        self.rows += 1;
    }

    /// The table alone.
    pub(crate) fn text(self) -> String {
        self.text
    }

    /// The table under a title; nothing if it has no rows.
    pub(crate) fn titled(self, title: &str) -> String {
        if self.rows == 0 { String::new() } else { format!("\n### {title}\n\n{}", self.text) }
    }
}

/// A cell is one line, and a bar in it is no border.
fn escape(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// Makes links to the lines that wrote a contract, from the root of its crate.
pub(crate) struct Links {
    /// The crate's folder, from the folder in which cargo compiled it.
    root: PathBuf,
}

impl Links {
    /// Finds out where the crate lies: `file!()` counts from the workspace, the catalogue from here.
    pub(crate) fn from_crate(contract: &Contract, crate_root: &Path) -> Self {
        let files = contract.namespaces.iter().map(|namespace| Path::new(namespace.source.file));
        let lies_here = |folder: &&Path| crate_root.ends_with(folder);
        let root = files.flat_map(Path::ancestors).find(lies_here).unwrap_or(Path::new(""));
        Self { root: root.to_owned() }
    }

    /// A link to a line; the text alone for a file outside the workspace.
    pub(crate) fn to(&self, text: &str, source: Source) -> String {
        let file = Path::new(source.file);
        if file.is_absolute() {
            return text.to_owned();
        }
        let up = || self.root.components().map(|_| Path::new("..")).collect::<PathBuf>().join(file);
        let file = file.strip_prefix(&self.root).map_or_else(|_| up(), Path::to_owned);
        format!("[{text}]({}#L{})", file.display().to_string().replace('\\', "/"), source.line)
    }
}

/// The first paragraph of a documentation as one line, without rustdoc's link brackets.
pub(crate) fn first_paragraph(docs: &str) -> String {
    let lines = docs.lines().map(str::trim).skip_while(|line| line.is_empty());
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ").replace("[`", "`").replace("`]", "`")
}
