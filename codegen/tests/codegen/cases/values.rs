//! What is special about a type.

/// A contract whose events carry `Value`.
macro_rules! of_value {
    () => {
        /// Carries a value.
        #[tautline::namespace("/values", client = ValuesClient)]
        pub(crate) trait ValuesServer {
            /// Says it.
            #[event]
            fn say(value: Value);
        }

        /// Carries a value.
        #[tautline::namespace("/values", side = client)]
        pub(crate) trait ValuesClient {
            /// It was said.
            #[event]
            fn said(value: Value);
        }

        tautline::contract! { name: "values", version: "1.0.0", namespaces: [Values], auth: none }
    };
}

pub(crate) mod every_number {
    use tautline::{Finite, I64, SafeInt, U64, payload};

    #[payload]
    pub(crate) struct Value {
        pub(crate) byte: u8,
        pub(crate) signed: i32,
        pub(crate) unsigned: u32,
        pub(crate) fraction: Finite,
        pub(crate) safe: SafeInt,
        pub(crate) wide: U64,
        pub(crate) wide_signed: I64,
    }
    of_value!();
}

pub(crate) mod text_that_has_a_form {
    use tautline::{DateTime, Url, Utc, Uuid, payload};

    #[payload]
    pub(crate) struct Value {
        pub(crate) id: Uuid,
        pub(crate) at: DateTime<Utc>,
        pub(crate) link: Url,
    }
    of_value!();
}

pub(crate) mod missing_and_null {
    use tautline::{Patch, payload};

    #[payload]
    pub(crate) struct Value {
        pub(crate) maybe: Option<String>,
        pub(crate) list: Option<Vec<Option<u8>>>,
        pub(crate) change: Patch<String>,
    }
    of_value!();
}

pub(crate) mod lists_and_maps {
    use std::collections::BTreeMap;
    use tautline::{Json, payload};

    #[payload]
    pub(crate) struct Value {
        pub(crate) matrix: Vec<Vec<u8>>,
        pub(crate) by_name: BTreeMap<String, Vec<Item>>,
        pub(crate) anything: Json,
    }

    #[payload]
    pub(crate) struct Item {}
    of_value!();
}

pub(crate) mod names_for_values {
    use std::collections::BTreeMap;
    use tautline::payload;

    /// A name for a text.
    #[payload]
    pub(crate) struct Slug(pub(crate) String);

    #[payload]
    pub(crate) struct Labels(pub(crate) BTreeMap<String, Slug>);

    #[payload]
    pub(crate) struct Value {
        pub(crate) slug: Slug,
        pub(crate) labels: Labels,
    }
    of_value!();
}

pub(crate) mod bytes_beside_the_json {
    use tautline::{Bytes, payload};

    #[payload]
    pub(crate) struct Value {
        pub(crate) content: Bytes,
    }
    of_value!();
}

pub(crate) mod words {
    use tautline::payload;

    /// How it goes.
    #[payload]
    pub(crate) enum Mood {
        VeryCalm,
        Busy,
    }

    /// How urgent it is.
    #[payload]
    pub(crate) enum Urgency {
        /// Any day.
        Low,
        High,
    }

    #[payload]
    pub(crate) struct Value {
        pub(crate) mood: Mood,
        pub(crate) urgency: Vec<Urgency>,
    }
    of_value!();
}

pub(crate) mod objects_with_a_tag {
    use tautline::payload;

    /// One of several.
    #[payload]
    pub(crate) enum Value {
        Nothing,
        /// Some words.
        Text {
            /// The words themselves.
            body: String,
            maybe: Option<u8>,
        },
        Several {
            parts: Vec<Value>,
        },
    }
    of_value!();
}

pub(crate) mod open_enums {
    use tautline::payload;

    /// More to come.
    #[payload(open)]
    pub(crate) enum Word {
        Now,
        Later,
    }

    /// More to come.
    #[payload(open)]
    pub(crate) enum Shape {
        Nothing,
        /// Some words.
        Text {
            body: String,
        },
    }

    #[payload]
    pub(crate) struct Value {
        pub(crate) word: Word,
        pub(crate) shapes: Vec<Shape>,
    }
    of_value!();
}

pub(crate) mod a_type_that_holds_itself {
    use tautline::payload;

    #[payload]
    pub(crate) struct Value {
        pub(crate) parent: Option<Box<Value>>,
        pub(crate) children: Vec<Value>,
    }
    of_value!();
}

pub(crate) mod documentation {
    use tautline::payload;

    /// All of `src/**/*.rs` and */ the end.
    ///
    /// Two paragraphs, with a link to [`Value`] and a list:
    /// - `${x}`
    /// - "quoted"
    #[payload]
    pub(crate) struct Value {
        /** A block, which ends in the usual way. */
        pub(crate) block: String,
        #[doc = " Written out: */"]
        pub(crate) written: String,
        /// Line one.
        /// Line two.
        pub(crate) lines: String,
    }
    of_value!();
}

pub(crate) mod names_of_other_languages {
    use tautline::payload;

    #[payload]
    pub(crate) struct Value {
        pub(crate) r#type: String,
        pub(crate) class: String,
        pub(crate) constructor: String,
        pub(crate) with_a_2nd_number: String,
    }
    of_value!();
}

pub(crate) mod lines_that_are_too_long {
    use tautline::payload;

    #[payload]
    pub(crate) struct AnUncommonlyLongNameForSomethingThatIsAlmostNothing {}

    #[payload]
    pub(crate) enum Value {
        OnlyWithTheFollowingAndNothingElse {
            first: AnUncommonlyLongNameForSomethingThatIsAlmostNothing,
            second: Option<AnUncommonlyLongNameForSomethingThatIsAlmostNothing>,
        },
        Short {
            first: u8,
        },
    }
    of_value!();
}

pub(crate) mod a_problem_as_a_value {
    use tautline::{Problem, payload};

    /// What went wrong elsewhere.
    #[payload]
    pub(crate) struct Value {
        pub(crate) problem: Problem,
        pub(crate) earlier: Vec<Problem>,
    }
    of_value!();
}

pub(crate) mod constraints {
    use std::collections::BTreeMap;
    use tautline::{Finite, namespace, payload};

    #[payload]
    pub(crate) struct Slug(#[field(length(1..=40), pattern("^[a-z]+$"))] pub(crate) String);

    #[payload]
    pub(crate) struct Part {
        #[field(range(1..))]
        pub(crate) count: u32,
        #[field(range(..=10.5))]
        pub(crate) share: Finite,
        pub(crate) inner: Vec<Part>,
    }

    #[payload]
    pub(crate) struct Value {
        #[field(length(..=80))]
        pub(crate) title: Option<String>,
        #[field(items(1..))]
        pub(crate) parts: Vec<Part>,
        pub(crate) slugs: BTreeMap<String, Slug>,
        pub(crate) unbounded: u8,
        pub(crate) wide: i32,
    }

    /// What clients send is constrained.
    #[namespace("/values")]
    pub(crate) trait ValuesServer {
        /// Takes it.
        #[event]
        fn take(value: Value);
    }
    tautline::contract! { name: "constraints", version: "1.0.0", namespaces: [Values], auth: none }
}
