//! Rules of policy that the memos bring as something to compute. They advise; nobody's eligibility changes by them.
//!
//! To add a rule: a file of its own, with the clauses it rests on, and its place in the calculators' page.

pub mod impact_payment;
pub mod methods;
