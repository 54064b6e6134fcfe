//! Organisations.

crate::closed_set! {
    /// What kind of body an organisation is. May grow; show OTHER for one that you don't know.
    pub enum OrganisationKind {
        /// A ministry, an agency, a local authority.
        Government = "GOVERNMENT",
        /// A research institute or a university.
        Research = "RESEARCH",
        /// An organisation of producers: a cooperative, a union, a farmers' or women's group.
        Producer = "PRODUCER",
        /// A company: processor, trader, supplier, service.
        Company = "COMPANY",
        /// A bank, a fund, an insurer, a microfinance institution.
        Finance = "FINANCE",
        /// A non-governmental organisation.
        Ngo = "NGO",
        /// An international or regional organisation, such as a United Nations agency.
        International = "INTERNATIONAL",
        /// None of these.
        Other = "OTHER",
    }
}
