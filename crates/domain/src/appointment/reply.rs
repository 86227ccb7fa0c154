//! What a customer answers to a text about their visit, in English and Spanish.
//!
//! The words of the line itself come first and keep their meaning: a bare "cancel" is an opt-out by law
//! (`crate::opt_out`), "cancel my appointment" is not. Then the digits that our texts name, then plain sentences.
//! Whatever is not understood goes to a person; a question that only mentions an appointment is not understood.
//!
//! Patterns see folded words (lower case, no accents, no apostrophes). To teach it a sentence, add a labelled row to
//! `tests/it/appointment_replies.rs`, then the words to the fitting pattern.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

use super::wish::{self, Said};
use crate::intent;
use crate::opt_out::{self, Wish as Keyword};

/// What is understood of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "understood", rename_all = "snake_case")]
pub enum Understood {
    /// They will come.
    Confirm,
    /// They want another time.
    Move {
        /// The day and the hour they name, if any.
        said: Said,
    },
    /// They cannot come, and do not say what they want instead.
    CannotCome,
    /// They want the visit cancelled.
    Cancel,
    /// A word of the line itself: opt-out, opt-in, help.
    Keyword(Keyword),
    /// Anything else: for a person.
    Person,
}

/// Reads a reply. Total: every string has an answer.
#[must_use]
pub fn understand(text: &str) -> Understood {
    let keyword = opt_out::classify(text);
    if keyword != Keyword::Nothing {
        return Understood::Keyword(keyword);
    }
    let line = folded(text);
    if line.is_empty() {
        let thumb = text.contains('👍') || text.contains('✅');
        return if thumb { Understood::Confirm } else { Understood::Person };
    }
    if let Some(digit) = digit_alone(&line) {
        return match digit {
            '1' => Understood::Confirm,
            '2' => Understood::Move { said: Said::default() },
            _ => Understood::Cancel,
        };
    }
    digit_and(text).unwrap_or_else(|| sentence(text, &line))
}

/// The digit of our text with words behind it that say the same: "2, Friday", "3, I will not come, sorry". None when they do
/// not: "3 people are coming" is no answer to us.
fn digit_and(text: &str) -> Option<Understood> {
    let found = DIGIT_AND.captures(text)?;
    let (digit, mark, rest) = (found.get(1)?.as_str(), found.get(2)?.as_str(), found.get(3)?.as_str());
    if digit == "2" && wish::is_bare(rest) && (wish::said(rest).day.is_some() || !mark.is_empty()) {
        return Some(Understood::Move { said: wish::said(rest) });
    }
    let line = folded(rest);
    if mark.is_empty() && !SPEAKS.is_match(&line) {
        return None;
    }
    match (digit, sentence(rest, &line)) {
        ("1", Understood::Confirm) => Some(Understood::Confirm),
        ("2", moved @ Understood::Move { .. }) => Some(moved),
        ("3", Understood::CannotCome | Understood::Cancel) => Some(Understood::Cancel),
        _ => None,
    }
}

/// A plain sentence.
fn sentence(text: &str, line: &str) -> Understood {
    if !ABOUT_ELSE.is_match(line) && !ASKED.is_match(line) {
        let said = wish::said(text);
        if CANCEL.is_match(line) {
            // Who wants it cancelled and moved wants it moved: nothing is cancelled that somebody means to keep.
            // "Can I cancel my appointment tomorrow?" is no wish to come tomorrow: only what stands beside it counts.
            let beside = CANCEL.replace_all(line, "|");
            let moves = MOVE.is_match(&beside) || ANEW.is_match(&beside);
            return if moves { Understood::Move { said } } else { Understood::Cancel };
        }
        if MOVE.is_match(line) || (BETTER.is_match(line) && !said.is_empty()) {
            return Understood::Move { said };
        }
        if CANNOT.is_match(line) {
            return Understood::CannotCome;
        }
        // "Claro que sí" is a yes although "que" asks elsewhere.
        let line = line.replace("claro que", "claro");
        if CONFIRM.is_match(&line) && !DOUBT.is_match(&line) && !text.contains('?') {
            return Understood::Confirm;
        }
    }
    Understood::Person
}

/// Whether a text is the digit by which our texts let a customer say that they come, and nothing else.
#[must_use]
pub fn is_one_alone(text: &str) -> bool {
    digit_alone(&folded(text)) == Some('1')
}

/// Whether a text is a single letter, as the question which of several visits is meant asks for.
#[must_use]
pub fn is_letter(text: &str) -> bool {
    chosen(text, super::answers::CHOICES_MAX).is_some()
}

