//! ts-rs against schemars: the TypeScript compiler says whether the generated types and those that
//! the JSON Schemas describe can stand for each other, in the direction in which they travel.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tautline::Errors;

use super::{
    declared::declared,
    slots::{Slot, slots},
    wire::mentioned,
};
use crate::{
    Described, Mistake,
    described::errors,
    schemas::{Direction, Schemas},
    typescript::{
        print,
        syntax::{Field, Member, Type},
        types::type_of,
    },
};

/// What generated types name of `@tautline/client`, as far as it matters here.
const LIBRARY: &str = "\
export type Problem = { code: string };
export type ProblemOf<Code extends string, Params = undefined> =
  { code: Code } & ([Params] extends [undefined] ? unknown : { params: Params });
";

/// How strictly the types are compared.
const SETTINGS: &str = r#"{
  "compilerOptions": {
    "target": "ES2022", "lib": ["ES2022", "DOM"], "types": [], "noEmit": true,
    "module": "ESNext", "moduleResolution": "Bundler",
    "strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true
  },
  "files": ["comparison.ts"]
}
"#;

/// A TypeScript compiler.
#[derive(Clone, Debug)]
pub(crate) struct Compiler {
    program: PathBuf,
}

impl Compiler {
    /// The compiler at this path: the `bin/tsc` of an npm package.
    pub(crate) fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// The one that npm has installed for a folder: in it, or in one around it.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let around = folder.ancestors().map(|it| it.join("node_modules/typescript/bin/tsc"));
        around.into_iter().find(|it| it.exists()).map(Self::at)
    }

    /// What it says of the project in a folder: a line for each error, and what belongs to it.
    fn run(&self, folder: &Path) -> Result<String, String> {
        let run = Command::new("node")
            .arg(&self.program)
            .args(["--pretty", "false", "--project"])
            .arg(folder)
            .current_dir(folder)
            .output();
        let run = run.map_err(|error| {
            format!(
                "cannot run the TypeScript compiler `{}` by `node`: {error}",
                self.program.display()
            )
        })?;
        let said = String::from_utf8_lossy(&run.stdout).into_owned();
        if run.status.success() || said.contains("error TS") {
            Ok(said)
        } else {
            let complaint = String::from_utf8_lossy(&run.stderr);
            Err(format!(
                "the TypeScript compiler `{}` failed: {said}{complaint}",
                self.program.display()
            ))
        }
    }
}

/// Compares all types of a contract. How many comparisons there were, and what they found.
///
/// # Errors
/// Why the compiler could not say.
pub(crate) fn compare(
    described: &Described,
    compiler: &Compiler,
) -> Result<(usize, Vec<Mistake>), String> {
    let cannot = |error: io::Error| format!("cannot write the comparison of the types: {error}");
    let mut comparison = Comparison::default();
    comparison.fill(described);
    let folder = tempfile::tempdir().map_err(cannot)?;
    for (name, text) in comparison.files() {
        fs::write(folder.path().join(name), text).map_err(cannot)?;
    }
    let said = compiler.run(folder.path())?;
    let mut mistakes = comparison.mistakes;
    mistakes.extend(comparison.pairs.read(&said));
    Ok((comparison.pairs.0.len(), mistakes))
}

/// The files that the compiler reads.
#[derive(Default)]
struct Comparison {
    declared: String,
    received: String,
    sent: String,
    pairs: Pairs,
    mistakes: Vec<Mistake>,
}

impl Comparison {
    fn fill(&mut self, described: &Described) {
        self.declared.push_str(LIBRARY);
        for named in described.types.all() {
            self.declared.push_str(&print::declaration(&named.name, "", &named.ty));
        }
        let slots = slots(described);
        for direction in [Direction::Received, Direction::Sent] {
            let names = self.definitions(described.schemas(direction), &slots);
            for name in names.iter().filter(|name| described.types.file_of(name).is_some()) {
                self.pairs.add(name, direction, None);
            }
        }
        for (index, slot) in slots.iter().enumerate() {
            self.slot(described, index, slot);
        }
        for errors in errors(described.contract) {
            self.errors(&described.sent, errors);
        }
    }

    /// Writes the definitions of a direction; says which of them travel that way.
    fn definitions(&mut self, schemas: &Schemas, slots: &[Slot]) -> BTreeSet<String> {
        let direction = schemas.direction();
        self.file(direction).push_str("import type { Problem } from \"./declared.js\";\n");
        let mut travelling = BTreeSet::new();
        for slot in slots.iter().filter(|slot| slot.direction == direction) {
            mentioned(schemas, &mut schemas.of(&slot.ty), &mut travelling);
        }
        // A problem is the library's own, in both worlds.
        travelling.remove("Problem");
        for name in &travelling {
            let Some(schema) = schemas.definitions().get(name) else { continue };
            self.declare(direction, name, schema);
        }
        travelling
    }

    /// A type that has no name of its own where it travels, such as a list.
    fn slot(&mut self, described: &Described, index: usize, slot: &Slot) {
        let schema = described.schemas(slot.direction).of(&slot.ty);
        if schema.get("$ref").is_some() {
            return;
        }
        let name = format!("Slot{index}");
        self.declared.push_str(&print::declaration(&name, "", &type_of(&slot.ty)));
        self.declare(slot.direction, &name, &schema);
        self.pairs.add(&name, slot.direction, Some(slot));
    }

