//! What was found: a figure of each round, and what it must reach.

/// A bound that a figure must keep.
#[derive(Clone, Copy, Debug)]
pub enum Must {
    Reach(f64),
    NotExceed(f64),
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub name: String,
    pub unit: &'static str,
    /// One value of each round.
    pub values: Vec<f64>,
    pub must: Option<Must>,
}

impl Finding {
    pub fn new(name: impl Into<String>, unit: &'static str, values: Vec<f64>, must: Option<Must>) -> Self {
        Self { name: name.into(), unit, values, must }
    }

    /// The ratios of the rounds.
    pub fn ratio(name: impl Into<String>, one: &[f64], other: &[f64], must: impl Into<Option<Must>>) -> Self {
        let values = one.iter().zip(other).map(|(one, other)| one / other).collect();
        Self::new(name, "×", values, must.into())
    }

    pub fn median(&self) -> f64 {
        median(&self.values)
    }

    /// Whether the median keeps the bound.
    pub fn reached(&self) -> Option<bool> {
        self.must.map(|must| match must {
            Must::Reach(least) => self.median() >= least,
            Must::NotExceed(most) => self.median() <= most,
        })
    }

    /// The median and the range, as `1.23 (1.10–1.40)`.
    pub fn text(&self) -> String {
        let (least, most) = range(&self.values);
        let unit = if self.unit == "×" { String::new() } else { format!(" {}", self.unit) };
        if self.values.len() < 2 {
            return format!("{}{unit}", short(self.median()));
        }
        format!("{}{unit} ({}–{})", short(self.median()), short(least), short(most))
    }
}

impl Must {
    pub fn text(self, unit: &str) -> String {
        let unit = if unit == "×" { String::new() } else { format!(" {unit}") };
        match self {
            Self::Reach(least) => format!("≥ {}{unit}", short(least)),
            Self::NotExceed(most) => format!("≤ {}{unit}", short(most)),
        }
    }
}

/// The middle one.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

pub fn range(values: &[f64]) -> (f64, f64) {
    (values.iter().copied().fold(f64::INFINITY, f64::min), values.iter().copied().fold(0.0, f64::max))
}

/// Three digits that count.
pub fn short(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}