/// The language of a text, where its words tell it. The words that everybody knows of carriers ("STOP") tell nothing.
#[must_use]
pub fn language_of(text: &str) -> Option<&'static str> {
    let line = intent::words(text).join(" ");
    if intent::hints(text).spanish || SPANISH.is_match(&line) {
        return Some("es");
    }
    (line.contains(' ') && ENGLISH.is_match(&line)).then_some("en")
}

/// Whether a text is one of the digits that our texts ask for, with nothing but courtesy around it.
#[must_use]
pub fn is_digit(text: &str) -> bool {
    digit_alone(&folded(text)).is_some()
}

/// Whether a yes is said so that it cannot be the answer to another question: with a digit, or in more than two words.
#[must_use]
pub fn is_full_yes(text: &str) -> bool {
    is_digit(text) || intent::words(text).len() > 2
}

/// The visit that a text chooses from a list of so many, by its letter: "A", "b please", "la C". The place in the list.
#[must_use]
pub fn chosen(text: &str, of: usize) -> Option<usize> {
    let line = intent::words(text).join(" ");
    let letter = LETTER.captures(&line)?.get(1)?.as_str().bytes().next()?;
    let place = usize::from(letter.checked_sub(b'a')?);
    (place < of).then_some(place)
}

fn folded(text: &str) -> String {
    intent::words(text)
        .into_iter()
        .map(|word| match word.as_str() {
            "u" => "you".to_owned(),
            "pls" | "plz" => "please".to_owned(),
            "appt" | "apt" | "appts" | "appointments" | "citas" => "appointment".to_owned(),
            "cancle" | "cancell" | "cancl" | "cansel" | "canel" => "cancel".to_owned(),
            "cnat" | "catn" | "cabt" => "cant".to_owned(),
            "thre" | "ther" => "there".to_owned(),
            "yea" | "ya" | "yess" | "ye" => "yes".to_owned(),
            _ => repaired(word),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A long word with one slip, as the patterns know it. Never "cancel": one slip makes it an illness.
fn repaired(word: String) -> String {
    const VOCABULARY: [&str; 6] =
        ["appointment", "reschedule", "different", "confirmed", "confirm", "another"];
    let slips = |known: &&str| word.len() >= 6 && intent::one_slip(&word, known);
    VOCABULARY.into_iter().find(slips).map_or_else(|| word.clone(), str::to_owned)
}

/// A text that is one of our digits with nothing but courtesy around it.
fn digit_alone(line: &str) -> Option<char> {
    DIGIT.captures(line).and_then(|found| found.get(1)).and_then(|digit| digit.as_str().chars().next())
}

#[expect(clippy::expect_used, reason = "literal patterns, each compiled by a test")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

/// The visit, in both languages.
const VISIT: &str = r"(both (of )?|all (of )?)?(my |the |this |that |our |mi |mis |la |las |esta |su |una )?((upcoming|next|proxima|\d+( ?(am|pm))?|am|pm|mon|monday|tuesday|wednesday|thursday|friday|tomorrow|tomorrows|todays) )*(appointment|visit|visita|cita|meeting|slot|time slot|reservation|reserva)";

const DAY: &str = r"(mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|lunes|martes|miercoles|jueves|viernes|sabado|domingo|next week|in (an?|\d+|one|two|three|four|(a )?couple of) (weeks?|days?)|(en|dentro de) (una?|\d+|dos|tres|cuatro) (semanas?|dias?)|proxima semana|otra semana|otro dia|afternoon|morning|later|earlier|instead|en vez|mas tarde|mas temprano|the \d+(st|nd|rd|th)";

static DIGIT: LazyLock<Regex> = LazyLock::new(|| {
    let around = r"(?:(?:please|thanks|thank you|gracias|por favor|option|opcion|number|numero|hi|hello|hola|ok|yes|si|sir|maam|sorry|so sorry|im sorry|lo siento|disculpe|perdon) ?)*";
    regex(&format!(r"^{around}([123]) ?{around}$"))
});

static SPANISH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(citas?|visitas?|cancelar|cancele|cancelen|cancela|cambiar|cambie|mover|mueva|alto|basta|parar|pare|puedo|quiero|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|hora|manden|escriban|mensajes)\b",
    )
});

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(i|my|the|we|you|it|to|please|can|could|cant|wont|will|yes|appointments?|appt|visits?|move|change|reschedule|texting|messages|me)\b",
    )
});

static LETTER: LazyLock<Regex> = LazyLock::new(|| {
    let around = r"(?:(?:please|thanks|thank you|gracias|por favor|option|opcion|letter|letra|the|la|it is|its|es|reply|visit|visita|cita|appointment|ok|yes|si) ?)*";
    regex(&format!(r"^{around}\b([a-h])\b ?{around}$"))
});

