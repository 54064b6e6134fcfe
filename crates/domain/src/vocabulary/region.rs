//! FAO regions.

crate::closed_set! {
    /// A region of FAO, after its regional offices. Won't grow.
    pub enum Region {
        /// Africa.
        Africa = "AFRICA",
        /// Asia and the Pacific.
        AsiaPacific = "ASIA_PACIFIC",
        /// Europe and Central Asia.
        EuropeCentralAsia = "EUROPE_CENTRAL_ASIA",
        /// Latin America and the Caribbean.
        LatinAmericaCaribbean = "LATIN_AMERICA_CARIBBEAN",
        /// Near East and North Africa.
        NearEastNorthAfrica = "NEAR_EAST_NORTH_AFRICA",
    }
}
