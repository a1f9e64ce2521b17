//! Builds the tree of a page from its tags, also where many of them are missing.

use std::ops::Range;

use html5gum::{DefaultEmitter, Token, Tokenizer, emitters::default::StartTag};

/// Deeper elements are read as if their tags were not there.
const DEEPEST: usize = 200;

/// The most elements and texts of one page.
const MOST_NODES: usize = 1 << 22;

/// The most columns or rows that one cell may span: pages lie about it.
const LARGEST_SPAN: usize = 256;

/// What an element means for the text in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Text, outside every other element.
    Text,
    Table,
    /// A part of a table that holds rows.
    Group,
    Row,
    Cell,
    /// A paragraph, which ends where the next block begins.
    Paragraph,
    Item,
    /// What begins and ends a line.
    Block,
    Break,
    Link,
    Inline,
    /// What is not shown, or is no text.
    Hidden,
}

/// An element or a text of a page. The children of a node are behind it, up to `end`.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// The text of a text, in that of the tree.
    text: Range<usize>,
    /// The index of the first node that is not below this one.
    pub(super) end: usize,
    /// How many columns and rows a cell spans.
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// How many characters are in it, and how many of them in links.
    pub(super) characters: usize,
    pub(super) linked: usize,
    /// Whether a table is in it.
    pub(super) tabled: bool,
    /// Whether its name says that it is the frame around the text.
    pub(super) framing: bool,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    text: String,
    /// The elements that are open, from the outside in.
    open: Vec<usize>,
    names: Vec<Vec<u8>>,
}

impl Tree {
    /// Reads a page; nothing where it has too many elements.
    pub(super) fn read(page: &str) -> Option<Tree> {
        let mut tree = Tree::default();
        let mut emitter = DefaultEmitter::<()>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(page, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => tree.begin(&tag),
                Token::EndTag(tag) => tree.end(&tag.name),
                Token::String(text) => tree.add_text(&String::from_utf8_lossy(&text.value)),
                _ => (),
            }
            if MOST_NODES < tree.nodes.len() {
                return None;
            }
        }
        while !tree.open.is_empty() {
            tree.close();
        }
        Some(tree)
    }

    /// Returns all nodes; each stands before those in it.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Returns the text of a text.
    pub(super) fn text(&self, node: &Node) -> &str {
        self.text.get(node.text.clone()).unwrap_or_default()
    }

    /// Returns the indices of the nodes right below one, or those at the top.
    pub(super) fn children(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let node = self.nodes.get(at).filter(|_| at < range.end)?;
            let child = at;
            at = node.end.max(at + 1);
            Some(child)
        })
    }

    fn add(&mut self, kind: Kind, text: Range<usize>) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node {
            kind,
            text,
            end: at + 1,
            columns: 1,
            rows: 1,
            characters: 0,
            linked: 0,
            tabled: false,
            framing: false,
        });
        at
    }

    fn add_text(&mut self, text: &str) {
        let start = self.text.len();
        self.text.push_str(text);
        let at = self.add(Kind::Text, start..start + text.len());
        let characters = text.chars().filter(|c| !c.is_whitespace()).count();
        if let Some(node) = self.nodes.get_mut(at) {
            node.characters = characters;
        }
        // What is in a node is counted when it closes; so is this at once.
        self.count(at);
    }

    /// Adds what a closed node counts to the open one around it.
    fn count(&mut self, at: usize) {
        let Some(Node { kind, characters, linked, tabled, .. }) = self.nodes.get(at).cloned()
        else {
            return;
        };
        let around = self.open.last().and_then(|around| self.nodes.get_mut(*around));
        if let Some(around) = around.filter(|_| kind != Kind::Hidden) {
            around.characters += characters;
            around.linked += if kind == Kind::Link { characters } else { linked };
            around.tabled |= tabled || kind == Kind::Table;
        }
    }

    fn begin(&mut self, tag: &StartTag<()>) {
        let name: Vec<u8> = tag.name.to_ascii_lowercase();
        let mut kind = kind(&name);
        match kind {
            Kind::Row => self.close_within(&[Kind::Row, Kind::Cell, Kind::Paragraph]),
            Kind::Cell => self.close_within(&[Kind::Cell, Kind::Paragraph]),
            Kind::Group => {
                self.close_within(&[Kind::Group, Kind::Row, Kind::Cell, Kind::Paragraph]);
            }
            Kind::Item => self.close_within(&[Kind::Item, Kind::Paragraph]),
            Kind::Paragraph | Kind::Block | Kind::Table => self.close_within(&[Kind::Paragraph]),
            _ => (),
        }
        let value = |wanted: &[u8]| {
            let found = tag.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| String::from_utf8_lossy(value).to_ascii_lowercase())
        };
        let style: String = value(b"style").unwrap_or_default().split_ascii_whitespace().collect();
        let hidden = style.contains("display:none") || style.contains("mso-hide:all");
        if hidden || value(b"hidden").is_some() {
            kind = Kind::Hidden;
        }
        let span = |wanted: &[u8]| {
            let parsed = value(wanted).and_then(|text| text.trim().parse().ok());
            parsed.map_or(1, |n: usize| n.clamp(1, LARGEST_SPAN))
        };
        let named = |wanted: &[u8]| value(wanted).is_some_and(|name| is_framing(&name));
        let (columns, rows) = (span(b"colspan"), span(b"rowspan"));
        let framing = matches!(kind, Kind::Block | Kind::Item)
            && (matches!(&*name, b"nav" | b"footer" | b"aside") || named(b"class") || named(b"id"));
        // An anchor without an address is no link.
        if kind == Kind::Link && value(b"href").is_none() {
            kind = Kind::Inline;
        }
        let at = self.add(kind, 0..0);
        if let Some(node) = self.nodes.get_mut(at) {
            (node.columns, node.rows, node.framing) = (columns, rows, framing);
        }
        if !is_void(&name) && !tag.self_closing && self.open.len() < DEEPEST {
            self.open.push(at);
            self.names.push(name);
        } else {
            self.count(at);
        }
    }

    fn end(&mut self, name: &[u8]) {
        let name = name.to_ascii_lowercase();
        let outside = matches!(kind(&name), Kind::Table | Kind::Group | Kind::Row | Kind::Cell);
        // An end tag closes nothing outside the cell that it stands in, but for those of tables.
        let within = |at: &usize| {
            outside || !self.nodes.get(*at).is_some_and(|node| node.kind == Kind::Cell)
        };
        let known = self.names.iter().zip(&self.open).rev();
        let depth = known
            .take_while(|(other, at)| **other == name || within(at))
            .position(|(other, _)| *other == name);
        if let Some(depth) = depth {
            (0..=depth).for_each(|_| self.close());
        }
    }

    /// Closes the outermost open element of some kinds, not looking outside the table at hand.
    fn close_within(&mut self, kinds: &[Kind]) {
        let of = |at: &usize| self.nodes.get(*at).map_or(Kind::Text, |node| node.kind);
        let inline = |kind: Kind| matches!(kind, Kind::Inline | Kind::Link);
        let open = self.open.iter().rev().map(of).enumerate();
        let reach = open.take_while(|(_, kind)| kinds.contains(kind) || inline(*kind));
        let last = reach.filter(|(_, kind)| kinds.contains(kind)).last();
        if let Some((depth, _)) = last {
            (0..=depth).for_each(|_| self.close());
        }
    }

    fn close(&mut self) {
        self.names.pop();
        if let Some(at) = self.open.pop() {
            let end = self.nodes.len();
            if let Some(node) = self.nodes.get_mut(at) {
                node.end = end;
            }
            self.count(at);
        }
    }
}

