//! The Economic Impact Payment that memo IM-04 is about: what amount is to be expected, and for which programmes the rule
//! is there (IM04-MEMO-4). A reported amount above the expected one is a prompt to look again; it never overrides.

/// Programmes for which the rule is registered (IM04-MEMO-4).
pub const PROGRAMMES: [&str; 4] = ["SNAP", "TA", "CC", "MHN"];

/// A payment to one person, in cents (IM04-EIP-1).
const PER_PERSON: i64 = 60_000;
/// The payment falls by one cent for each of these many cents above the threshold (five percent).
const CENTS_PER_CENT: i64 = 20;

/// How taxes are filed. Any other way is for a person to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filing {
    /// Single.
    Single,
    /// Head of household.
    HeadOfHousehold,
    /// Married, filing jointly.
    MarriedJoint,
}

impl Filing {
    /// Adjusted gross income from which the payment falls, in cents.
    const fn threshold(self) -> i64 {
        match self {
            Self::Single => 7_500_000,
            Self::HeadOfHousehold => 11_250_000,
            Self::MarriedJoint => 15_000_000,
        }
    }

    const fn adults(self) -> i64 {
        match self {
            Self::Single | Self::HeadOfHousehold => 1,
            Self::MarriedJoint => 2,
        }
    }
}

/// What is known of the people who file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filers {
    /// How they file.
    pub filing: Filing,
    /// Qualifying children.
    pub children: u8,
    /// Adjusted gross income in cents; 0 for people who do not file or have no income.
    pub income: i64,
    /// Citizen or resident alien, no dependent of another taxpayer, with a Social Security number valid for work.
    pub eligible: bool,
}

/// What is to be expected, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Before the reduction.
    pub base: i64,
    /// What the payment falls by.
    pub reduction: i64,
    /// The payment.
    pub payment: i64,
    /// Income from which there is no payment.
    pub phase_out: i64,
}

/// The expected payment, or none when the rule is not registered for the programme.
#[must_use]
pub fn expected(programme: &str, filers: &Filers) -> Option<Expected> {
    if !PROGRAMMES.contains(&programme) {
        return None;
    }
    let persons = filers.filing.adults() + i64::from(filers.children);
    let base = PER_PERSON * persons;
    let excess = (filers.income - filers.filing.threshold()).max(0);
    // Half up, to the cent; the reduction itself is exact only to a twentieth of a cent.
    let payment = (base * CENTS_PER_CENT - excess + CENTS_PER_CENT / 2).max(0) / CENTS_PER_CENT;
    Some(Expected {
        base,
        reduction: excess / CENTS_PER_CENT,
        payment: if filers.eligible { payment } else { 0 },
        phase_out: filers.filing.threshold() + base * CENTS_PER_CENT,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filers(filing: Filing, dollars: i64, children: u8) -> Filers {
        Filers { filing, children, income: dollars * 100, eligible: true }
    }

    #[test]
    fn im04_memo_4_the_rule_is_there_for_four_programmes_and_no_other() {
        let one = filers(Filing::Single, 0, 0);
        for programme in ["SNAP", "TA", "CC", "MHN"] {
            assert_eq!(expected(programme, &one).map(|found| found.payment), Some(60_000));
        }
        assert_eq!(expected("LIHEAP", &one), None);
    }

    #[test]
    fn im04_eip_the_worked_cases_of_the_catalogue_come_out() {
        use Filing::{HeadOfHousehold, MarriedJoint, Single};
        for (filing, income, children, base, payment, phase_out) in [
            (Single, 75_000, 0, 60_000, 60_000, 8_700_000),
            (Single, 75_001, 0, 60_000, 59_995, 8_700_000),
            (Single, 87_000, 0, 60_000, 0, 8_700_000),
            (HeadOfHousehold, 112_500, 1, 120_000, 120_000, 13_650_000),
            (HeadOfHousehold, 120_000, 1, 120_000, 82_500, 13_650_000),
            (MarriedJoint, 150_000, 2, 240_000, 240_000, 19_800_000),
            (MarriedJoint, 173_999, 0, 120_000, 5, 17_400_000),
            (MarriedJoint, 500_000, 0, 120_000, 0, 17_400_000),
        ] {
            let found = expected("SNAP", &filers(filing, income, children)).expect("registered");
            assert_eq!(
                (found.base, found.payment, found.phase_out),
                (base, payment, phase_out),
                "{filing:?} {income}"
            );
        }
        let not = Filers { eligible: false, ..filers(Single, 5_000, 0) };
        assert_eq!(expected("TA", &not).map(|found| found.payment), Some(0));
    }
}