static DIGIT_AND: LazyLock<Regex> = LazyLock::new(|| regex(r"(?s)^\s*#?([123])\s*([,.:;)!-]?)\s+(.+)$"));

/// How a sentence of somebody begins that is no count of people or things.
static SPEAKS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(i|im|ill|we|well|were|yes|yep|si|ok|okay|no|not|cant|cannot|wont|please|cancel\w*|sorry|lo|perdon|ya|see|confirm\w*|thank\w*|gracias|can|could|for|para|reschedule|move|change|cambi\w*|another|otr[ao]|un|una)\b",
    )
});

/// A case, a card or a benefit is not the visit.
static ABOUT_ELSE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(cancel\w*|end|close|stop|move|change|cambi\w*) (my |the |mi |el |la |mis )?(\w+ )?(case|caso|card|tarjeta|snap|medicaid|benefits?|beneficios|coverage|stamps|estampillas|address|direccion|phone|telefono|numero|number|plan|insurance|application|solicitud|name|nombre)\b|\b(change of address|new address|who are you|doctor|dentist|was there|didnt understand|dont understand|bill|bills|rent|pantry|pantries|interview call|phone interview|hearing)\b|\b(my|mi) \w+ (cant|cannot|wont|doesnt|no puede)\b|\b(worker|she|he|they|office) (said|told|would)\b",
    )
});

/// A wish that is denied, or only asked about.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(dont|do not|didnt|did not|never|not|no|cant|should i|have to|need not|without) (ever |you |please |want (you )?to |want my \w+ |mean to |meant to |have to |la |me |quiero )*(cancel\w*|anul\w+)\b|\b(did|have|has|who|why|will|si) (you |i |my |the |it |they |we |someone |mi |la |a )*(\w+ )?(cancel\w*|confirmed)\b|\b(already|had|was|were|is|been|got|get|getting|fue|esta|han) (being |my |mi |la |the |it )*(\w+ )?(cancell?ed|confirmed|cancelad\w)\b|\b(dont|do not|no|not|never) (la |me )?(move|change|switch|reschedul\w*|mueva\w?|cambien?|reprogram\w*)\b|^(why|who|when|where|which|por que|quien|cuando|donde|cual|como) |^(what|que) (happens|if|pasa)|\b(what happens|que pasa|what if|que sucede)\b|^how (do|does|can|could|would|long|much|many|to)\b|^(if|si) (i|no|yo)\b|^(is|are|was|does|do) (my|the|this|that|i|it (true|about|ok|open|still)) ",
    )
});

static CANCEL: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"\b(cancel|cancelling|canceling|cancelar|cancele|cancelen|cancela|cancelo|cancelarla|delete|drop|call off|scrap|anular|anule|quitar|quiten) (of )?(?:{VISIT})\b|\b(please )?(cancel|cancele|cancelen) (it|la)\b|\bcancelarla\b|\b(dont|do not|no longer|wont) (even )?(need|want) (?:{VISIT})\b|\b(ya )?no (voy a )?(necesito|necesitar|quiero|ocupo|ocupar|querer) (?:{VISIT})\b|\b(want|need|like|have) (?:{VISIT}) cancell?ed\b|\b(take|remove) me (off|from) (the |your )?(schedule|calendar|book|list for)\b"
    ))
});

static MOVE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"\b(later|earlier|sooner) (time|appointment|slot|day|date|one|visit)\b|\b(switch|move|change|push) me to\b|\b(me la|la) (pasa|pase|puede pasar|puede cambiar|cambia|mueve)\b|\bprefiero\b|\b(time|day|date|that) (doesnt|does not|wont|will not) work\b|\b(switch|change|swap|cambiar) (days|times|dates|de dia|de hora)\b|\b(what|any) (other|else|more) (times?|days?|dates?|openings?)\b|\b(fit|get|squeeze) me in\b|\b(how|what) about (\w+ )?({DAY}|\d)|\bis too (early|late)\b|\bmake it \d+ (\w+ )*instead\b|\bcambio de (cita|hora|fecha|dia)\b|\b(reschedule|rescheduling|re schedule|resched|reprogram\w*|reagend\w*|aplazar|posponer|postpone)\b|\b(move|change|switch|push|bump|cambiar|cambie|cambiarla|mover|moverla|mueva|modificar) (?:(it|la|lo)\b|{VISIT}\b|(the |my |la |el |mi )?(day|date|time|hour|dia|fecha|hora|horario)\b)|\b(moved|cambiada|movida) to\b|\bse puede (mover|cambiar)\b|\b(another|different|new|other|better|otra|otro|diferente|distinta|nueva) (time|day|date|slot|hour|hora|dia|fecha|horario|cita|appointment)\b|\b(dia|hora|fecha) (diferente|distint[ao]|mejor)\b|\b(can|could|may|can we|could we|puedo|podria|podemos|would like to|id rather|id like to|i would rather|rather|prefer to|prefiero|quisiera) (i |we |do |it be )*(come|do|go|get in|make it|ir|venir)?\b ?(in )?(\w+ ){{0,3}}({DAY})\b|\b(do you have|is there|are there|any|hay|tienen) (\w+ ){{0,3}}(openings?|available|availability|lugar|espacio|anything|something|algo) (\w+ ){{0,3}}({DAY})\b|\b(anything|something|openings?) (\w+ ){{0,2}}({DAY})\b"
    ))
});

