//! Whether a customer's text asks us to stop texting, to start again, or for the HELP notice.
//!
//! Owns the reading of the words. Does not own what follows: the one confirmation, the refusal of later replies,
//! the auto-reply. Since 2025-04-11 U.S. rules (47 CFR 64.1200(a)(10)) take stop, quit, end, revoke, opt out,
//! cancel and unsubscribe as a withdrawal by themselves, and any other words that a reasonable person would
//! understand as one; no exclusive form may be demanded and other languages count. So a plain wish in a sentence
//! is heard too, in English and Spanish. What is about something else ("cancel my appointment", "how do I stop
//! my benefits") is not.
//!
//! How it reads: a text that is nothing but a keyword (with courtesy words, repeats, quotes or emoji) is that
//! keyword. Else each sentence is freed of [`NEUTRAL`] phrases (a wish denied, quoted or aimed at something else)
//! and searched for a [`STOP_WISHES`] phrase, then for a [`START_WISHES`] phrase. To teach it a phrase, add a
//! labelled row to the tests, then the words to the fitting list. Patterns see folded words (see `intent`) in
//! their canonical form, [`canonical`].

use std::sync::LazyLock;

use regex::{Regex, RegexSet};
use serde::{Deserialize, Serialize};

use crate::intent::words;

/// What a text asks of the line itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Text me no more: to be honoured at once, with one confirmation.
    Stop,
    /// Text me again.
    Start,
    /// The bare word HELP, INFO or AYUDA: send the notice of who we are and how to stop. Words around it make it
    /// a customer's question for a person.
    Help,
    /// Anything else.
    Nothing,
}

/// Reads the wish. Total: every string has an answer. A text that asks both ways is a stop.
pub fn classify(text: &str) -> Wish {
    let all: Vec<String> = spelled_out(words(text)).into_iter().map(canonical).collect();
    if all.is_empty() {
        return Wish::Nothing;
    }
    if let Some(wish) = keyword_alone(&all) {
        return wish;
    }
    let sentences: Vec<String> = sentences(text);
    if sentences.iter().any(|sentence| wishes_to_stop(sentence)) {
        return Wish::Stop;
    }
    let whole = all.join(" ");
    if wishes_to_stop(&whole) {
        return Wish::Stop;
    }
    if sentences.iter().chain([&whole]).any(|sentence| START_WISHES.is_match(sentence)) {
        return Wish::Start;
    }
    Wish::Nothing
}

/// Folded, canonical sentences. Commas do not part sentences, only bare keywords (below).
fn sentences(text: &str) -> Vec<String> {
    text.split(['.', '!', '?', ';', '\n', '\r', '¡', '¿'])
        .map(|part| words(part).into_iter().map(canonical).collect::<Vec<_>>().join(" "))
        .chain(text.split([',', ':', '(', ')', '"', '“', '”']).filter_map(|part| {
            let bare = words(part).into_iter().map(canonical).collect::<Vec<_>>().join(" ");
            is_plain_stop(&bare).then_some(bare)
        }))
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

/// "s t o p" and "S.T.O.P." are one word.
fn spelled_out(list: Vec<String>) -> Vec<String> {
    if list.len() > 2 && list.iter().all(|word| word.chars().count() == 1) {
        vec![list.concat()]
    } else {
        list
    }
}

/// Words that can only mean the texts, even as one sentence among others.
fn is_plain_stop(sentence: &str) -> bool {
    PLAIN_STOP.split('|').any(|word| word == sentence)
}

/// A text of keywords and courtesy only.
fn keyword_alone(all: &[String]) -> Option<Wish> {
    let line = all.join(" ");
    if STOP_ALONE.is_match(&line) {
        Some(Wish::Stop)
    } else if START_ALONE.is_match(&line) {
        Some(Wish::Start)
    } else if matches!(line.as_str(), "help" | "info" | "ayuda" | "hlep" | "help help" | "help info") {
        Some(Wish::Help)
    } else {
        None
    }
}

fn wishes_to_stop(sentence: &str) -> bool {
    let rest = NEUTRAL.replace_all(sentence, " ~ ");
    let rest = rest.trim();
    is_plain_stop(rest) || STOP_WISHES.is_match(rest)
}

/// A folded word in the one spelling that the patterns know: common slips, texting shorthand, drawn-out letters.
fn canonical(word: String) -> String {
    let plain = match word.as_str() {
        "stpo" | "sotp" | "tsop" | "stp" | "stopp" | "sstop" | "ztop" | "xtop" | "dtop" | "stob" | "st0p"
        | "stopt" | "estop" | "stopit" => "stop",
        "stopall" | "stoptexting" | "stoptexts" => "stopall",
        "qiut" | "quti" | "quitt" | "qut" => "quit",
        "cancle" | "cancell" | "cancl" | "canel" | "cansel" => "cancel",
        "unsubcribe" | "unsuscribe" | "unsubscibe" | "unsubscrib" | "unsubsribe" | "unsubscribed"
        | "unsub" | "unsubscribeme" | "unsubscribr" | "unscribe" | "unsubcribed" | "unsuscribed" => {
            "unsubscribe"
        }
        "optout" | "otpout" | "optouts" => "optout",
        "optin" => "optin",
        "revok" | "revoked" => "revoke",
        "plz" | "pls" | "plse" | "pleas" | "plase" | "pleaze" | "plese" => "please",
        "dnt" | "donot" | "dnot" | "dotn" => "dont",
        "u" => "you",
        "ur" | "youre" => "your",
        "txt" | "tx" | "tex" | "textme" => "text",
        "txts" | "texts" => "texts",
        "txting" | "textin" | "txtin" | "texing" | "textng" | "texitng" | "txtng" => "texting",
        "msg" | "mesage" | "messege" | "massage" | "messge" | "mesege" => "message",
        "msgs" | "mesages" | "messeges" | "massages" | "messges" | "mssgs" => "messages",
        "sendin" | "sening" | "sendng" => "sending",
        "anymor" => "anymore",
        "wanna" => "want",
        "mensage" | "mensje" | "mensajito" => "mensaje",
        "mensages" | "mensjes" | "mensajitos" => "mensajes",
        "kiero" | "qiero" | "quero" => "quiero",
        "q" | "k" | "ke" => "que",
        "nomas" => "no mas",
        "porfavor" | "porfa" | "porfis" => "please",
        _ => return squeezed(word),
    };
    plain.to_owned()
}

/// "stoooop" and "pleaaase": a letter drawn out three times or more is one letter.
fn squeezed(word: String) -> String {
    let letters: Vec<char> = word.chars().collect();
    if !letters.windows(3).any(|w| matches!(w, [a, b, c] if a == b && b == c && a.is_alphabetic())) {
        return word;
    }
    let mut out = letters;
    out.dedup();
    out.into_iter().collect()
}

// ---------------------------------------------------------------- words and phrases

const PLAIN_STOP: &str = "stop|stopall|unsubscribe|optout|opt out|unsubscribe me|unsubscribe please|please unsubscribe|please stop|stop please|just stop|stop it|stop now|stop this|alto|basta|ya basta|por favor pare|pare please";

/// The keywords of the rule and their Spanish fellows; `para` and `fin` count only as the whole text.
const STOP_WORDS: &str = r"(stop ?all|stop|quit|end|revoke|opt ?out|optar por no participar|cancel|unsubscribe|un subscribe|stop (it|this|that|them|everything)|end all|cancel all|quit it|alto|parar|pare|paren|para|parale|parenle|basta|detener|detenga|detengan|detente|cancelar|cancela|cancele|cancelen|terminar|termina|termine|terminen|fin|finalizar|salir|baja|darme de baja|dar de baja|darse de baja|desuscribir|desuscribirme|desuscribirse|desuscribeme|anular|revocar|revoco|no mas|no more|suspender|dejar)";

/// What people put around a keyword.
const COURTESY: &str = r"(please|thanks|thank you|thx|ty|now|right now|right away|immediately|asap|at once|ok|okay|hi|hello|hey|sir|maam|just|ya|por favor|gracias|ahora|ahorita|hola|inmediatamente|today|already|me|\d+)";

#[expect(clippy::expect_used, reason = "literal patterns, each compiled by a test")]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a literal pattern compiles")
}

