//! Unit tests of the parts: folding, cutting, numbers, the lexicon, clauses.

use super::clauses::sentences;
use super::fold::fold;
use super::lexicon::{self as lex, lexicon};
use super::tokens::{Kind, Token, read};
use super::{Allowed, FindingKind, screen_outgoing};

fn words(text: &str) -> Vec<String> {
    read(text).tokens.into_iter().map(|t| t.text).collect()
}

fn kinds(text: &str) -> Vec<Kind> {
    read(text).tokens.into_iter().map(|t| t.kind).collect()
}

fn folded(text: &str) -> String {
    fold(text).iter().map(|item| item.ch).collect()
}

#[test]
fn look_alikes_and_invisible_characters_fold_away() {
    assert_eq!(folded("Ａｐｐｒｏｖｅｄ"), "approved");
    assert_eq!(folded("аpprоved"), "approved");
    assert_eq!(folded("clo\u{200b}sed"), "closed");
    assert_eq!(folded("١٢٣ ①②③ 1️⃣"), "123 123 1");
    assert_eq!(folded("solicitación"), "solicitacion");
}

#[test]
fn places_point_into_the_text_as_given() {
    let text = "é\u{200b}é 123-45-6789";
    let token: Vec<Token> = read(text).tokens.into_iter().filter(|t| t.kind == Kind::Number).collect();
    assert_eq!(&text[token[0].start..token[2].end], "123-45-6789");
}

#[test]
fn spoken_numbers_become_digits() {
    assert_eq!(words("two hundred ninety one dollars"), ["291", "dollars"]);
    assert_eq!(words("forty five sixty seven"), ["45", "67"]);
    assert_eq!(
        words("doscientos noventa y un dolares para su caso"),
        ["291", "dolares", "para", "su", "caso"]
    );
    assert_eq!(words("3 hundred 8"), ["308"]);
    assert_eq!(words("that one is fine"), ["that", "one", "is", "fine"]);
}

#[test]
fn shapes_are_told_apart() {
    assert_eq!(kinds("855-684-9242"), [Kind::Phone]);
    assert_eq!(kinds("65102-2700"), [Kind::Zip]);
    assert_eq!(kinds("3/4/1980"), [Kind::Date]);
    assert_eq!(kinds("$1,204.50"), [Kind::Money]);
    assert_eq!(kinds("10:15"), [Kind::Time]);
    assert_eq!(kinds("mydss.mo.gov/apply"), [Kind::Name]);
    assert!(!kinds("123-45-6789").contains(&Kind::Phone));
}

#[test]
fn typing_errors_of_status_words_are_mended_and_plain_words_left() {
    assert_eq!(lexicon().typo_of("deneid"), Some("denied"));
    assert_eq!(lexicon().typo_of("rejcted"), Some("rejected"));
    assert_eq!(words("your case was cl0sed")[3], "closed");
    assert_eq!(words("a p p r o v e d"), ["approved"]);
    assert!(!read("we looked at the closet").tokens.iter().any(|t| t.is(lex::STATE)));
}

#[test]
fn questions_conditions_and_statements_are_told_apart() {
    let asserted = |text: &str| {
        let reading = read(text);
        sentences(&reading.tokens).iter().any(|s| !s.conditional && s.clauses.iter().any(|c| c.asserted()))
    };
    assert!(!asserted("Was your application denied?"));
    assert!(!asserted("when did you apply"));
    assert!(!asserted("if it was approved"));
    assert!(!asserted("¿Le negaron el caso?"));
    assert!(asserted("It was approved"));
    assert!(asserted("Your case was closed, right?"));
}

#[test]
fn si_is_yes_or_if() {
    let refused = |text: &str| !screen_outgoing(text, &[], &Allowed::default()).is_empty();
    assert!(refused("Sí, fue aprobada"));
    assert!(refused("si lo aprobaron"));
    assert!(!refused("Si fue aprobada, le llega una carta"));
}

#[test]
fn one_text_may_hold_several_kinds() {
    let text = "Your case was approved, you get $291. SSN 123-45-6789";
    let found: Vec<FindingKind> =
        screen_outgoing(text, &[], &Allowed::default()).into_iter().map(|f| f.kind).collect();
    assert!(found.contains(&FindingKind::CaseStatus));
    assert!(found.contains(&FindingKind::BenefitAmount));
    assert!(found.contains(&FindingKind::SocialSecurityNumber));
}
