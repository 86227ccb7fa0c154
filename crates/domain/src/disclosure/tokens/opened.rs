//! Opens contractions and shorthand: "you're", "ur", "didnt", "q".
//!
//! Owns the table of shorthand. To add one, add a pair to [`OPENED`].

use super::{Kind, Token};

/// Contractions and shorthand: `(as typed, opened)`.
pub(super) const OPENED: &[(&str, &str)] = &[
    ("youre", "you are"),
    ("youve", "you have"),
    ("youll", "you will"),
    ("your're", "you are"),
    ("ur", "your"),
    ("u", "you"),
    ("r", "are"),
    ("urs", "yours"),
    ("appl", "application"),
    ("ya'll", "you"),
    ("yall", "you"),
    ("y'all", "you"),
    ("dont", "do not"),
    ("doesnt", "does not"),
    ("didnt", "did not"),
    ("hasnt", "has not"),
    ("havent", "have not"),
    ("isnt", "is not"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("arent", "are not"),
    ("wont", "will not"),
    ("won't", "will not"),
    ("cant", "can not"),
    ("can't", "can not"),
    ("cannot", "can not"),
    ("couldnt", "could not"),
    ("shouldnt", "should not"),
    ("wouldnt", "would not"),
    ("its", "it is"),
    ("thats", "that is"),
    ("hes", "he is"),
    ("shes", "she is"),
    ("theyre", "they are"),
    ("theyve", "they have"),
    ("weve", "we have"),
    ("ive", "i have"),
    ("im", "i am"),
    ("gonna", "going to"),
    ("gotta", "must"),
    ("wanna", "want to"),
    ("yr", "your"),
    ("bc", "because"),
    ("b/c", "because"),
    ("cuz", "because"),
    ("cos", "because"),
    ("w", "with"),
    ("rcvd", "received"),
    ("recvd", "received"),
    ("recd", "received"),
    ("rec'd", "received"),
    ("aint", "is not"),
    ("ain't", "is not"),
    ("apvd", "approved"),
    ("apprvd", "approved"),
    ("aprvd", "approved"),
    ("appvd", "approved"),
    ("appd", "applied"),
    ("dnied", "denied"),
    ("int", "interview"),
    ("intvw", "interview"),
    ("elig", "eligible"),
    ("inelig", "ineligible"),
    ("thru", "through"),
    ("pymt", "payment"),
    ("q", "que"),
    ("xq", "porque"),
    ("pq", "porque"),
    ("x", "por"),
    ("tmb", "tambien"),
    ("k", "que"),
    ("wk", "week"),
    ("mo", "month"),
    ("yest", "yesterday"),
    ("tmrw", "tomorrow"),
    ("hh", "household"),
    ("acct", "account"),
    ("sys", "system"),
    ("verif", "verification"),
    ("verifs", "verifications"),
    ("info", "information"),
    ("doesn", "does not"),
    ("wana", "want to"),
    ("lemme", "let me"),
    ("theres", "there is"),
    ("theyll", "they will"),
    ("itll", "it will"),
    ("thatll", "that will"),
    ("heres", "here is"),
    ("whos", "who is"),
    ("youd", "you would"),
    ("theyd", "they would"),
    ("itd", "it would"),
    ("shouldve", "should have"),
    ("couldve", "could have"),
    ("hows", "how is"),
    ("whats", "what is"),
    ("hasn", "has not"),
    ("bens", "benefits"),
    ("medicade", "medicaid"),
    ("foodstamps", "food stamps"),
];

pub(super) fn open_contractions(tokens: Vec<Token>, spanish: bool) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len() + 8);
    for item in tokens {
        if item.kind != Kind::Word {
            out.push(item);
            continue;
        }
        let opened = OPENED
            .iter()
            .find(|(typed, _)| *typed == item.text)
            .map(|(_, full)| (*full).to_owned())
            .filter(|_| !(spanish && item.any("r u w int")));
        let opened = opened.or_else(|| open_apostrophe(&item.text));
        match opened {
            Some(full) => {
                for part in full.split(' ') {
                    out.push(Token { text: part.to_owned(), ..item.clone() });
                }
            }
            None => out.push(item),
        }
    }
    out
}

pub(super) fn open_apostrophe(word: &str) -> Option<String> {
    let (head, tail) = word.rsplit_once('\'')?;
    Some(match tail {
        "t" if head.ends_with('n') => format!("{} not", head.strip_suffix('n').unwrap_or(head)),
        "re" => format!("{head} are"),
        "ve" => format!("{head} have"),
        "ll" => format!("{head} will"),
        "d" => format!("{head} would"),
        "m" => format!("{head} am"),
        "s" if matches!(
            head,
            "it" | "he"
                | "she"
                | "that"
                | "this"
                | "what"
                | "there"
                | "here"
                | "who"
                | "everything"
                | "where"
                | "when"
                | "why"
                | "how"
                | "let"
                | "there'"
        ) =>
        {
            format!("{head} is")
        }
        "s" => format!("{head} 's"),
        "" => head.to_owned(),
        _ => return None,
    })
}
