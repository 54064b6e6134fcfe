//! What an API token may be allowed to do.

use crate::closed_set::ClosedSet;

crate::closed_set! {
    /// A scope of an API token. Narrow on purpose; may grow.
    pub enum Scope {
        /// Read lessons, their versions and replications.
        LessonsRead = "LESSONS_READ",
        /// Write lessons on behalf of the organisation.
        LessonsWrite = "LESSONS_WRITE",
        /// See which translations of lessons are wished for, take them, and write translations.
        TranslationsWrite = "TRANSLATIONS_WRITE",
        /// Read platforms.
        PlatformsRead = "PLATFORMS_READ",
        /// Read members and appointments.
        MembersRead = "MEMBERS_READ",
        /// Read the contact directory, without contact details.
        ContactsRead = "CONTACTS_READ",
        /// Read contact details where a consent names the organisation.
        ContactsDetails = "CONTACTS_DETAILS",
        /// Read the vocabulary.
        VocabularyRead = "VOCABULARY_READ",
        /// Read introductions of the organisation.
        IntroductionsRead = "INTRODUCTIONS_READ",
        /// Read audit entries about the organisation.
        AuditRead = "AUDIT_READ",
    }
}

impl Scope {
    /// The form in which scopes are written in texts and on the command line: `lessons:read`.
    #[must_use]
    pub fn text(self) -> String {
        self.code().to_ascii_lowercase().replacen('_', ":", 1)
    }

    /// Reads either form: `lessons:read` or `LESSONS_READ`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_code(text)
            .or_else(|| Self::MEMBERS.iter().map(|m| m.value).find(|scope| scope.text() == text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_read_in_both_forms_and_in_no_other() {
        for scope in Scope::MEMBERS {
            assert_eq!(Scope::parse(scope.code), Some(scope.value));
            assert_eq!(Scope::parse(&scope.value.text()), Some(scope.value));
        }
        assert_eq!(Scope::ContactsDetails.text(), "contacts:details");
        for other in ["", "lessons", "lessons_read", "LESSONS:READ", "lessons:read ", "lessons:*"] {
            assert_eq!(Scope::parse(other), None, "{other}");
        }
    }
}