#[expect(clippy::expect_used, reason = "literal patterns, each compiled by a test")]
fn any_of(patterns: &[&str]) -> RegexSet {
    RegexSet::new(patterns).expect("literal patterns compile")
}

static STOP_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"^({COURTESY} )*{STOP_WORDS}( (and |or |y |to |2 )?({COURTESY}|{STOP_WORDS}))*$|^(yes|yeah|yep|si) (please )?(stop|quit|unsubscribe|opt ?out|alto|basta)( {COURTESY})*$|^(stop|end|quit|cancel)(to|2)(stop|end|quit|cancel)$"
    ))
});

static START_ALONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(&format!(
        r"^({COURTESY} )*(start|un ?stop|subscribe|resubscribe|re subscribe|opt (me )?(back )?in|optin|resume|iniciar|inicia|inicie|comenzar|comienza|comience|empezar|reanudar|suscribir|suscribirme|suscribirse|subscribirme|suscribeme)( {COURTESY}| texts| messages| mensajes)*$"
    ))
});

/// Messages, in both languages.
const MESSAGES: &str = r"(texts?|texting|messages?|messaging|sms|alerts?|notifications?|spam|mensajes?|textos?|alertas?|notificaciones|recordatorios|reminders?)";
/// What may stand between a verb and the messages.
const BETWEEN: &str = r"((all|any|these|this|those|that|the|your|you|my|me|us|please|now|more|further|future|other|sending|getting|receiving|having|with|automated|automatic|auto|unwanted|stupid|damn|dumn|fucking|annoying|constant|daily|so many|too many|so much|text|sms|group|mass|de|los|las|el|la|estos|estas|este|esos|esas|sus|su|mis|tantos|todos|todas|mas|recibir|recibiendo|recivir|resivir|enviar|mandar|enviarme|mandarme|enviandome|mandandome) )*";

