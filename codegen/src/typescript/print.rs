//! Prints types and comments as Biome would: two spaces, double quotes, a hundred columns.

use super::syntax::{Field, Member, Type};

/// The widest line.
pub(crate) const WIDTH: usize = 100;

/// A declaration with its documentation: an interface for a plain object, a type alias otherwise.
pub(crate) fn declaration(name: &str, docs: &str, ty: &Type) -> String {
    let docs = comment(docs, 0);
    match ty {
        Type::Object(fields) if !fields.is_empty() => {
            format!("{docs}export interface {name} {}\n", object(fields, 0))
        }
        Type::Object(_) => format!("{docs}export type {name} = Record<string, never>;\n"),
        ty => {
            let head = format!("export type {name} =");
            format!("{docs}{head}{};\n", after(ty, 0, head.chars().count()))
        }
    }
}

/// A type on one line, without its documentation.
pub(crate) fn inline(ty: &Type) -> String {
    match ty {
        Type::Name(name) | Type::Literal(name) => name.clone(),
        Type::Array(inner) => match **inner {
            Type::Union(_) | Type::Intersection(_) => format!("({})[]", inline(inner)),
            _ => format!("{}[]", inline(inner)),
        },
        Type::Map(value) => format!("{{ [key: string]: {} }}", inline(value)),
        Type::Object(fields) if fields.is_empty() => "Record<string, never>".to_owned(),
        Type::Object(fields) => {
            let field = |field: &Field| format!("{}: {}", field_name(field), inline(&field.ty));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join("; "))
        }
        Type::Union(members) if members.is_empty() => "never".to_owned(),
        Type::Union(members) => {
            members.iter().map(|member| inline_member(&member.ty)).collect::<Vec<_>>().join(" | ")
        }
        Type::Intersection(parts) => {
            let part = |part: &Type| match part {
                Type::Union(_) => format!("({})", inline(part)),
                _ => inline(part),
            };
            parts.iter().map(part).collect::<Vec<_>>().join(" & ")
        }
        Type::Generic(name, arguments) => {
            format!("{name}<{}>", arguments.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A member of a union on one line.
fn inline_member(ty: &Type) -> String {
    match ty {
        Type::Intersection(_) => format!("({})", inline(ty)),
        _ => inline(ty),
    }
}

/// A type after `name:` or `=`, with the space or the line break before it.
fn after(ty: &Type, indent: usize, column: usize) -> String {
    let flat = inline(ty);
    if !has_docs(ty) && column + 1 + flat.chars().count() < WIDTH {
        return format!(" {flat}");
    }
    match ty {
        Type::Union(members) if members.len() > 1 => {
            members.iter().map(|member| union_line(member, indent + 2)).collect()
        }
        Type::Union(members) => members.iter().map(|it| only_member(it, indent + 2)).collect(),
        Type::Object(fields) if !fields.is_empty() => format!(" {}", object(fields, indent)),
        Type::Generic(name, arguments)
            if arguments.iter().any(has_docs) || column + flat.len() > WIDTH =>
        {
            let margin = " ".repeat(indent + 2);
            let argument = |argument: &Type| {
                let text = after(argument, indent + 2, indent + 2);
                format!("{margin}{}", text.trim_start())
            };
            let arguments: Vec<String> = arguments.iter().map(argument).collect();
            format!(" {name}<\n{}\n{}>", arguments.join(",\n"), " ".repeat(indent))
        }
        _ => format!(" {flat}"),
    }
}

fn union_line(member: &Member, indent: usize) -> String {
    let docs = comment(&member.docs, indent);
    let margin = " ".repeat(indent);
    let text = match &member.ty {
        Type::Intersection(_) => inline_member(&member.ty),
        ty => after(ty, indent + 2, indent + 2),
    };
    format!("\n{docs}{margin}| {}", text.trim_start())
}

/// A union of one has no bar.
fn only_member(member: &Member, indent: usize) -> String {
    let text = after(&member.ty, indent, indent);
    format!("\n{}{}{}", comment(&member.docs, indent), " ".repeat(indent), text.trim_start())
}

fn object(fields: &[Field], indent: usize) -> String {
    let line = |field: &Field| {
        let docs = comment(&field.docs, indent + 2);
        let head = format!("{}{}:", " ".repeat(indent + 2), field_name(field));
        format!("{docs}{head}{};\n", after(&field.ty, indent + 2, head.chars().count()))
    };
    let lines: String = fields.iter().map(line).collect();
    format!("{{\n{lines}{}}}", " ".repeat(indent))
}

fn field_name(field: &Field) -> String {
    format!("{}{}", key(&field.name), if field.optional { "?" } else { "" })
}

fn has_docs(ty: &Type) -> bool {
    match ty {
        Type::Name(_) | Type::Literal(_) => false,
        Type::Array(inner) | Type::Map(inner) => has_docs(inner),
        Type::Object(fields) => {
            fields.iter().any(|field| !field.docs.is_empty() || has_docs(&field.ty))
        }
        Type::Union(members) => members.iter().any(|it| !it.docs.is_empty() || has_docs(&it.ty)),
        Type::Intersection(parts) | Type::Generic(_, parts) => parts.iter().any(has_docs),
    }
}

/// A property's name, quoted where TypeScript asks for it.
pub(crate) fn key(name: &str) -> String {
    if is_identifier(name) { name.to_owned() } else { crate::canonical::string_text(name) }
}

/// How a property is read: `payload.sessionId`, `payload["session-id"]`.
pub(crate) fn access(object: &str, name: &str) -> String {
    if is_identifier(name) {
        format!("{object}.{name}")
    } else {
        format!("{object}[{}]", crate::canonical::string_text(name))
    }
}

fn is_identifier(name: &str) -> bool {
    let is_start = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
    name.starts_with(is_start) && name.chars().all(|c| is_start(c) || c.is_ascii_digit())
}

/// A documentation comment, or nothing. `*/` in it does not end it.
pub(crate) fn comment(docs: &str, indent: usize) -> String {
    let lines = doc_lines(docs);
    let margin = " ".repeat(indent);
    match lines.as_slice() {
        [] => String::new(),
        [line] if indent + line.chars().count() + 7 <= WIDTH => format!("{margin}/** {line} */\n"),
        lines => {
            let line = |line: &String| format!("{margin} * {line}").trim_end().to_owned() + "\n";
            format!("{margin}/**\n{}{margin} */\n", lines.iter().map(line).collect::<String>())
        }
    }
}

/// The lines of a Rust documentation, without the space after `///`, ready for a comment.
fn doc_lines(docs: &str) -> Vec<String> {
    let line = |line: &str| {
        let line = line.trim_end();
        unlink(line.strip_prefix(' ').unwrap_or(line)).replace("*/", "*\\/")
    };
    docs.trim_matches('\n').lines().map(line).skip_while(String::is_empty).collect()
}

/// Takes rustdoc's link brackets from around code: editors show them as they are.
fn unlink(line: &str) -> String {
    line.replace("[`", "`").replace("`]", "`")
}