/// Besides a wish to cancel: they want a visit all the same, at another time.
static ANEW: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"\b(move|switch|bump|push|reschedul\w*|rebook|re book|book|instead|another|different|new (one|time|day|date|appointment)|come (on |in |back )*({DAY})|(can|could|may) (i|we) (come|do|go|get|have|make)|mover\w*|mueva\w*|cambi\w*|reprogram\w*|reagend\w*|pasar(la|lo)|otr[ao]|nueva (cita|hora|fecha)|en vez|(puedo|podria|podemos|quiero|quisiera) (ir|venir))\b"
    ))
});

/// Means another time where a day or an hour stands beside it.
static BETTER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(works?|would work|would be|is|sirve|conviene|queda|seria|es|viene) (much |a lot |mucho )?(better|best|mejor)\b|\bmejor (el|la|a las|por la)\b|\b(cambiarla|moverla|pasarla|(la|lo) podemos (cambiar|mover|pasar)|(puedo|podria|podemos|quisiera|quiero) (ir|venir)|se puede (el|para|a las|manana|pasado)|(can|could|may) (i|we) (come|do|go))\b",
    )
});

static CANNOT: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(im|i am|we are|were|not gonna be|wont be) not (coming|going|attending)\b|\b(cant|cannot|can not) do (that|this) (day|time|date|one)\b|\bno (me|nos) es posible (ir|asistir|llegar)\b|\bno voy a ir\b|\b(cant|cannot|can not|couldnt|wont|will not|not able to|unable to|wont be able to|not going to|not gonna) (be able to |even )?(make|come|attend|get there|get in|go|be there|be able|show|keep)\b|\bunable to (attend|come|make)\b|\bnot able to (come|make|attend|go)\b|\bno (puedo|podre|podria|voy a poder|vamos a poder|podemos|voy a|alcanzo a) (ir|asistir|llegar|venir|estar|acudir|poder)\b",
    )
});

static CONFIRM: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"^(yes|yeah|si|ok|okay) (i|we) (will|can|am|are)$|^((yes|ok|okay|i|we) )*will be there\b|^(yes|yeah|yep|yup|sure|si|claro|correct|confirmed|confirm|confirmo|confirmado|confirmada|confirmar|de acuerdo|ok si|yes sir|yes maam|y|absolutely|of course)( (yes|please|thanks|thank you|gracias|por favor|maam|sir|confirm|confirmed|claro|senor|senora|ok))*$|\b(ill|i will|well|we will|i ll|we ll) (\w+ )?(be there|come|attend|make it)\b|\bsee (you|ya|u|y all)\b|\bc you\b|\b(that|this|the) (\w+ )?(works|is fine|is good|time works)\b|\b(i|we) can (still )?(make it|come|be there|attend)\b|\b(im|i am|we are|were|still) (still )?(coming|planning on it|planning to come)\b|^(yes )?(im )?on my way\b|\b(plan|planning) (to be|on being) there\b|^(ok |yes |great |that )?(sounds|works|looks) (good|great|fine|for me)\b|^(si )?claro( si)?$|\b(i|we) confirm\b|\bconfirm(o|ed)? (mi|my|la|the) (cita|appointment|visit|visita)\b|\bcount (me|us) in\b|\b(ahi|alli|alla) (estare|estaremos|nos vemos|voy|voy a estar|vamos a estar)\b|\b(si )?(voy|vamos) a ir\b|\bsi (puedo|podemos|voy|ire|asistire|alli|ahi)\b|\bahi voy\b|\b(nos vemos)\b|\b(yes|si) confirm",
    )
});

/// Words that make a seeming yes a question or a no.
static DOUBT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\b(but|pero|not|no|cant|wont|dont|if|late|tarde|when|where|what|who|cuando|donde|que|quien)\b")
});
