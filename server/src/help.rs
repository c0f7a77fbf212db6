//! Where the page of a code is, so that a problem can point to it. The pages are those of `cargo contract
//! write`; where an application shows them is its own affair.

use std::borrow::Cow;
use std::sync::Arc;

use tautline::Problem;

/// What stands for the code in the address of a page.
pub(crate) const CODE: &str = "{code}";

/// Where the pages are, if there are any.
#[derive(Clone, Debug, Default)]
pub(crate) struct HelpPages(Option<Arc<str>>);

impl HelpPages {
    pub(crate) fn new(pages: Option<&str>) -> Self {
        Self(pages.map(Arc::from))
    }

    /// Points to the page, unless whoever made the problem has named another one.
    pub(crate) fn fill(&self, problem: &mut Problem) {
        if problem.help.is_none() {
            problem.help = self.of(&problem.code);
        }
    }

    /// The same problem, pointing to its page. Costs nothing where there are none.
    pub(crate) fn on<'a>(&self, problem: &'a Problem) -> Cow<'a, Problem> {
        if self.0.is_none() || problem.help.is_some() {
            return Cow::Borrowed(problem);
        }
        let mut problem = problem.clone();
        self.fill(&mut problem);
        Cow::Owned(problem)
    }

    fn of(&self, code: &str) -> Option<String> {
        let pages = self.0.as_ref()?;
        // A handler may make codes up, which have no page and could be anything.
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        code.bytes().all(is_name).then(|| pages.replace(CODE, code))
    }
}

#[cfg(test)]
mod tests {
    use tautline::LibraryCode;

    use super::*;

    #[test]
    fn a_page_that_was_named_stays_and_what_is_no_code_has_none() {
        let pages = HelpPages::new(Some("https://a.org/errors/{code}.md"));
        let mut own = LibraryCode::Banned.problem();
        own.help = Some("https://a.org/why".to_owned());
        let mut invented = LibraryCode::Banned.problem();
        invented.code = "../../etc".to_owned();

        assert_eq!(pages.on(&own).help.as_deref(), Some("https://a.org/why"));
        assert_eq!(pages.on(&invented).help, None);
        assert_eq!(HelpPages::default().on(&LibraryCode::Banned.problem()).help, None);
    }
}