/// Phrases that look like a wish and are none: denied, asked about, quoted, or about something else.
static NEUTRAL: LazyLock<Regex> = LazyLock::new(|| {
    let parts = [
        // Denied: "please don't stop texting me", "I didn't mean to unsubscribe".
        r"(dont|do not|didnt|did not|never|not|havent|have not) (ever |want (you )?to |mean to |meant to |wish to |asked? (you )?to |try(ing)? to |tried to |accidentally )*(stop|quit|unsubscribe|opt ?(me )?out|cancel|revoke|take me off|remove me|end)( (texting|texts|sending|messaging|messages|the|my|your|me|all|getting|receiving|contacting))*",
        r"no (paren|pare|dejen|deje|dejes|cancelen|cancele|quiten) (de )?\w+",
        // Somebody else's doing, told or asked about.
        r"(he|she|they|ex|husband|wife|boyfriend|girlfriend|landlord|guy|man|people|someone|scammers?|dad|mom|who) (wont|will not|(was|were|is|are|got) (told|asked|ordered|supposed) to|wouldnt|doesnt|does not|cant|never|to|should|needs to|has to|must)( ever)? (stop|quit|leave)\w*( me)?( alone)?( \w+)?",
        r"(why|when|how come) (did|do|does|would|have|has|are|were) (you|yall|they|it|he|she|the|my)( guys| all| ever| just)? (stop|quit|cancel|end|unsubscribe|stopping)( \w+){0,3}",
        r"(did|have|has|do they|does it) ?(you|yall|they|i|it|he|she)?( guys| already| all| accidentally)? (stop|quit|cancel|end|unsubscribe|opt ?out|opted out)( \w+){0,3}",
        r"(tell|make|get|ask|told|asked) (him|her|them|my \w+|the \w+) (to )?(stop|quit|leave)( \w+){0,3}",
        r"(why|how come) (dont|do not|didnt|doesnt|cant|did|do) (you|yall|they|anyone|anybody|nobody|it)( guys| ever| just)? (text|message|contact|call|write|send)( \w+){0,3}",
        // Quoted: our own footer, or a question about it.
        r"(reply|replying|replied with|text|type|send|press|says?|said to|word) (the (word|keyword) )?(stop|end|quit|cancel)( \w+)? to (stop|end|quit|cancel|optout|opt out|unsubscribe)( \w+)?",
        r"(what does|whats|what is|what happens|if i|should i|do i (have|need) to|will i|would i|can i still|when i|does|if you) (\w+ ){0,4}(stop|quit|unsubscribe|opt ?out|end|cancel)( mean| texting| texts)?( \w+)?",
        // About something else.
        r"opt(ing|ed)? ?(me )?out (of|from) (the |my |a |this |your )?(mo|mohealthnet|medicaid|managed|plan|program|snap|food|health|insurance|work|sharing|coverage|healthy|home state|united|ebt|case|paper|mail|letters|child|benefits|direct|training|interview|school|medicare)\w*",
        r"wait(ing)? ?lists?|lista de espera",
        r"(revoke|withdraw|rescind|cancel)( my| the| all)* (consent|permission|authori[sz]ation)s? (for|of|to (share|release|disclose|talk|speak)|from) \w+( \w+)?",
        r"(take|remove|delete|drop|get|sacar?|saque|saquen|quiten?|borren?|eliminen?) (me|us|my \w+|him|her|them|mi \w+) (off|from|of|del?|out of) (my |the |his |her |our |this |your |mi |la |su )?(\w+ )?(case|household|lease|snap|food|medicaid|account|application|file|budget|insurance|benefits|ebt|stamps|plan|caso|hogar|solicitud|seguro|cuenta)",
        r"(remove|delete|take off|quitar|quiten|borrar|borren) (my|mi) (old|wrong|other|husbands|wifes|exs|work) (phone |cell )?(number|numero|phone)",
        r"(remove|delete|quiten|borren) (my|this|mi) (phone |cell )?(number|numero|phone)( \w+){0,4} (and|y|because|then) (add|put|replace|update|change|use|i got a new|pongan|agreguen|tengo)( \w+)*",
        r"(dont|do not|never) (text|message|contact|call|bother) me (at night|at work|late|until|till|before|after|during|while|in english|in spanish|on (sunday|saturday|weekends)|about (my ex|her|him)|unless|back until|today|tonight|if|when)\b.*",
        r"no me (escriban?|manden?|envien?|texteen?|contacten?|llamen?)( \w+){0,3} (en (ingles|espanol)|hasta|antes|despues|de noche|en la noche|si)\b.*",
        r"(dont|do not) (call|llamen)( me)?( \w+){0,2} (just|only|please)? ?(text|message)( me)?",
        r"(stop|quit|cancel|end) (my|the|this|all|his|her|our|getting|receiving)( \w+)? (benefits?|snap|stamps|case|medicaid|coverage|appointment|appt|interview|visit|hearing|application|insurance|card|ebt|payments?|tanf|assistance|childcare|order|mail|letters)",
    ];
    regex(&format!(r"\b({})\b", parts.join("|")))
});

static STOP_WISHES: LazyLock<RegexSet> = LazyLock::new(|| {
    let mut all = english_wishes();
    all.extend(spanish_wishes());
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    any_of(&all)
});

