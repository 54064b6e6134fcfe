//! The codes by which a client tells one refused write from another.

use crate::lessons::AttachmentRefusal;
use crate::policy::Reason;

crate::closed_set! {
    /// Why an input of a mutation was refused. May grow; show the message for one that you don't know.
    pub enum ErrorCode {
        /// A value is needed here.
        Required = "REQUIRED",
        /// The value isn't of the form that is wanted; the message says which.
        Invalid = "INVALID",
        /// Not an id of the type wanted here, or one that can't be used.
        InvalidId = "INVALID_ID",
        /// There is no such record, or none that you may see.
        NotFound = "NOT_FOUND",
        /// The text isn't in Unicode normalisation form C.
        NotNfc = "NOT_NFC",
        /// A control character, or a line break where one line is wanted.
        ControlCharacter = "CONTROL_CHARACTER",
        /// A character that changes the direction of writing.
        DirectionOverride = "DIRECTION_OVERRIDE",
        /// A code point that is no character.
        Noncharacter = "NONCHARACTER",
        /// Too long; the message says how long it may be.
        TooLong = "TOO_LONG",
        /// Too short; the message says how long it has to be.
        TooShort = "TOO_SHORT",
        /// Too many values in a list, or too many records of a kind.
        TooMany = "TOO_MANY",
        /// The record was changed meanwhile: see `conflict`.
        StaleRevision = "STALE_REVISION",
        /// The id is in use with another content, or the same thing is there already.
        Conflict = "CONFLICT",
        /// The `mutationId` was used before with another input.
        MutationIdReused = "MUTATION_ID_REUSED",
        /// Sign in first.
        SignInNeeded = "SIGN_IN_NEEDED",
        /// You may see the record, but not do this with it.
        Forbidden = "FORBIDDEN",
        /// An active membership with more than the role of an observer is needed.
        MembershipNeeded = "MEMBERSHIP_NEEDED",
        /// The record's state doesn't allow it.
        WrongState = "WRONG_STATE",
        /// Nobody reviews what they, or an organisation of theirs, have a part in.
        ConflictOfInterest = "CONFLICT_OF_INTEREST",
        /// Only a reviewer of the owning country, its region or the secretariat may.
        NotAReviewer = "NOT_A_REVIEWER",
        /// A facilitator can't be managed by another facilitator.
        PeerFacilitator = "PEER_FACILITATOR",
        /// The platform would be left without a facilitator.
        LastFacilitator = "LAST_FACILITATOR",
        /// The organisation would be left without a manager.
        LastManager = "LAST_MANAGER",
        /// Only the person concerned may.
        NotYours = "NOT_YOURS",
        /// The token lacks the scope, or its organisation isn't cleared for it.
        MissingScope = "MISSING_SCOPE",
        /// Consent of the person concerned is needed.
        ConsentRequired = "CONSENT_REQUIRED",
        /// Parts of the lesson are still missing: see `missingForSubmission`.
        MissingFields = "MISSING_FIELDS",
        /// The file's content is of no type that is taken, or isn't of the type that it was said to be.
        FileType = "FILE_TYPE",
        /// The file is larger than files of its kind may be.
        FileTooLarge = "FILE_TOO_LARGE",
        /// The file can't be read: broken, cut short, encrypted, or with more in it than is taken.
        FileUnreadable = "FILE_UNREADABLE",
        /// Your files take as much room as they may, or would with this one.
        QuotaExceeded = "QUOTA_EXCEEDED",
        /// Login and password don't belong together, or the account can't sign in.
        InvalidCredentials = "INVALID_CREDENTIALS",
        /// The login has to be proven with a one-time code first: see `verifyLogin` and `requestPasswordReset`.
        LoginNotVerified = "LOGIN_NOT_VERIFIED",
        /// The code is wrong, used or expired.
        InvalidCode = "INVALID_CODE",
        /// The refresh token is unknown, used or expired: sign in again.
        InvalidRefreshToken = "INVALID_REFRESH_TOKEN",
        /// The password or PIN is too easy to guess; the message says why.
        WeakPassword = "WEAK_PASSWORD",
        /// Too many at a time, or too many wrong attempts: try again later.
        TryLater = "TRY_LATER",
    }
}

impl From<AttachmentRefusal> for ErrorCode {
    fn from(refusal: AttachmentRefusal) -> Self {
        match refusal {
            AttachmentRefusal::Type => Self::FileType,
            AttachmentRefusal::TooLarge => Self::FileTooLarge,
            AttachmentRefusal::Unreadable => Self::FileUnreadable,
        }
    }
}

impl From<Reason> for ErrorCode {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::NotAllowed | Reason::NotAFocalPoint | Reason::OfficeHolder => Self::Forbidden,
            Reason::SignInNeeded => Self::SignInNeeded,
            Reason::MembershipNeeded => Self::MembershipNeeded,
            Reason::WrongState => Self::WrongState,
            Reason::ConflictOfInterest => Self::ConflictOfInterest,
            Reason::NotAReviewer | Reason::CountryReviewsFirst | Reason::RegionReviewsFirst => {
                Self::NotAReviewer
            }
            Reason::PeerFacilitator => Self::PeerFacilitator,
            Reason::LastFacilitator => Self::LastFacilitator,
            Reason::AlreadyDone => Self::Conflict,
            Reason::NotYours => Self::NotYours,
            Reason::MissingScope => Self::MissingScope,
            Reason::NoConsent => Self::ConsentRequired,
        }
    }
}
