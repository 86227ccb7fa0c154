//! The tree of an HTML page. The grammar is the browsers' own, by the library; here the tree is kept in one list, so
//! that neither depth nor width of a page can use up the stack, and both are counted while it grows.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ExpandedName, LocalName, ParseOpts, QualName, ns, parse_document};

use super::Refusal;
use super::error::Reason;
use super::types::Limits;

/// The place of a node in its tree.
pub(super) type Id = usize;

/// A page as a tree. Node 0 is the document.
#[derive(Debug, Default)]
pub(super) struct Dom {
    nodes: Vec<NodeData>,
}

#[derive(Debug, Default)]
struct NodeData {
    parent: Option<Id>,
    children: Vec<Id>,
    depth: usize,
    name: String,
    attrs: Vec<(String, String)>,
    text: Option<String>,
}

impl Dom {
    pub(super) fn children(&self, id: Id) -> &[Id] {
        self.nodes.get(id).map_or(&[], |node| &node.children)
    }

    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        self.nodes.get(id)?.parent
    }

    /// The name of the element; empty for texts and comments.
    pub(super) fn name(&self, id: Id) -> &str {
        self.nodes.get(id).map_or("", |node| &node.name)
    }

    pub(super) fn text(&self, id: Id) -> Option<&str> {
        self.nodes.get(id)?.text.as_deref()
    }

    pub(super) fn attr(&self, id: Id, name: &str) -> Option<&str> {
        self.nodes.get(id)?.attrs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All elements in the order of the page.
    pub(super) fn elements(&self) -> Vec<Id> {
        self.below(0)
    }

    /// All elements below one, in the order of the page.
    pub(super) fn below(&self, id: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut open: Vec<Id> = self.children(id).iter().rev().copied().collect();
        while let Some(id) = open.pop() {
            if !self.name(id).is_empty() {
                found.push(id);
            }
            open.extend(self.children(id).iter().rev());
        }
        found
    }

    /// All text below a node, with the spaces it has.
    pub(super) fn words(&self, id: Id) -> String {
        let mut text = String::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Some(words) = self.text(id) {
                text.push_str(words);
            } else if !matches!(self.name(id), "script" | "style" | "template" | "noscript") {
                if !matches!(
                    self.name(id),
                    "" | "a" | "b" | "i" | "em" | "strong" | "span" | "u" | "sup" | "sub"
                ) {
                    text.push(' ');
                }
                open.extend(self.children(id).iter().rev());
            }
        }
        text
    }
}

/// Reads a page as a browser would.
pub(super) fn parse(text: &str, limits: &Limits) -> Result<Dom, Refusal> {
    let sink = Sink {
        dom: RefCell::new(Dom { nodes: vec![NodeData::default()] }),
        line: Cell::new(1),
        stop: Cell::new(None),
        max_depth: limits.max_depth,
        max_nodes: limits.max_nodes,
    };
    let mut parser = parse_document(sink, ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        // In small pieces, so that a page over a limit is left before it has grown far beyond.
        let mut end = rest.len().min(1_024);
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        parser.process(StrTendril::from(piece));
        rest = after;
        if let Some((line, deep)) = parser.tokenizer.sink.sink.stop.get() {
            let reason = if deep { Reason::TooDeep } else { Reason::TooManyNodes(limits.max_nodes) };
            return Err((Some(line), reason));
        }
    }
    Ok(parser.finish())
}

struct Sink {
    dom: RefCell<Dom>,
    line: Cell<usize>,
    /// The line and whether it was the depth.
    stop: Cell<Option<(usize, bool)>>,
    max_depth: usize,
    max_nodes: usize,
}

#[derive(Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

/// The handle of what is no element.
fn nameless(id: Id) -> Handle {
    Handle { id, name: Rc::new(QualName::new(None, ns!(), LocalName::from(""))) }
}