fn english_wishes() -> Vec<String> {
    let list = r"(off|out)( of)? ((your|this|the|that|these|those|any|all|text|texting|sms|message|messaging|mailing|call|calling|contact|phone|alert|subscriber|marketing) )*(lists?|texts?|messages|messaging|sms|texting|alerts|notifications|reminders)";
    let end = r"( (please|now|again|anymore|any more|no more|ever|from (you|your|this|fsd|dss|the)|thanks|thank you|asap|immediately|already|today|this is the|wrong|i|you|sir|maam|dammit|right|at all|for good|or|and|because|since|its|im|on this|at this|from this|to this)\b.*)?$";
    vec![
        format!(r"\b(stop|stopall|quit|cease|halt|discontinue|cancel|end|block|disable|deactivate|turn off|shut off|no more|enough|enough of|enough with|get rid of|done with|sick of|tired of|unsubscribe) (from |of )?{BETWEEN}{MESSAGES}\b"),
        r"\b(stop|quit|cease) (please |fucking |f ing |freaking )*(texting|messaging|contacting|bothering|writing|spamming|harassing|bugging|messing with|blowing up|sms|hitting up|calling|pestering|annoying|notifying) ?(me|us|my|this|here|to|people|the)?( |$)".to_owned(),
        format!(r"\b(stop|quit) sending( me| us| to me)?( all)?( (this|these|those|stuff|things|crap|shit|anything|it|them))*{end}"),
        format!(r"\b(^|~ |please |and |so |but |to |just |you |need you to |asked you to |told you to |better |ever )?(dont|do not|never|no longer) (ever |want you to |you |please |u )*(text|message|contact|bother|write|texting|messaging|contacting|writing|sms|spam|harass)( to| with)? (me|us|this (phone |cell )?(number|phone)|my (phone|number|cell)|here|again|anymore|any more|ever){end}"),
        format!(r"\b(dont|do not|never) (ever |you )*(send|sending) (me |us |to me )*(any |more |other |another |further |future |these |those |this |your |no |text |anymore |a )*({MESSAGES}|(anything|nothing|stuff|shit|crap|these|this){end})"),
        format!(r"\b(dont|do not|no longer|never|not|didnt|did not)( (really|even|ever|have to|agree to|going to))* (want|need|wish|care|like|consent|agree|authorize|authorized|interested|give permission|gave permission|give consent|ask|asked|sign up|signed up|wish to|have permission) ((to|you|get|getting|be|being|receive|receiving|recieve|recieving|have|having|any|more|these|those|this|your|the|anymore|further|future|all|of|it|text|from|for|in|sending|send|me|such|no|continue|my|so|many) )*({MESSAGES}|texted|texting me|text me|contacted|messaged|contacting me|messaging me|hear from you){end}"),
        format!(r"\b(dont|do not|no longer|never) want (these|them|any of these|any of this){end}"),
        format!(r"\b(take|remove|delete|drop|get|erase|scratch|unlist|want|unenroll|unregister|be|me|us) (\w+ ){{0,4}}{list}\b"),
        format!(r"\b(take|remove|be removed|get removed|delete|drop|erase|scratch|unlist|unenroll|unregister) (\w+ ){{0,4}}from ((your|this|the|that|these|those|any|all|text|texting|sms|message|messaging|mailing|call|calling|contact|phone|alert|subscriber|marketing) )*(lists?|{MESSAGES})\b"),
        format!(r"\b(make|get|want|need|like|wish) {BETWEEN}{MESSAGES} (to )?(stop|end|cease)\b"),
        r"^(please )?remove( please)?$|\b(get|take) my (phone |cell )?number (off|out)\b".to_owned(),
        r"^(this is|its|im|i am) (harassment|harassing|spam|annoying|annoyed|(the )?wrong|not) (.* )?(stop|unsubscribe)$".to_owned(),
        r"^(i |please )*(want|would like|id like|need|wish|like) (this |it )?to stop( please| now)*$".to_owned(),
        r"\b(refrain from|no permission to|not have permission to|not give (you )?permission to|not allowed to|not authorized to) (text|contact|message|texting|contacting|messaging)( me| my| this|$)".to_owned(),
        format!(r"\b(text|message|contact|bother) me no more\b|\bi (dont|do not) (want|wish) to be (bothered|contacted|messaged|texted|on (this|your) (text )?list)\b"),
        format!(r"\b(take|remove|delete|drop|erase|scratch) (me|us|my (cell |phone |mobile |cellphone )?number|my (cell|phone)|this (phone |cell )?number)( (off|out))?( of| from)?( (your|this|the|all) (system|database|records|contacts|phone|service|files))?{end}"),
        format!(r"\b(lose|forget) (my|this) (phone |cell )?number{end}"),
        r"\b(opt|opting) ?((me|us|my number|this number) )?out\b|\boptout\b|\bunsubscribe\b|\bun subscribe\b".to_owned(),
        r"\b(revoke|revoking|withdraw|withdrawing|rescind|take back|cancel|pull)( my| all| any| prior)* (consent|permission|authorization|authorisation)\b".to_owned(),
        r"\bleave (me|us) (the (hell|fuck) )?alone\b|\bcease and desist\b|\bdo not (text|contact|call|message) list\b|\bdnc list\b".to_owned(),
        r"\b(no|stop|cease|end|no more|no further|discontinue) (any |all |more |further |future )*(contact|communications?|correspondence)\b".to_owned(),
        format!(r"^(please )?no (more )?{MESSAGES}( (please|thanks|thank you|at all|anymore))*$"),
        format!(r"\b(can|could|would|will|want|need|like|told|asked|asking|telling|begging|tell|wish|said) (you |yall |u |guys |please |just |to |kindly |fsd |dss )+(stop|quit)( it| this| now| already| please)*{end}"),
        r"\bi (already |have |just |also |ve )*(said|texted|sent|replied|typed|wrote|put|tried|keep (saying|texting|sending|replying)) stop( (already|now|twice|before|yesterday|\d+ times|many times|multiple times|several times|times|and|but|please|so|why|you)\b.*)?$".to_owned(),
        r"^(please )?(stop|stopall|unsubscribe|quit)( it| this| all| now| already| please)* (i|im|ive|id|ill|you|your|wrong|who|leave|we|or (i|im|ill|we)|before i|its|me and)\b".to_owned(),
        r"\b(you|u|yall) (wont|never|keep .* wont|need to|have to|must|should|better) (ever )?(stop|quit)( (texting|messaging|sending|bothering|contacting)\b.*)?$".to_owned(),
        r"\b(i )?(still )?(already opted out|already unsubscribe)\b".to_owned(),
        format!(r"\b(cancel|end|stop)( my| this| the| your)* ((text|texting|sms|message) )?subscription{end}"),
    ]
}

