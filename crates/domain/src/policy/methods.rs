//! The Calculation Methods and Frequency Codes Chart, as far as memo IM-10 tells it: when the method ADD is proposed.
//!
//! The chart itself is not among the documents. Our reading until it is (AMB-IM10-ADD): ADD sums the actual amounts of the
//! month, and the prior quarter is the three months before the month of application.

use jiff::civil::Date;

/// Months of a prior quarter.
const PRIOR_MONTHS: i32 = 3;

/// Why ADD is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddReason {
    /// Income changed in the month of application (IM10-ADD-2).
    ChangeInApplicationMonth,
    /// A prior quarter month (IM10-ADD-3).
    PriorQuarterMonth,
}

impl AddReason {
    /// Every use that memo IM-10 added; it removed and altered none (IM10-ADD-4).
    pub const ADDED_BY_IM10: [Self; 2] = [Self::ChangeInApplicationMonth, Self::PriorQuarterMonth];

    /// In plain words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ChangeInApplicationMonth => "change in the month of application",
            Self::PriorQuarterMonth => "prior quarter month",
        }
    }

    /// Its clause.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::ChangeInApplicationMonth => "IM10-ADD-2",
            Self::PriorQuarterMonth => "IM10-ADD-3",
        }
    }
}

/// Months counted from the year nought, so that they can be subtracted.
fn month_number(day: Date) -> i32 {
    i32::from(day.year()) * 12 + i32::from(day.month())
}

/// Why ADD is proposed for a month, given the day of the application and the days on which income changed; none when
/// memo IM-10 gives no reason. The day within `month` does not matter.
#[must_use]
pub fn propose_add(application: Date, income_changes: &[Date], month: Date) -> Option<AddReason> {
    let before = month_number(application) - month_number(month);
    if (1..=PRIOR_MONTHS).contains(&before) {
        return Some(AddReason::PriorQuarterMonth);
    }
    let changed = income_changes.iter().any(|day| month_number(*day) == month_number(application));
    (before == 0 && changed).then_some(AddReason::ChangeInApplicationMonth)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn im10_add_2_a_change_in_the_month_of_application_proposes_add() {
        let applied = date(2021, 2, 10);
        let found = propose_add(applied, &[date(2021, 2, 18)], date(2021, 2, 1));
        assert_eq!(found.map(AddReason::words), Some("change in the month of application"));
        assert_eq!(propose_add(applied, &[date(2021, 3, 2)], date(2021, 2, 1)), None);
        assert_eq!(propose_add(applied, &[date(2020, 2, 18)], date(2021, 2, 1)), None, "a year before");
    }

    #[test]
    fn im10_add_3_each_prior_quarter_month_proposes_add() {
        let applied = date(2021, 2, 10);
        for month in [date(2020, 11, 1), date(2020, 12, 31), date(2021, 1, 15)] {
            assert_eq!(propose_add(applied, &[], month), Some(AddReason::PriorQuarterMonth));
        }
        for month in [date(2020, 10, 31), date(2021, 2, 1), date(2021, 3, 1)] {
            assert_eq!(propose_add(applied, &[], month), None);
        }
    }

    #[test]
    fn im10_add_4_two_uses_are_added_and_nothing_else() {
        assert_eq!(AddReason::ADDED_BY_IM10.map(AddReason::clause), ["IM10-ADD-2", "IM10-ADD-3"]);
    }
}