/// Returns what an element means.
fn kind(name: &[u8]) -> Kind {
    match name {
        b"table" => Kind::Table,
        b"tbody" | b"thead" | b"tfoot" => Kind::Group,
        b"tr" => Kind::Row,
        b"td" | b"th" => Kind::Cell,
        b"p" => Kind::Paragraph,
        b"li" | b"dd" | b"dt" => Kind::Item,
        b"br" => Kind::Break,
        b"a" => Kind::Link,
        b"script" | b"style" | b"noscript" | b"template" | b"head" | b"title" | b"select"
        | b"option" | b"textarea" | b"button" | b"iframe" | b"object" | b"svg" | b"xml"
        | b"colgroup" => Kind::Hidden,
        b"div" | b"section" | b"article" | b"main" | b"nav" | b"header" | b"footer" | b"aside"
        | b"ul" | b"ol" | b"dl" | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"hr"
        | b"center" | b"form" | b"caption" | b"blockquote" | b"pre" | b"body" | b"html"
        | b"fieldset" | b"address" | b"figure" | b"figcaption" => Kind::Block,
        _ => Kind::Inline,
    }
}

/// Returns whether an element has no content and no end tag.
fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"br"
            | b"hr"
            | b"img"
            | b"input"
            | b"meta"
            | b"link"
            | b"col"
            | b"base"
            | b"area"
            | b"embed"
            | b"param"
            | b"source"
            | b"track"
            | b"wbr"
    )
}

/// Returns whether the class or the name of an element says that it is the frame of the page.
fn is_framing(name: &str) -> bool {
    const FRAMES: [&str; 10] = [
        "nav",
        "foot",
        "breadcrumb",
        "crumb",
        "copyright",
        "sidebar",
        "menu",
        "position",
        "share",
        "location",
    ];
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.into_iter().any(|word| FRAMES.iter().any(|frame| word.starts_with(frame)))
}
