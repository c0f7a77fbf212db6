//! A contract as a page of plain text: what people agree on, and what a snapshot test keeps.

use std::fmt;

use crate::{
    Auth, Contract, ErrorVariant, Event, EventKind, Lane, NamespaceFacts, Offline, Policy,
    RetryAfter, RoomFacts, TypeRef,
};

impl fmt::Display for Contract {
    /// The contract without its words for people: names, types and policies, a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let auth = match self.auth {
            Auth::None => "no sign-in",
            Auth::Jwt => "sign-in by JWT",
        };
        let guests = if self.guests { ", guests may connect" } else { "" };
        writeln!(f, "{} {}: {auth}{guests}", self.name, self.version)?;
        for scope in self.scopes {
            writeln!(f, "scope {scope}")?;
        }
        for flag in self.flags {
            writeln!(f, "flag {flag}")?;
        }
        for namespace in self.namespaces {
            write!(f, "\n{namespace}")?;
        }
        Ok(())
    }
}

impl fmt::Display for NamespaceFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.path)?;
        for event in self.commands {
            writeln!(f, "  client → server  {event}")?;
        }
        for event in self.events {
            writeln!(f, "  server → client  {event}")?;
        }
        for room in self.rooms() {
            writeln!(f, "  room  {room}")?;
        }
        let mut shown: Vec<&str> = Vec::new();
        for errors in self.commands.iter().chain(self.events).filter_map(|event| event.error) {
            if shown.contains(&errors.name) {
                continue;
            }
            shown.push(errors.name);
            for variant in errors.variants {
                writeln!(f, "  {}  {variant}", errors.name)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name, self.payload.map_or("", short))?;
        if self.acknowledged || self.answer.is_some() {
            write!(f, " → {}", self.answer.map_or("null", short))?;
        }
        if let Some(errors) = self.error {
            write!(f, " | {}", errors.name)?;
        }
        match self.kind {
            EventKind::Plain => {}
            EventKind::Join => write!(f, ", join")?,
            EventKind::Stream { lease_ms } => write!(f, ", stream with a lease of {lease_ms} ms")?,
            EventKind::Question { expires_ms } => write!(f, ", question for {expires_ms} ms")?,
        }
        write!(f, ", {}", self.policy)
    }
}

impl fmt::Display for Policy {
    /// What is not as [`Policy::DEFAULT`] has it, after the delivery.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let default = Self::DEFAULT;
        write!(f, "{}", self.delivery.as_str())?;
        for room in self.rooms {
            write!(f, ", room {}", room.name)?;
        }
        match self.lane {
            Lane::Room => {}
            Lane::Named(name) => write!(f, ", lane {name}")?,
            Lane::None => write!(f, ", no lane")?,
        }
        for scope in self.scopes {
            write!(f, ", scope {scope}")?;
        }
        if self.guests {
            write!(f, ", guests")?;
        }
        match self.offline {
            Offline::Queue { ttl_ms } => write!(f, ", waits offline for {ttl_ms} ms")?,
            Offline::Drop => write!(f, ", dropped offline")?,
            Offline::Fail => {}
        }
        if self.timeout_ms != default.timeout_ms {
            write!(f, ", within {} ms", self.timeout_ms)?;
        }
        if self.max_bytes != default.max_bytes {
            write!(f, ", at most {} bytes", self.max_bytes)?;
        }
        if self.window_ms != default.window_ms {
            write!(f, ", remembered for {} ms", self.window_ms)?;
        }
        if let Some(rate) = self.rate {
            write!(f, ", {} in {} ms", rate.count, rate.per_ms)?;
        }
        if self.cost != default.cost {
            write!(f, ", costs {}", self.cost)?;
        }
        if let Some(flag) = self.flag {
            write!(f, ", flag {flag}")?;
        }
        if self.deprecated.is_some() {
            write!(f, ", deprecated")?;
        }
        Ok(())
    }
}

impl fmt::Display for RoomFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.pattern)?;
        if let Some(count) = self.retention.count {
            write!(f, ", keeps {count} events")?;
        }
        if let Some(age_ms) = self.retention.age_ms {
            write!(f, ", for {age_ms} ms")?;
        }
        if let Some(presence) = self.presence {
            write!(f, ", presence {}", short(presence))?;
        }
        if self.receipts {
            write!(f, ", receipts")?;
        }
        Ok(())
    }
}

impl fmt::Display for ErrorVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, {}, {}", self.code, self.category, self.severity, self.action)?;
        match self.after {
            RetryAfter::Unset => {}
            RetryAfter::Fixed(ms) => write!(f, " after {ms} ms")?,
            RetryAfter::Field(field) => write!(f, " after {field}")?,
        }
        for (name, ty) in self.params {
            write!(f, ", {name}: {}", short(*ty))?;
        }
        Ok(())
    }
}

/// The type's own name, without the path to it.
fn short(ty: TypeRef) -> &'static str {
    let name = ty.rust_name();
    match name.split_once('<') {
        Some(_) => name,
        None => name.rsplit("::").next().unwrap_or(name),
    }
}