impl Sink {
    fn add(&self, data: NodeData) -> Id {
        let mut dom = self.dom.borrow_mut();
        dom.nodes.push(data);
        if dom.nodes.len() > self.max_nodes && self.stop.get().is_none() {
            self.stop.set(Some((self.line.get(), false)));
        }
        dom.nodes.len() - 1
    }

    fn detach(&self, id: Id) {
        let mut dom = self.dom.borrow_mut();
        let parent = dom.nodes.get_mut(id).and_then(|node| node.parent.take());
        if let Some(parent) = parent.and_then(|parent| dom.nodes.get_mut(parent)) {
            // What is moved was put there last, nearly always.
            if let Some(at) = parent.children.iter().rposition(|&child| child == id) {
                parent.children.remove(at);
            }
        }
    }

    fn insert(&self, parent: Id, at: Option<usize>, id: Id) {
        self.detach(id);
        let mut dom = self.dom.borrow_mut();
        let depth = dom.nodes.get(parent).map_or(0, |node| node.depth) + 1;
        if depth > self.max_depth && self.stop.get().is_none() {
            self.stop.set(Some((self.line.get(), true)));
        }
        if let Some(node) = dom.nodes.get_mut(id) {
            node.parent = Some(parent);
            node.depth = depth;
        }
        if let Some(node) = dom.nodes.get_mut(parent) {
            let at = at.unwrap_or(node.children.len()).min(node.children.len());
            node.children.insert(at, id);
        }
    }

    fn put(&self, parent: Id, at: Option<usize>, new: NodeOrText<Handle>) {
        match new {
            NodeOrText::AppendNode(handle) => self.insert(parent, at, handle.id),
            NodeOrText::AppendText(text) => {
                let before = {
                    let dom = self.dom.borrow();
                    let children = dom.children(parent);
                    at.unwrap_or(children.len()).checked_sub(1).and_then(|at| children.get(at).copied())
                };
                if let Some(node) = before.and_then(|id| {
                    self.dom
                        .borrow_mut()
                        .nodes
                        .get_mut(id)
                        .and_then(|n| n.text.as_mut())
                        .map(|t| t.push_str(&text))
                }) {
                    return node;
                }
                let id = self.add(NodeData { text: Some(text.to_string()), ..NodeData::default() });
                self.insert(parent, at, id);
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Dom;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Dom {
        self.dom.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        nameless(0)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        let attrs = attrs.into_iter().map(|a| (a.name.local.to_string(), a.value.to_string())).collect();
        let id = self.add(NodeData { name: name.local.to_string(), attrs, ..NodeData::default() });
        Handle { id, name: Rc::new(name) }
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        nameless(self.add(NodeData::default()))
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        nameless(self.add(NodeData::default()))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(parent.id, None, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        let has_parent = self.dom.borrow().parent(element.id).is_some();
        if has_parent { self.append_before_sibling(element, child) } else { self.append(previous, child) }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, one: &Handle, other: &Handle) -> bool {
        one.id == other.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, new: NodeOrText<Handle>) {
        let place = {
            let dom = self.dom.borrow();
            dom.parent(sibling.id).map(|parent| {
                (parent, dom.children(parent).iter().rposition(|&child| child == sibling.id).unwrap_or(0))
            })
        };
        if let Some((parent, at)) = place {
            self.put(parent, Some(at), new);
        }
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        if let Some(node) = self.dom.borrow_mut().nodes.get_mut(target.id) {
            for attr in attrs {
                let key = attr.name.local.to_string();
                if !node.attrs.iter().any(|(known, _)| *known == key) {
                    node.attrs.push((key, attr.value.to_string()));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, new_parent: &Handle) {
        let children =
            self.dom.borrow_mut().nodes.get_mut(node.id).map(|node| std::mem::take(&mut node.children));
        for child in children.unwrap_or_default() {
            if let Some(node) = self.dom.borrow_mut().nodes.get_mut(child) {
                node.parent = None;
            }
            self.insert(new_parent.id, None, child);
        }
    }

    fn set_current_line(&self, line: u64) {
        self.line.set(usize::try_from(line).unwrap_or(usize::MAX));
    }
}
