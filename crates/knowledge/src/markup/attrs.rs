//! The anchors at the end of a block: ` {#one #two .supervisors}`.

use super::target::is_anchor;
use super::tree::Inline;

/// What stood between the braces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attrs {
    pub(super) anchors: Vec<String>,
    pub(super) supervisors: bool,
}

/// Takes the anchors off the end of running text. Braces that hold anything else stay as words.
pub(super) fn take(inlines: &mut Vec<Inline>) -> Attrs {
    let Some(Inline::Text(last)) = inlines.last_mut() else { return Attrs::default() };
    let Some((before, attrs)) = split(last) else { return Attrs::default() };
    last.truncate(before);
    if last.is_empty() {
        inlines.pop();
        while matches!(inlines.last(), Some(Inline::Break { .. })) {
            inlines.pop();
        }
    }
    attrs
}

/// Where the text before the braces ends, and what the braces hold.
pub(super) fn split(text: &str) -> Option<(usize, Attrs)> {
    let inner = text.trim_end().strip_suffix('}')?;
    let open = inner.rfind('{')?;
    let mut attrs = Attrs::default();
    for word in inner.get(open + 1..)?.split_whitespace() {
        if word == ".supervisors" {
            attrs.supervisors = true;
        } else {
            let anchor = word.strip_prefix('#').filter(|anchor| is_anchor(anchor))?;
            attrs.anchors.push(anchor.to_owned());
        }
    }
    let empty = attrs.anchors.is_empty() && !attrs.supervisors;
    (!empty).then(|| (text.get(..open).map_or(0, |before| before.trim_end().len()), attrs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_taken_off_the_end_and_nothing_else_is() {
        let read = |text: &str| {
            let mut inlines = vec![Inline::Text(text.to_owned())];
            let attrs = take(&mut inlines);
            (inlines, attrs.anchors, attrs.supervisors)
        };
        let text = |words: &str| vec![Inline::Text(words.to_owned())];
        assert_eq!(
            read("Words {#SMS-GEN-4 #two}"),
            (text("Words"), vec!["SMS-GEN-4".into(), "two".into()], false)
        );
        assert_eq!(read("Words {.supervisors}"), (text("Words"), vec![], true));
        assert_eq!(read("{#only}"), (vec![], vec!["only".into()], false));
        for left in
            ["Words {one}", "Words {}", "Words {#a b}", "{#a} words", "Words }", "Words {#a\"onclick}"]
        {
            assert_eq!(read(left), (text(left), vec![], false));
        }
    }
}