fn spanish_wishes() -> Vec<String> {
    let end = r"( (please|por favor|ya|mas|gracias|nunca|nunca mas|jamas|a este|a mi|en este|otra vez|ahora|y|o|porque|es|de nuevo|estoy|esta)\b.*)?$";
    let write = r"(escrib\w+|text\w+|contact\w+|molest\w+|mensaj\w+|fastidi\w+|moleste\w*)";
    let between = r"((ya|recibir|recivir|resivir|que|me|nos|siga|sigan|sigas|manden?|mandes|mandando|mandandome|envien?|envies|enviando|enviandome|lleguen?|llegando|mas|estos|estas|esos|esas|sus|los|las|tener|seguir|recibiendo|ningun|ninguna|tantos|de|este|tipo|por|favor|please|a|mi|telefono|celular|otros?|ni|un|sus) )*";
    vec![
        format!(r"\b(no|ni) (me|nos) (vuelvan? a |sigan? )?(escriban?|escribas|escribir|texteen?|textees|textear|contacten?|contactes|contactar|molesten?|molestes|molestar|mensajeen?|escribiendo|molestando|texteando|fastidien?)( mas| ya| nunca)?{end}"),
        format!(r"\bno (me |nos )?(vuelvan? a |sigan? |quiero que (me )?|favor de )*(manden?|mandes|mandar|mandarme|mandando|mandandome|envien?|envies|enviar|enviarme|enviando|enviandome) ((ya|mas|otros?|estos|esos|los|sus|tantos|ningun|nada|de|a|mi|telefono|este|numero|por|favor|please|textos|un) )*({MESSAGES}|(nada|eso|esto|mas){end})"),
        format!(r"\b(ya )?no (quiero|kiero|deseo|necesito|quisiera|queremos|autorizo|acepto|me interesan?|doy permiso (para|de)) {between}({MESSAGES}|{write})"),
        format!(r"\b(dejen|deja|deje|dejar|paren|para|parar|pare|parale|cesen|cese|basta|suficiente|alto) (ya |please |por favor )*(de|con|a) (me |nos )?(estar )?({write}|mandar\w*|enviar\w*|mandando\w*|enviando\w*)( ((ya|mas|tantos|estos|esos|sus|los|de|a|mi|este|numero|telefono) )*({MESSAGES}|nada|eso|esto))?{end}"),
        format!(r"\b(dejen|dejar|paren|parar) (ya )?de (mandar|enviar)(me|nos)? ((ya|mas|tantos|estos|esos|sus|los) )*{MESSAGES}"),
        format!(r"\b(quiero|quisiera|deseo|como|puedo|necesito|gustaria|favor de)( \w+)? dejar de (recibir|tener) {between}{MESSAGES}"),
        format!(r"\b(alto|parar|paren?|detener|detengan?|cancelar|cancelen?|cancela|terminar|terminen?|suspender|suspendan?|suspenda|quitar|quiten?|quitenme|eliminar|eliminen?|basta|no mas|ya no mas|ya no|anular) (please |por favor |ya |con |de |a |todos |todas |los |las |estos |estas |mis |sus |el |la |este |esos |esas |tantos |mas )*({MESSAGES}|suscripcion)"),
        r"\b(quit|quiten|quite|sac|sacar|saqu|borr|elimin|remuev|remov|retir|dar|den)\w* (please |por favor |ya )?(mi (numero|telefono|celular|nombre) )?(ya )?(de|del|fuera de) (la |su |sus |esta |esa |tu |las )*listas?\b".to_owned(),
        format!(r"\b(quiten|quite|quitar|quita|saquen|saque|sacar|borren|borre|borrar|eliminen|elimine|eliminar|remuevan|remueva) (este|mi|el) (numero|telefono|celular)( de (su|sus|la|el|este) (sistema|base de datos|registros?|mensajes))?{end}"),
        format!(r"^(please |por favor )*(quiteme|quitenme|quitame|saqueme|saquenme|sacame|borreme|borrenme|eliminenme|elimineme|remuevanme){end}"),
        format!(r"\b(darme|denme|deme|dame|me den|me doy) de baja( (de|del) ((los|las|la|el|este|esta|estos|sus) )*({MESSAGES}|lista|servicio de {MESSAGES}))?{end}"),
        r"\bno (quiero|deseo) recibir (mas )?nada( mas)?( de (ustedes|esto))?$".to_owned(),
        r"\b(dejenme|dejame|dejeme|dejennos) (en paz|tranquil[oa])\b".to_owned(),
        r"\b(retiro|revoco|cancelo|quito|anulo) (mi|el) (consentimiento|permiso|autorizacion)( (para|de) (los |recibir |enviarme |mandarme |que me manden )*(mensajes|textos))?$".to_owned(),
        r"^(ya )?(no mas|basta|parale|paren|pare|alto) (please|por favor|gracias|ya)( .*)?$".to_owned(),
        r"\b(como (me )?)?(desuscribir\w*|desuscribo|desuscribanme|desuscribeme|cancelo la suscripcion|cancelar (la|mi) suscripcion)\b".to_owned(),
    ]
}

