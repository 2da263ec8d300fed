//! Deterministic damage to what a user types: argument lists and lines of JSON.
//!
//! A mutant starts from a valid input and takes one to three steps away from it, so that most of it
//! still looks right: pure noise is refused at the first character and tests nothing behind it.

use fieldassay::rng::Rng;

/// Values at the edges of number parsing, and things that are no numbers.
const VALUES: &[&str] = &[
    "",
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "7",
    "0.5",
    "1e-320",
    "4.9e-324",
    "1e308",
    "1.8e308",
    "1e999",
    "-1e999",
    "1e-999",
    "nan",
    "NaN",
    "-nan",
    "inf",
    "-inf",
    "infinity",
    "9223372036854775807",
    "-9223372036854775809",
    "18446744073709551616",
    "0x10",
    "1_000",
    "1,5",
    "0,0",
    "0,0,1,",
    "1,1,1,1",
    "٣",
    "½",
    "−1",
    "1e",
    "e5",
    ".",
    "+",
    "--",
    "=",
    "null",
    "true",
    "q2",
    "[]",
    "{}",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "💥",
    "a\u{301}",
    "0.1\n",
    " 0.1",
    "../../etc",
    "%s%n",
    "$(x)",
];

/// Numbers that many arguments take.
const PLAIN: &[&str] = &[
    "0.25", "3.5", "-0.5", "1", "4", "0", "5e0", "0.0500", "30", "6",
];

/// Values that JSON can hold and a record should not, or only sometimes.
const JSON_VALUES: &[&str] = &[
    "null",
    "true",
    "\"\"",
    "\"0.3\"",
    "\"luscher-zeta\"",
    "[]",
    "[0,0,1]",
    "[0,0,1,1]",
    "[1.5,0,0]",
    "[[0,0,1]]",
    "{}",
    "{\"q2\":1}",
    "-0.0",
    "1e999",
    "-1e999",
    "1e-999",
    "1E400",
    "123456789012345678901234567890",
    "9223372036854775808",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x10",
    "01",
    "1.",
    ".5",
    "+1",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "'a'",
    "2",
    "0.3",
    "85",
    "86",
];

/// A source of mutants.
pub struct Mutator {
    rng: Rng,
}

impl Mutator {
    /// The mutants of a named stream.
    pub fn new(rng: Rng) -> Self {
        Self { rng }
    }

    /// One of `items`.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.rng.below(items.len())]
    }

    /// One step as often as two or three.
    fn steps(&mut self) -> usize {
        [1, 1, 2, 3][self.rng.below(4)]
    }

    /// An argument list one to three steps from `line`, words from `others` spliced in.
    pub fn words(&mut self, line: &[&str], others: &[&[&str]]) -> Vec<String> {
        let mut words: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        for _ in 0..self.steps() {
            self.step_words(&mut words, others);
        }
        words
    }

    fn step_words(&mut self, words: &mut Vec<String>, others: &[&[&str]]) {
        let end = words.len();
        let at = self.rng.below(end.max(1));
        match self.rng.below(9) {
            0 if end > 0 => drop(words.remove(at)),
            1 if end > 0 => words.insert(self.rng.below(end), words[at].clone()),
            2 if end > 0 => words.swap(at, self.rng.below(end)),
            3 => {
                let other = self.pick(others);
                if !other.is_empty() {
                    let word = (*self.pick(other)).to_owned();
                    words.insert(at.min(end), word);
                }
            }
            4 => {
                let value = (*self.pick(VALUES)).to_owned();
                words.insert(at.min(end), value);
            }
            5..=7 if end > 0 => words[at] = self.value_of(&words[at]),
            _ if end > 0 => words[at] = self.text(&words[at]),
            _ => words.push(self.text("q2=0.3")),
        }
    }

    /// `key=value` with another value; a word without `=` becomes damaged text.
    fn value_of(&mut self, word: &str) -> String {
        match word.split_once('=') {
            Some((key, _)) if self.rng.below(2) == 0 => format!("{key}={}", self.pick(PLAIN)),
            Some((key, _)) => format!("{key}={}", self.pick(VALUES)),
            None => self.text(word),
        }
    }

    /// A line of JSON one to three steps from `line`.
    pub fn json(&mut self, line: &str) -> String {
        let mut text = line.to_owned();
        for _ in 0..self.steps() {
            text = self.step_json(&text);
        }
        text
    }

    fn step_json(&mut self, text: &str) -> String {
        match self.rng.below(10) {
            // Another value after one of the colons: the commonest mistake of a real record.
            0..=4 => self.swap_json_value(text),
            5 => self.repeat_json_member(text),
            6 => {
                let depth = *self.pick(&[2, 200, 10_000]);
                let nest = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
                let open = if self.rng.below(2) == 0 {
                    "{\"q2\":"
                } else {
                    ""
                };
                let close = if open.is_empty() { "" } else { "}" };
                text.replacen("0.31", &format!("{open}{nest}{close}"), 1)
            }
            7 => {
                let colon = *self.pick(&["", "=", "::", ": :", ":,", ":\u{0}"]);
                text.replacen(':', colon, 1)
            }
            _ => self.text(text),
        }
    }

    fn swap_json_value(&mut self, text: &str) -> String {
        let colons: Vec<usize> = text.match_indices(':').map(|(i, _)| i).collect();
        if colons.is_empty() {
            return self.text(text);
        }
        let start = *self.pick(&colons) + 1;
        let rest = &text[start..];
        let end = rest.find([',', '}']).map_or(text.len(), |i| start + i);
        let value = if self.rng.below(2) == 0 {
            *self.pick(PLAIN)
        } else {
            *self.pick(JSON_VALUES)
        };
        format!("{} {value}{}", &text[..start], &text[end..])
    }

    fn repeat_json_member(&mut self, text: &str) -> String {
        let Some(body) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else {
            return self.text(text);
        };
        let members: Vec<&str> = body.split(", \"").collect();
        let member = self.pick(&members).trim_start_matches('"').to_owned();
        format!("{{{body}, \"{member}}}")
    }

    /// Text with a few characters deleted, doubled, swapped, replaced, or very many of them added.
    fn text(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let end = characters.len();
        let at = self.rng.below(end.max(1));
        match self.rng.below(7) {
            0 if end > 0 => drop(characters.remove(at)),
            1 if end > 0 => characters.insert(at, characters[at]),
            2 if end > 0 => characters.swap(at, self.rng.below(end)),
            3 if end > 0 => characters.truncate(at),
            4 if end > 0 => {
                characters[at] = *self.pick(&['\0', '\u{7f}', '"', '=', '}', 'é', '𝒴', '−'])
            }
            5 if self.rng.below(10) == 0 => {
                let length = *self.pick(&[100, 4_096, 5_000, 70_000]);
                characters.splice(at..at, std::iter::repeat_n('x', length));
            }
            _ => characters.insert(
                at.min(end),
                *self.pick(&['-', '.', 'e', '9', '=', ',', ' ', '\t']),
            ),
        }
        characters.into_iter().collect()
    }
}
