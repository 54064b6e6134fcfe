//! One-time codes: sent by mail or SMS, or read out by a facilitator.

crate::closed_set! {
    /// What a one-time code is for. A code works for its own purpose only. May grow.
    pub enum CodePurpose {
        /// To prove that the login given at sign-up is one's own.
        VerifyLogin = "VERIFY_LOGIN",
        /// To set a new password.
        ResetPassword = "RESET_PASSWORD",
        /// To claim an account that someone else registered.
        ClaimAccount = "CLAIM_ACCOUNT",
    }
}