static START_WISHES: LazyLock<RegexSet> = LazyLock::new(|| {
    let again = r"( (again|please|now|back|back on|thanks|otra vez|de nuevo|nuevamente|por favor))*$";
    let all = [
        format!(r"\b(start|resume|restart|begin|continue) (texting|messaging|sending|getting|receiving|contacting) ?(me|us)? ?((my|the|your|any|these) )?({MESSAGES})?{again}"),
        format!(r"\b(start|resume|restart) ((my|the|your) )?(text|texts|messages|alerts|reminders){again}"),
        r"\b(you (can|may)|ok to|okay to|please|want you to) (text|message|contact) me (again|now)\b".to_owned(),
        r"\b(get|getting|receive|receiving|have|want) (the |your |my |these )?(texts?|messages|text messages|alerts|reminders) again\b".to_owned(),
        r"\b(turn|put|switch) (the |my |your )?(texts?|messages|text messages|alerts) back on\b".to_owned(),
        r"\b(opt|sign|put|add|subscribe) me back (in|up|on|to)\b|\b(resubscribe|unblock) me\b|\bwant to (opt (back )?in|optin|resubscribe|subscribe again)\b".to_owned(),
        r"^(please )?(subscribe|opt) me( in)?( please| again| to texts| to (the )?messages)*$".to_owned(),
        r"\b(quiero|deseo|quisiera|puedo) (volver a )?(recibir|recibir sus|recibir los) ?(mensajes|textos) (otra vez|de nuevo|nuevamente)\b|\b(quiero|deseo|quisiera) volver a recibir (\w+ )?(mensajes|textos)\b".to_owned(),
        r"\b(vuelvan?|pueden) a? ?(escribirme|textearme|mandarme (mensajes|textos)|enviarme (mensajes|textos))( otra vez| de nuevo| nuevamente)?\b".to_owned(),
    ];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    any_of(&all)
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Labelled texts, parted by bars and line ends.
    const STOPS: &str = "\
STOP | stop | Stop. | stop!! | \"STOP\" | “Stop” | 'stop' | STOP 🛑 | 🛑 stop 🙏 | STOP PLEASE
please stop | Pls stop | plz STOP now | stop stop stop | STOPALL | stop all | s t o p | S.T.O.P. | ＳＴＯＰ
stoooop | stpo | sotp | stopp | Stp | Stop2quit | quit | QUIT! | end | END | revoke | opt out | opt-out
OPTOUT | Opt out please | cancel | CANCEL. | Cancel please | cancle | unsubscribe | Unsubscribe me
unsuscribe | unsubcribe pls | stop, quit, cancel, end, unsubscribe | STOP and UNSUBSCRIBE | yes stop
ok stop thank you | Stop it | stop texting me | stop txting me | please stop texting | Quit texting me!!
quit messaging this number | stop sending me messages | stop sending me these damn texts
stop sending me this stuff | please stop all messages | stop these alerts | cancel text messages
Please cancel my texts | end texts | no more texts | no more messages please | no texts
please don't text me anymore | dont text me | Don't text this number again | do not text me
DO NOT CONTACT ME | never text me again | please do not contact me at this number
dont send me any more messages | don’t send me texts | dnt txt me no more | do not message me
please dont send me anything | I no longer want these messages | I don't want these texts anymore
i dont want to get texts from you | I do not wish to receive text messages | I don't want to be texted
I dont want you texting me | I do not consent to text messages | i never signed up for these messages
not interested in receiving texts | I don't want to hear from you | take me off this list
Take me off your texting list | please take me off the list | take me off | remove me from your list
remove me | Remove my number | please remove my phone number from your system | delete my number
lose my number | get me off this list | how do I get off this list | how do I opt out
How do I stop these texts | how do you unsubscribe | how can i unsubscribe from this | I want to opt out | opt me out
opting out | I'd like to opt out of text messages | i want out of these texts | I revoke my consent
I withdraw my consent to be texted | I am revoking permission | leave me alone
put me on your do not text list | cease and desist | no further contact | stop contacting me
stop bothering me | Stop harassing me with your messages | turn off text alerts
unenroll me from text messages | I want you to stop | can you please stop | I already said stop
I texted stop 3 times already | i keep texting STOP but you keep sending
I already unsubscribed why am I still getting these | STOP you have the wrong number
Wrong number, stop | wrong number take me off your list | Stop. I already got my benefits.
I have my card now. Stop texting me | My case is closed so please stop sending texts
you wont stop texting me | why won't you stop texting me | I got a new job, please stop texting me
stop I don't need this | unsubscribe. I don't live in Missouri anymore | when will you stop texting me
alto | ALTO! | parar | pare | Pare por favor | paren ya | basta | ¡Ya basta! | cancelar
Cancelar por favor | terminar | fin | no más | No mas gracias | detener | darme de baja
quiero darme de baja de los mensajes | no me manden más mensajes | no me manden mas textos
No me manden nada | por favor no me manden más mensajes | no me envíen mensajes
no me envie mas textos por favor | ya no quiero recibir textos | ya no quiero recibir mensajes
no quiero más mensajes | No quiero que me manden mensajes | ya no quiero mensajes de texto
no kiero textos | no deseo recibir más mensajes | dejen de escribirme | Deje de escribirme
dejen de mandarme mensajes | deja de textearme | paren de mandarme textos | dejen de molestar
no me escriban más | no me escriba | no me texteen | no me contacten | no me molesten
quíteme de la lista | Quítenme de su lista | quitenme de esta lista por favor | sáquenme de la lista
bórreme de su lista | quiten mi número | borren mi numero | cancelar los mensajes | paren los mensajes
no mas mensajes | quiero dejar de recibir mensajes | como puedo dejar de recibir estos textos
déjenme en paz | retiro mi consentimiento | no autorizo mensajes | stop los mensajes
no mas text messages | Please stop. | I'm done, stop texting | stop messaging my phone | STOP ALL
please take my number off your list | do not text this number | text me no more | get my number off this | I would like to be removed from this list | this is harassment stop | how do i get these texts to stop
make these texts stop | I want these messages to stop | para de mandarme mensajes | quit bugging me
I don't wish to be contacted | please refrain from texting me | unsubscribe my number | Don't message me
can you stop the texts | stop with the texts | stop blowing up my phone
I do not give you permission to text me | I want to stop | No quiero que me escriban
no me llamen ni me escriban | ya no me manden textos | ya no me escriban | no me vuelvan a escribir
favor de no enviar mensajes | elimíneme de la lista | quiero cancelar los mensajes
cancelar suscripción | ya no deseo recibir sus mensajes | por favor dejen de enviar mensajes
no envíen más mensajes | no manden mas | quítame | no quiero recibir nada
no me interesa recibir mensajes | detengan los mensajes | stop, please, you're annoying me
I have asked you to stop | This is not Maria, please remove this number
número equivocado, no me escriban
Please take me off of your text message list. | Stop sending text to my phone
I no longer wish to receive these texts | I'm not interested, stop | Quit sending me this
no longer need these messages thank you | dont message this number ever again
u need to stop texting me | please remove this number from your list
remove me from this texting service | Please discontinue text messages
do not send text messages to this number | I don't want anymore texts | i dont want no more texts
stop all communication with me | Im asking you to stop texting my phone | STOP TEXTING MY PHONE
can you take my number off | delete me from your contacts
you have the wrong person please stop messaging me | Stop texting me I dont have a case
i want to unsubscribe | can i opt out of these | Please no more messages | I never asked for these texts
I did not sign up for this, stop | I did not give consent to be texted | end text messages
Cancel subscription | opt out now | STOP ok | Stop!!!!!! 😡 | >stop< | Stop | stop.
Por favor no me manden más textos | No quiero recibir más mensajes de texto
Por favor quiten mi número de su lista | no quiero mas textos gracias
ya no me mande mensajes por favor | deje de mandarme textos | PARE | DETENER
no me escriba mas a este numero | ya dejen de molestarme | quiero que dejen de mandarme mensajes
por favor cancelen los mensajes de texto | bórrenme de la lista por favor
no deseo recibir mensajes de ustedes | Ya no quiero que me manden textos | no thanks stop texting
Who is this? Stop texting me | ok thats enough texts | I don’t want to be on this list | please remove
Stop txt | stop spamming | enough with the messages | please quit sending texts to me
can i be taken off this list | remove my name from your list | Not Maria. Wrong number. Remove me
you guys need to quit texting me | kindly stop texting | no mande más textos | no me mande mas
dejen de enviarme textos | número equivocado por favor no me manden mensajes
por favor detengan los textos";

    const STARTS: &str = "\
START | start | Start please | \"START\" | UNSTOP | unstop! | un-stop | subscribe | resubscribe | opt in
opt-in | OPTIN | opt back in | opt me back in | start texting me again | please start texting me
start sending me messages again | start texts | you can text me again | please text me again
resume texts | I want to get texts again | sign me back up | resubscribe me | I want to opt in
turn the texts back on | INICIAR | comenzar | Comenzar por favor | iniciar mensajes | reanudar
suscribirme | quiero recibir mensajes otra vez | quiero volver a recibir mensajes";

    const HELPS: &str = "\
HELP | help | Help! | \"HELP\" | help?? | INFO | info | AYUDA | ayuda | ¡Ayuda! | Ayuda 🙏";

    const NOTHINGS: &str = "\
cancel my appointment | I need to cancel my visit | please cancel my interview
can you cancel my appt for tomorrow | yes cancel | cancelar mi cita
necesito cancelar mi cita de mañana | quiero cancelar mi entrevista | how do I stop my benefits
please stop my food stamps | stop my snap | I want to end my medicaid | I want to cancel my snap case
when does my coverage end | end of the month | at the end of the month
I get paid at the end of the week | what time does it end | I quit my job | I quit on Friday
my husband quit working | had to quit because im sick | they will stop my snap
will they stop my stamps | quit claim | quit claim deed | my benefits stopped | why did my benefits stop
can I cancel my application | the stop on my case | there is a stop on my account
the bus stop by your office | I stopped by the office | can I stop by today | stop by tomorrow at 3?
non stop calls | My ex was told to stop contacting me but he lives with us now
this is not a bus stop sign, is it? | I work at the truck stop | weekend | does my case end in May | yes | Yes please | y
no | no thanks | no thank you | ok | si | help me | I need help with my application
can you help me with snap | please help me I have no food | more info | I need info about medicaid
necesito ayuda con mi caso | ayuda con la renta | start my application | how do I start snap
when does my snap start | I start work Monday | start date | when does my coverage start
cuando empieza mi cobertura | please don't stop texting me | I did not mean to unsubscribe
I didn't say stop | what does STOP mean | what happens if I text stop | Reply STOP to unsubscribe
it says reply STOP to opt out | if I reply stop do I lose benefits | my ex won't stop texting me
he wont leave me alone | how do I make him stop texting me | why did you stop texting me
did you stop my benefits | I never got your text | I didn't get your message | I did not get a text
I don't have any messages | you never text me back | why don't you text me
you dont text me when my card is sent | don't call me, text me | dont text me at night
don't text me until Tuesday | I don't text and drive | do not contact my ex husband
don't send me another card | dont send my card to the old address | don't send mail to that address
stop sending me letters | I don't want to lose my benefits | I don't want medicaid
I don't want the interview on Monday | I no longer want to be on my mom's case
remove my son from my case | take me off my mother's case | take my ex off the case
remove me from the household | take me off the waiting list | remove my old number and add this one
change my phone number | remove my number and add 555-0100 | how do I opt out of managed care
opt out of mohealthnet plan | revoke my authorization for my rep to talk to you | cancel my EBT card
I lost my card can you cancel it | block my ebt card | my card was cancelled | they cancelled my case
my interview was cancelled | the text said my case ended | is this the end of my case
I sent the text at the end of the day | stopped | no stop signs on my street | wrong number
who is this | new phone who dis | thanks for the text | sorry just got this message
I can't text right now | got your text | I want to receive texts | text me | alto ingreso
mi renta es muy alta | para mi hijo | es para mi mamá | paré de trabajar | dejé mi trabajo
deje de trabajar en mayo | cuándo termina mi cobertura | ya terminé la solicitud | al fin del mes
fin de mes | cancelaron mi caso | cancelar mi caso | quiero cancelar mis estampillas
no me mandan mensajes | no me mandaron la tarjeta | no me han mandado nada | no me ha llegado el mensaje
no recibí su mensaje | no quiero perder mis beneficios | no quiero cancelar | ya no quiero medicaid
quiten a mi hijo de mi caso | dar de baja a mi hijo | la lista de espera | cambiar mi número
no me escriban en inglés | dejaron de mandarme mis estampillas | cómo parar mis beneficios | sí
gracias | 👍 | 🙏🙏 | . | stop my application | please don't cancel my case | I had to stop working
my hours end at 5 | can you stop the sanction | stop the closure | I want to stop child support
I need to stop receiving snap | stop sending my benefits to my old card
what number is this from your text | I got the link from your text | my phone cut off the text
how do I cancel | I'd like to cancel | can I text you my documents
should I send the forms by text message | I don't need to come in then | I don't have any more questions
I'm not interested in work training | does the interview end at noon | no me escribieron
no me contactaron para la entrevista | no quiero la entrevista en español | ya no vivo en Misuri
no necesito la tarjeta | ya no necesito ayuda | nadie me llamó | el aviso de cancelar | 123456
Can you cancel my interview on friday | I'd like to end my SNAP benefits | please stop the recoupment
can I stop getting food stamps | I want to stop my medicaid coverage | I dont want snap anymore
my job ended | When is the end date for my renewal | I had to quit school | my employer told me to quit
They stopped my benefits without notice | How do I cancel my hearing | cancel my application please
i need to cancel | I canceled my appointment | remove my daughter from my case
take my husband off my food stamps | I moved out, remove me from my moms case
I dont get texts on this phone | Is this a text line | dont forget my case
don't cancel my appointment please | I did not receive any messages about my interview
I don't know how to text pictures | i dont want to talk on the phone can we text | I do not want to wait
can you text me the address | Please text me when it's ready | please send me a text
I need to revoke my power of attorney | subscribe to what | I start my new job tomorrow
can I start over | where do I start | ayuda por favor con mi solicitud | no quiero cancelar mi cita
quiero terminar mi caso de medicaid | mi trabajo termina el viernes | no puedo parar de trabajar
hasta el fin de semana | para que es este numero | para cuando | no tengo mensajes
info on medicaid please | cual es el fin del programa | Do I have to opt out of the work program
will this stop my child support | She needs to stop texting me about the case
My landlord told me to end my lease | I dont want to be on my moms case | I don't need the card
no more questions thanks | that's the end of my question | removed my son from school
my caseworker removed me from snap | I was taken off the case | I got removed from food stamps
can i be taken off my dads case | I want to be on the list for LIHEAP | Is there a list of documents
please send list of documents | get the list from your website | I want a list of text numbers
the message said my benefits end in June | Please stop by my house | my mom stopped texting me
when do benefits stop | cancel interview | end my case | close my case
I need the interview to end by noon | do I need to cancel anything | can you message me the form
no puedo mandar mensajes | me pueden mandar mensajes | quiero recibir mensajes
la tarjeta no para de fallar | cuando van a parar mis estampillas | alto al fraude | terminaron mi caso";

    fn rows(table: &str) -> impl Iterator<Item = &str> {
        table.split(['|', '\n']).map(str::trim)
    }

    fn check(table: &str, want: Wish) {
        let wrong: Vec<(&str, Wish)> =
            rows(table).map(|line| (line, classify(line))).filter(|(_, got)| *got != want).collect();
        assert!(wrong.is_empty(), "{} should be {want:?}: {wrong:#?}", wrong.len());
    }

    #[test]
    fn opt_outs_are_heard() {
        check(STOPS, Wish::Stop);
    }

    #[test]
    fn opt_ins_are_heard() {
        check(STARTS, Wish::Start);
    }

    #[test]
    fn help_alone_is_heard() {
        check(HELPS, Wish::Help);
    }

    #[test]
    fn other_texts_are_left_alone() {
        check(NOTHINGS, Wish::Nothing);
        assert_eq!(classify(""), Wish::Nothing);
        assert_eq!(classify(" \n\t"), Wish::Nothing);
    }

    #[test]
    fn the_labelled_set_is_large_and_has_no_doubles() {
        let mut all: Vec<&str> = [STOPS, STARTS, HELPS, NOTHINGS].iter().flat_map(|t| rows(t)).collect();
        let before = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), before);
        assert!(all.len() >= 400, "{}", all.len());
    }

    #[test]
    fn several_lines_are_read() {
        assert_eq!(classify("Hello\nI have my card.\nPlease stop texting me"), Wish::Stop);
        assert_eq!(classify("Hello\nI need to\ncancel my appointment"), Wish::Nothing);
        assert_eq!(classify("START\nno wait STOP"), Wish::Nothing, "a muddle is for a person");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            prop_assert_eq!(classify(&text), classify(&text));
        }

        // 47 CFR 64.1200(a)(10): the seven words count by themselves however they are dressed.
        #[test]
        fn the_seven_words_count_in_any_dress(
            word in prop::sample::select(vec!["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"]),
            upper in prop::collection::vec(any::<bool>(), 12),
            before in "[ \"'“*.!🛑-]{0,4}",
            after in "[ \"'”*.!?🙏-]{0,4}",
            polite in prop::sample::select(vec!["", " please", " thanks", " now", " por favor"]),
        ) {
            let dressed: String = word.chars().enumerate()
                .map(|(i, c)| if upper[i] { c.to_ascii_uppercase() } else { c }).collect();
            prop_assert_eq!(classify(&format!("{before}{dressed}{after}{polite}")), Wish::Stop);
        }
    }
}
