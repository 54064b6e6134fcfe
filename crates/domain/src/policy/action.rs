//! Actions, the rules for them, and the reasons for a no.

use super::expr::Expr;

crate::closed_set! {
    /// Something that can be done with a record. May grow.
    pub enum Action {
        /// Change its content.
        Update = "UPDATE",
        /// Hand a draft in for review.
        Submit = "SUBMIT",
        /// Take a submitted version up for review.
        StartReview = "START_REVIEW",
        /// Take part in the conversation of a review.
        Comment = "COMMENT",
        /// Send a version back to its author.
        RequestChanges = "REQUEST_CHANGES",
        /// Publish a version, or a contact card.
        Publish = "PUBLISH",
        /// Take back a published record, a translation, or the wish for one.
        Withdraw = "WITHDRAW",
        /// Begin a new version of a published lesson.
        Revise = "REVISE",
        /// Endorse for the own country.
        Endorse = "ENDORSE",
        /// Plan a replication.
        Replicate = "REPLICATE",
        /// Translate a published lesson.
        Translate = "TRANSLATE",
        /// Say that a translation is right.
        Review = "REVIEW",
        /// Ask for a translation of a published lesson.
        RequestTranslation = "REQUEST_TRANSLATION",
        /// Take a translation that is wished for, to make it.
        Take = "TAKE",
        /// Give back what was taken.
        Release = "RELEASE",
        /// Say what was seen of a replication so far.
        RecordTrial = "RECORD_TRIAL",
        /// Advance a platform to another stage.
        Advance = "ADVANCE",
        /// Invite someone to a platform.
        Invite = "INVITE",
        /// Ask to become a member.
        RequestMembership = "REQUEST_MEMBERSHIP",
        /// Ask that an organisation become a member.
        RequestForOrganisation = "REQUEST_FOR_ORGANISATION",
        /// Decide about a request for membership.
        Approve = "APPROVE",
        /// Decline a request, an introduction, or to be a co-author or a manager.
        Decline = "DECLINE",
        /// Accept an invitation, an introduction, or to be a co-author or a manager.
        Accept = "ACCEPT",
        /// Change a member's role.
        ChangeRole = "CHANGE_ROLE",
        /// Suspend a membership or an account.
        Suspend = "SUSPEND",
        /// End a suspension.
        Reinstate = "REINSTATE",
        /// Leave a platform.
        Leave = "LEAVE",
        /// Register someone who has no account, and record on their behalf.
        RegisterMember = "REGISTER_MEMBER",
        /// Write a lesson for a platform.
        DraftLesson = "DRAFT_LESSON",
        /// Read out a one-time code to someone who was registered.
        IssueSignInCode = "ISSUE_SIGN_IN_CODE",
        /// Appoint to an office.
        Appoint = "APPOINT",
        /// End an appointment.
        EndAppointment = "END_APPOINTMENT",
        /// Create a record of this type.
        Create = "CREATE",
        /// Verify an organisation, or what is said of a replication that is concluded.
        Verify = "VERIFY",
        /// Clear an organisation for the use of the API.
        Clear = "CLEAR",
        /// Name and remove managers of an organisation.
        ManageManagers = "MANAGE_MANAGERS",
        /// Create, rotate and revoke API tokens.
        ManageTokens = "MANAGE_TOKENS",
        /// Ask for an introduction.
        RequestIntroduction = "REQUEST_INTRODUCTION",
        /// Take a contact card out of the directory.
        Retire = "RETIRE",
        /// Grant or withdraw consent to show contact details.
        ManageConsent = "MANAGE_CONSENT",
        /// See the contact details.
        ReadDetails = "READ_DETAILS",
        /// Import and change the vocabulary.
        ManageVocabulary = "MANAGE_VOCABULARY",
    }
}

crate::closed_set! {
    /// Why an action is not open to the viewer. May grow.
    pub enum Reason {
        /// Your role doesn't include it.
        NotAllowed = "NOT_ALLOWED",
        /// Sign in first.
        SignInNeeded = "SIGN_IN_NEEDED",
        /// An active membership with more than the role of an observer is needed.
        MembershipNeeded = "MEMBERSHIP_NEEDED",
        /// The record's state doesn't allow it.
        WrongState = "WRONG_STATE",
        /// Nobody reviews what they, or an organisation of theirs, have a part in.
        ConflictOfInterest = "CONFLICT_OF_INTEREST",
        /// Only a reviewer of the owning country, its region or the secretariat may.
        NotAReviewer = "NOT_A_REVIEWER",
        /// The owning country has a reviewer without a conflict of interest, who comes first.
        CountryReviewsFirst = "COUNTRY_REVIEWS_FIRST",
        /// The focal point of the owning country's region has no conflict of interest, and comes before the secretariat.
        RegionReviewsFirst = "REGION_REVIEWS_FIRST",
        /// Only a national focal point may, for the own country.
        NotAFocalPoint = "NOT_A_FOCAL_POINT",
        /// The person has an office, an organisation or work in a platform, and signs in by their own means alone.
        OfficeHolder = "OFFICE_HOLDER",
        /// A facilitator can't be managed by another facilitator.
        PeerFacilitator = "PEER_FACILITATOR",
        /// The platform would be left without a facilitator: make someone else one first.
        LastFacilitator = "LAST_FACILITATOR",
        /// It is done already, or a request of yours waits for an answer.
        AlreadyDone = "ALREADY_DONE",
        /// Only the person concerned may.
        NotYours = "NOT_YOURS",
        /// The token lacks the scope.
        MissingScope = "MISSING_SCOPE",
        /// No valid consent.
        NoConsent = "NO_CONSENT",
    }
}

/// One condition of an action and the reason given where it doesn't hold.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// What must hold.
    pub holds: Expr,
    /// What is said otherwise.
    pub otherwise: Reason,
}

impl Clause {
    /// What is said where it doesn't hold: to nobody in particular that signing in may help, wherever
    /// it may.
    #[must_use]
    pub fn reason(&self, anonymous: bool) -> Reason {
        if anonymous && self.holds.asks_viewer() { Reason::SignInNeeded } else { self.otherwise }
    }
}

/// An action and all its conditions; the first that doesn't hold gives the reason.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The action.
    pub action: Action,
    /// Its conditions, most telling first.
    pub clauses: &'static [Clause],
}

/// Who may read a kind of record, and do what with it.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The name of the type.
    pub subject: &'static str,
    /// Who may know that a record is there and read it.
    pub read: Expr,
    /// Who may do what; an action not named is denied.
    pub rules: &'static [Rule],
}
