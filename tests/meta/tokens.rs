//! The paths and identifiers that a Rust source names, read from its tokens.
//!
//! # Design
//!
//! A parsed syntax tree stops at macro calls, whose arguments are tokens. So everything is read from
//! the tokens, where `use` trees, types, expressions, macro arguments and macro bodies look alike.
//! Comments are no tokens; doc-comments (`#[doc = …]`) are left out; string literals inside other
//! attributes are read as code, since `#[serde(with = "crate::io::x")]` is a dependency.

use std::iter::Peekable;
use std::vec::IntoIter;

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};

/// A path such as `crate::num::Tol`, where it stands, and the inline modules around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathUse {
    /// The segments; of a `use` tree, one path per leaf.
    pub segments: Vec<String>,
    /// Whether it ends in `::*`.
    pub glob: bool,
    /// Inline `mod x { … }` around it, outermost first.
    pub scope: Vec<String>,
    /// Line, from 1.
    pub line: usize,
}

/// Every path of `text`, single identifiers included.
pub fn paths(text: &str) -> Result<Vec<PathUse>, String> {
    let tokens: TokenStream = text.parse().map_err(|why| format!("no tokens: {why}"))?;
    let mut reader = Reader::default();
    reader.walk(tokens, &[]);
    Ok(reader.found)
}

/// Every identifier of `text` that is one of `names`, with its line; raw identifiers count.
pub fn mentions(text: &str, names: &[&str]) -> Result<Vec<(String, usize)>, String> {
    let named = |path: PathUse| {
        let line = path.line;
        let hits = path.segments.into_iter();
        hits.filter(|segment| names.contains(&segment.as_str()))
            .map(move |segment| (segment, line))
            .collect::<Vec<_>>()
    };
    Ok(paths(text)?.into_iter().flat_map(named).collect())
}

/// `(crate)` after `pub` is a visibility, and names nothing.
fn skip_crate_visibility(tokens: &mut Tokens) {
    tokens.next_if(|token| match token {
        TokenTree::Group(group) => group.stream().to_string() == "crate",
        _ => false,
    });
}

type Tokens = Peekable<IntoIter<TokenTree>>;

#[derive(Default)]
struct Reader {
    found: Vec<PathUse>,
    scope: Vec<String>,
}