    /// A refusal's code and parameters, as the schemas have them.
    fn errors(&mut self, sent: &Schemas, errors: &Errors) {
        let mut members = Vec::new();
        for variant in errors.variants {
            let field = |name: &str, optional, ty| Field {
                docs: String::new(),
                name: name.to_owned(),
                optional,
                ty,
            };
            let mut fields =
                vec![field("code", false, Type::Literal(format!("{:?}", variant.code)))];
            let mut params = Vec::new();
            for (name, ty) in variant.params {
                let schema = sent.of(ty);
                match declared(&schema) {
                    Ok(ty) => params.push(field(name, crate::document::accepts_null(&schema), ty)),
                    Err(said) => self.mistakes.push(Mistake::at(
                        variant.source,
                        format!("`{name}` of `{}`: {said}", variant.code),
                    )),
                }
            }
            if !params.is_empty() {
                fields.push(field("params", false, Type::Object(params)));
            }
            members.push(Member { docs: String::new(), ty: Type::Object(fields) });
        }
        self.sent.push_str(&print::declaration(errors.name, "", &Type::Union(members)));
        self.pairs.add(errors.name, Direction::Sent, None);
    }

    fn declare(&mut self, direction: Direction, name: &str, schema: &Value) {
        match declared(schema) {
            Ok(ty) => {
                let text = print::declaration(name, "", &ty);
                self.file(direction).push_str(&text);
            }
            Err(said) => {
                self.mistakes.push(Mistake::of_contract(format!("the type `{name}`: {said}")))
            }
        }
    }

    fn file(&mut self, direction: Direction) -> &mut String {
        match direction {
            Direction::Received => &mut self.received,
            Direction::Sent => &mut self.sent,
        }
    }

    fn files(&self) -> [(&'static str, String); 5] {
        [
            ("tsconfig.json", SETTINGS.to_owned()),
            ("declared.ts", self.declared.clone()),
            ("received.ts", self.received.clone()),
            ("sent.ts", self.sent.clone()),
            ("comparison.ts", self.pairs.text()),
        ]
    }
}

/// What is compared: two lines of the last file for each.
#[derive(Default)]
struct Pairs(Vec<Pair>);

struct Pair {
    name: String,
    /// The name as a message says it.
    shown: String,
    direction: Direction,
}

/// How many lines come before those of the pairs.
const IMPORTS: usize = 3;

impl Pairs {
    fn add(&mut self, name: &str, direction: Direction, slot: Option<&Slot>) {
        let shown = slot.map_or_else(|| format!("`{name}`"), |slot| slot.what.clone());
        self.0.push(Pair { name: name.to_owned(), shown, direction });
    }

    fn text(&self) -> String {
        let module = |direction| match direction {
            Direction::Received => "received",
            Direction::Sent => "sent",
        };
        let mut text = String::new();
        for name in ["declared", "received", "sent"] {
            text.push_str(&format!("import type * as {name} from \"./{name}.js\";\n"));
        }
        for (index, pair) in self.0.iter().enumerate() {
            let (ours, theirs) = (
                format!("declared.{}", pair.name),
                format!("{}.{}", module(pair.direction), pair.name),
            );
            text.push_str(&format!("export const to{index} = (it: {ours}): {theirs} => it;\n"));
            text.push_str(&format!("export const from{index} = (it: {theirs}): {ours} => it;\n"));
        }
        text
    }

    /// What the compiler said, in terms of the types.
    fn read(&self, said: &str) -> Vec<Mistake> {
        let mut by_line: BTreeMap<usize, String> = BTreeMap::new();
        let mut other = String::new();
        let mut current = None;
        for line in said.lines() {
            if !line.starts_with(' ') {
                current = line
                    .strip_prefix("comparison.ts(")
                    .and_then(|rest| rest.split_once(','))
                    .and_then(|(number, _)| number.parse().ok());
            }
            let text = match current {
                Some(number) => by_line.entry(number).or_default(),
                None => &mut other,
            };
            // Where it stands matters only for what is no comparison.
            let words = match (current, line.split_once("error ")) {
                (Some(_), Some((_, words))) => words,
                _ => line.trim(),
            };
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(words);
        }
        let mistake = |(line, said): (usize, String)| {
            let at = line.saturating_sub(IMPORTS + 1);
            let Some(pair) = self.0.get(at / 2) else { return Mistake::of_contract(said) };
            let way = match pair.direction {
                Direction::Received => "as the server receives it",
                Direction::Sent => "as the server sends it",
            };
            let what = if at.is_multiple_of(2) {
                "its TypeScript allows what its JSON Schema does not"
            } else {
                "its JSON Schema allows what its TypeScript does not"
            };
            Mistake::of_contract(format!("{}, {way}: {what}: {said}", pair.shown))
        };
        let mut mistakes: Vec<Mistake> = by_line.into_iter().map(mistake).collect();
        if !other.is_empty() {
            mistakes.push(Mistake::of_contract(format!(
                "the types of the contract do not compile: {other}"
            )));
        }
        mistakes
    }
}
