//! Amounts of money: a decimal number in a currency of ISO 4217, kept as a whole number of its
//! smallest unit, so that both databases give the same sums.

use std::fmt;
use std::str::FromStr;

/// A currency of ISO 4217, by its code, such as `BDT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    exponent: usize,
}

/// Not the code of a currency in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of a currency in use (ISO 4217), such as BDT or USD")]
pub struct CurrencyError;

/// Currencies in use, by the number of decimals of their smallest unit. Codes for funds, precious
/// metals and tests are left out.
const CURRENCIES: &[(usize, &str)] = &[
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
    (
        2,
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
         CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL \
         HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP \
         MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD \
         SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS \
         VED VES WST XCD XCG YER ZAR ZMW ZWG",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
];

impl Currency {
    /// Its code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals its smallest unit has.
    #[must_use]
    pub const fn exponent(self) -> usize {
        self.exponent
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        CURRENCIES
            .iter()
            .flat_map(|(exponent, codes)| codes.split(' ').map(|code| Self { code, exponent: *exponent }))
            .find(|currency| currency.code == text)
            .ok_or(CurrencyError)
    }
}

/// An amount of a currency, not below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    currency: Currency,
    minor: i64,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number without a sign.
    #[error("not an amount such as 1250.50")]
    Malformed,
    /// Parts of the smallest unit.
    #[error("{} has no more than {} decimals", .0.code(), .0.exponent())]
    TooPrecise(Currency),
    /// More than is counted here.
    #[error("the amount is too great")]
    TooGreat,
}

impl Money {
    /// The greatest number of smallest units: sums of many of them still fit.
    const MOST: i64 = 1_000_000_000_000_000;

    /// Reads an amount. Zeros beyond the currency's decimals are let pass.
    ///
    /// # Errors
    /// [`AmountError`]
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, AmountError> {
        let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return Err(AmountError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > currency.exponent {
            return Err(AmountError::TooPrecise(currency));
        }
        let padded = format!("{whole}{fraction:0<width$}", width = currency.exponent);
        match padded.trim_start_matches('0') {
            "" => Ok(Self { currency, minor: 0 }),
            digits => digits
                .parse()
                .ok()
                .filter(|minor| *minor <= Self::MOST)
                .map(|minor| Self { currency, minor })
                .ok_or(AmountError::TooGreat),
        }
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The number of smallest units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }
}

/// The amount as a decimal number, with all of the currency's decimals and without the currency.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent;
        let digits = format!("{:0>width$}", self.minor, width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 { f.write_str(whole) } else { write!(f, "{whole}.{fraction}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_kept_in_the_smallest_unit_of_its_currency() {
        for (amount, currency, minor, shown) in [
            ("1250.50", "BDT", 125_050, "1250.50"),
            ("1250.5", "BDT", 125_050, "1250.50"),
            ("1250", "BDT", 125_000, "1250.00"),
            ("007.10000", "USD", 710, "7.10"),
            ("0", "USD", 0, "0.00"),
            ("0.05", "EUR", 5, "0.05"),
            ("1500", "XOF", 1_500, "1500"),
            ("1500.0", "XOF", 1_500, "1500"),
            ("1.234", "TND", 1_234, "1.234"),
            ("10000000000000.00", "USD", 1_000_000_000_000_000, "10000000000000.00"),
        ] {
            let money = Money::parse(amount, currency.parse().unwrap()).unwrap();
            assert_eq!((money.minor(), money.to_string().as_str()), (minor, shown), "{amount} {currency}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let usd: Currency = "USD".parse().unwrap();
        for (amount, error) in [
            ("", AmountError::Malformed),
            ("-1", AmountError::Malformed),
            ("1e3", AmountError::Malformed),
            ("1.", AmountError::Malformed),
            (".5", AmountError::Malformed),
            ("1,5", AmountError::Malformed),
            ("٣", AmountError::Malformed),
            ("1.005", AmountError::TooPrecise(usd)),
            ("10000000000000.01", AmountError::TooGreat),
            ("99999999999999999999999", AmountError::TooGreat),
        ] {
            assert_eq!(Money::parse(amount, usd), Err(error), "{amount}");
        }
        assert_eq!(
            Money::parse("0.5", "JPY".parse().unwrap()).unwrap_err().to_string(),
            "JPY has no more than 0 decimals"
        );
    }

    #[test]
    fn a_currency_is_named_by_its_code_alone() {
        for bad in ["", "usd", "US", "USDT", "XXX", "XAU", "USD EUR", " "] {
            assert_eq!(Currency::from_str(bad), Err(CurrencyError), "{bad}");
        }
        let all: Vec<&str> = CURRENCIES.iter().flat_map(|(_, codes)| codes.split(' ')).collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len(), "each is listed once");
        assert!(all.iter().all(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())));
    }
}