impl Reader {
    /// Reads `tokens`, every path of which continues `prefix` (inside the braces of a `use` tree).
    fn walk(&mut self, tokens: TokenStream, prefix: &[String]) {
        let mut tokens: Tokens = tokens
            .into_iter()
            .collect::<Vec<_>>()
            .into_iter()
            .peekable();
        let mut line = 0;
        while let Some(token) = tokens.next() {
            line = token.span().start().line.max(line);
            match token {
                TokenTree::Punct(p) if p.as_char() == '#' => self.attribute(&mut tokens),
                TokenTree::Punct(p) if p.as_char() == '*' && !prefix.is_empty() => {
                    self.push(prefix.to_vec(), true, line);
                }
                TokenTree::Ident(ident) if ident == "mod" => self.module(&mut tokens),
                TokenTree::Ident(ident) if ident == "pub" => skip_crate_visibility(&mut tokens),
                TokenTree::Ident(ident) => {
                    let mut segments = prefix.to_vec();
                    segments.push(plain(&ident.to_string()));
                    self.path(&mut tokens, segments, line);
                    skip_alias(&mut tokens);
                }
                TokenTree::Group(group) => self.walk(group.stream(), &[]),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Continues a path after its first segment.
    fn path(&mut self, tokens: &mut Tokens, mut segments: Vec<String>, line: usize) {
        while colons(tokens) {
            match tokens.peek() {
                Some(TokenTree::Ident(ident)) => {
                    segments.push(plain(&ident.to_string()));
                    tokens.next();
                }
                Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace => {
                    self.walk(tree.stream(), &segments);
                    tokens.next();
                    return;
                }
                Some(TokenTree::Punct(p)) if p.as_char() == '*' => {
                    tokens.next();
                    self.push(segments, true, line);
                    return;
                }
                _ => break,
            }
        }
        self.push(segments, false, line);
    }

    fn push(&mut self, segments: Vec<String>, glob: bool, line: usize) {
        self.found.push(PathUse {
            segments,
            glob,
            scope: self.scope.clone(),
            line,
        });
    }

    fn module(&mut self, tokens: &mut Tokens) {
        let Some(TokenTree::Ident(name)) = tokens.peek() else {
            return;
        };
        let name = plain(&name.to_string());
        tokens.next();
        if let Some(TokenTree::Group(body)) = tokens.peek() {
            let body = body.stream();
            tokens.next();
            self.scope.push(name);
            self.walk(body, &[]);
            self.scope.pop();
        }
    }

    fn attribute(&mut self, tokens: &mut Tokens) {
        if matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!') {
            tokens.next();
        }
        let Some(TokenTree::Group(group)) = tokens.peek() else {
            return;
        };
        let group = group.clone();
        tokens.next();
        let is_doc = matches!(group.stream().into_iter().next(),
            Some(TokenTree::Ident(name)) if name == "doc");
        if !is_doc {
            self.walk(group.stream(), &[]);
            self.strings(&group);
        }
    }

    fn strings(&mut self, group: &Group) {
        for token in group.stream() {
            match token {
                TokenTree::Group(inner) => self.strings(&inner),
                TokenTree::Literal(literal) => self.string(&literal),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }

    /// A message such as `"{what} = {value:?}"` has tokens too, which name nothing of the crate.
    fn string(&mut self, literal: &Literal) {
        let line = literal.span().start().line;
        let text = literal.to_string();
        let code = text.trim_matches('"').parse::<TokenStream>();
        let Ok(code) = code else { return };
        let before = self.found.len();
        self.walk(code, &[]);
        for path in &mut self.found[before..] {
            path.line = line;
        }
    }
}

fn colons(tokens: &mut Tokens) -> bool {
    let mut ahead = tokens.clone();
    let colon =
        |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    let both = colon(ahead.next()) && colon(ahead.next());
    if both {
        *tokens = ahead;
    }
    both
}

/// The new name in `use a::b as c` names nothing that exists elsewhere.
fn skip_alias(tokens: &mut Tokens) {
    let mut ahead = tokens.clone();
    let is_as = matches!(ahead.next(), Some(TokenTree::Ident(word)) if word == "as");
    // A cast, `x as crate::num::Real`, goes on with a path.
    if is_as && matches!(ahead.next(), Some(TokenTree::Ident(_))) && !colons(&mut ahead) {
        *tokens = ahead;
    }
}

fn plain(ident: &str) -> String {
    ident.strip_prefix("r#").unwrap_or(ident).to_owned()
}

#[test]
fn paths_are_read_from_use_trees_types_macros_and_attributes() {
    let text = r#"
        //! Not `crate::doc`.
        pub(crate) fn visible() {}
        use crate::{a::{self, b as c}, d::*};
        /// Nor [`crate::doc`].
        #[serde(with = "crate::e::f")]
        struct S(super::g::T);
        mod inner { fn h() { println!("{}", self::k::<u8>()); vec![r#faer::x()] } }
    "#;
    let joined = |path: &PathUse| {
        let star = if path.glob { "::*" } else { "" };
        format!("{}{star}", path.segments.join("::"))
    };
    let found = paths(text).expect("valid tokens");
    let names: Vec<String> = found.iter().map(joined).collect();
    for expected in [
        "crate::a::self",
        "crate::a::b",
        "crate::d::*",
        "crate::e::f",
        "super::g::T",
        "self::k",
        "faer::x",
    ] {
        assert!(
            names.iter().any(|name| name == expected),
            "{expected} in {names:?}"
        );
    }
    assert!(!names.iter().any(|name| name.contains("doc")), "{names:?}");
    let scoped = found
        .iter()
        .find(|path| path.segments[0] == "self")
        .expect("self::k");
    assert_eq!(
        (scoped.scope.as_slice(), scoped.line),
        (&["inner".to_owned()][..], 8)
    );
}
