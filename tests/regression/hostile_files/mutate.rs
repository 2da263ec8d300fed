//! Damage to valid files: each mutation draws only from its own named stream, so any one replays.

use fieldassay::rng::Rng;

/// Numbers that break arithmetic, as text.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1e999",
    "NaN",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999",
    "0.1e-400",
    "0x10",
];

/// Pieces that mean something to one of the parsers.
const PIECES: [&str; 14] = [
    "\"",
    "'",
    "\0",
    "[[[[[[[[",
    "{\"a\":",
    "(",
    ")",
    ",",
    "\n",
    "\r\n",
    "#",
    "PK\x01\x02",
    "PK\x05\x06",
    "\u{feff}",
];

/// One of the valid files after one to three mutations.
pub fn mutated(rng: &mut Rng, valid: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = valid[rng.below(valid.len())].clone();
    for _ in 0..=rng.below(3) {
        match rng.below(9) {
            0 => flip_bits(rng, &mut bytes),
            1 => bytes.truncate(place(rng, &bytes)),
            2 => {
                let other = &valid[rng.below(valid.len())];
                splice(rng, &mut bytes, other);
            }
            3 => repeat_chunk(rng, &mut bytes),
            4 => remove_chunk(rng, &mut bytes),
            5 => overwrite_word(rng, &mut bytes),
            6 => replace_number(rng, &mut bytes),
            7 => insert(rng, &mut bytes, PIECES),
            _ => replace_byte(rng, &mut bytes),
        }
    }
    bytes
}

/// A place in `bytes`, its end among them.
fn place(rng: &mut Rng, bytes: &[u8]) -> usize {
    rng.below(bytes.len() + 1)
}

fn chunk(rng: &mut Rng, bytes: &[u8]) -> std::ops::Range<usize> {
    let (a, b) = (place(rng, bytes), place(rng, bytes));
    a.min(b)..a.max(b)
}

fn flip_bits(rng: &mut Rng, bytes: &mut [u8]) {
    for _ in 0..=rng.below(4) {
        if !bytes.is_empty() {
            bytes[rng.below(bytes.len())] ^= 1 << rng.below(8);
        }
    }
}

fn replace_byte(rng: &mut Rng, bytes: &mut [u8]) {
    if !bytes.is_empty() {
        bytes[rng.below(bytes.len())] = rng.below(256) as u8;
    }
}

fn splice(rng: &mut Rng, bytes: &mut Vec<u8>, other: &[u8]) {
    bytes.truncate(place(rng, bytes));
    bytes.extend_from_slice(&other[place(rng, other)..]);
}

fn repeat_chunk(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let repeated = bytes[chunk(rng, bytes)].repeat(1 + rng.below(20));
    let at = place(rng, bytes);
    bytes.splice(at..at, repeated);
}

fn remove_chunk(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let removed = chunk(rng, bytes);
    bytes.drain(removed);
}

fn insert<const N: usize>(rng: &mut Rng, bytes: &mut Vec<u8>, pieces: [&str; N]) {
    let piece = pieces[rng.below(N)].repeat(1 + rng.below(40));
    let at = place(rng, bytes);
    bytes.splice(at..at, piece.into_bytes());
}

/// Two, four or eight bytes become the largest, a huge or a small integer: lengths, counts, offsets.
fn overwrite_word(rng: &mut Rng, bytes: &mut [u8]) {
    let word = [
        u64::MAX,
        i64::MAX as u64,
        1 << 32,
        0xffff_fffe,
        0xffff,
        1,
        0,
    ][rng.below(7)];
    let width = [2, 4, 8][rng.below(3)];
    if let Some(last) = bytes.len().checked_sub(width) {
        let at = rng.below(last + 1);
        bytes[at..at + width].copy_from_slice(&word.to_le_bytes()[..width]);
    }
}

/// A run of digits becomes a number that breaks arithmetic.
fn replace_number(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let digit = |at: &usize| bytes[*at].is_ascii_digit();
    let starts: Vec<usize> = (0..bytes.len())
        .filter(|at| digit(at) && (*at == 0 || !digit(&(at - 1))))
        .collect();
    if starts.is_empty() {
        return;
    }
    let start = starts[rng.below(starts.len())];
    let length = (start..bytes.len()).take_while(digit).count();
    let number = NUMBERS[rng.below(NUMBERS.len())];
    bytes.splice(start..start + length, number.bytes());
}
