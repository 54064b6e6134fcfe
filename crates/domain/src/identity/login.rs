//! Logins: an e-mail address, a phone number or a short name.

crate::closed_set! {
    /// What a login is. May grow.
    pub enum LoginKind {
        /// An e-mail address, with a password.
        Email = "EMAIL",
        /// A phone number in international form (E.164), with a password or a PIN.
        Phone = "PHONE",
        /// A short name for someone with neither, with a PIN.
        ShortName = "SHORT_NAME",
    }
}
