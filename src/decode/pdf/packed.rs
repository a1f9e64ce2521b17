//! Refuses PDF files whose streams unpack to more than they may.
//!
//! What interprets the pages unpacks a stream as a whole, however much that is: so this is
//! counted before. Nothing that a file says of its streams is believed: each one is tried.

use std::{borrow::Cow, io::Read};

use flate2::bufread::DeflateDecoder;
use memchr::memmem;

use crate::{
    decode::{
        package::{MOST_UNPACKED, damaged},
        pdf::filters,
    },
    error::Result,
};

/// Streams may unpack to so many times the size of their file: pictures that are nearly white
/// shrink to a hundredth, and other things stand beside them.
const MOST_EXPANDED: u64 = 16;

/// A packed byte unpacks to no more bytes than this.
const MOST_OF_A_BYTE: u64 = 1032;

/// A stream can be packed several times over; no program does that so often.
const MOST_LAYERS: usize = 3;

/// The most streams of one file: only to try them takes time.
const MOST_STREAMS: usize = 1 << 18;

/// So much of what is unpacked shows whether another layer is below it.
const HEAD: usize = 64;

/// Less shows nothing of LZW, and comes to little.
const LEAST_LZW: usize = 16;

/// The longest text before a stream that says what it is.
const LONGEST_ENTRY: usize = 1 << 12;

/// What the streams of objects of a protected file may have together: their layer is not seen
/// from outside, so that each is taken to unpack to as much as it can.
const MOST_PROTECTED: usize = 1 << 19;

/// Refuses a file whose streams unpack to more than they may, together.
pub(super) fn refuse(path: &str, bytes: &[u8]) -> Result<()> {
    let size = bytes.len() as u64;
    let most = most(bytes);
    let mut left = most;
    // Where what is not counted begins.
    let mut skipped: Option<usize> = None;
    let (mut end, mut runs) = (0, false);
    let mut protected = is_protected(bytes).then_some(MOST_PROTECTED);
    for (index, at) in memmem::find_iter(bytes, b"stream").enumerate() {
        if MOST_STREAMS < index {
            let problem = format!("there are more than {MOST_STREAMS} streams");
            return Err(damaged(path, "the list of objects", &problem));
        }
        let split = bytes.split_at_checked(at + b"stream".len());
        let (before, behind) = split.unwrap_or_default();
        let entry = before.get(end.max(at.saturating_sub(LONGEST_ENTRY))..).unwrap_or_default();
        if before.ends_with(b"endstream") {
            end = at;
            continue;
        }
        let data = behind.strip_prefix(b"\r").unwrap_or(behind);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        if let Some(from) = skipped.take() {
            left = left.saturating_sub(most_of(at.saturating_sub(from) as u64));
        }
        // Packed once, what remains of the file cannot come to too much, be it all one stream:
        // then only a second layer is looked for.
        let small = most_of(size.saturating_sub(at as u64)) <= left;
        skipped = small.then_some(at);
        // Anything is runs of bytes, so that this must be said; then any other can be, too.
        runs = runs || names_runs(entry);
        let own = || data.get(..memmem::find(data, b"endstream").unwrap_or(data.len()));
        let own = if runs { own() } else { None };
        let count = unpacked(data, left, small, MOST_LAYERS)
            .and_then(|count| Some(count.max(own.map_or(Some(0), |own| of_runs(own, left))?)))
            .filter(|_| take_protected(&mut protected, entry, data).is_some());
        let Some(count) = count else {
            let problem = format!("it unpacks to more than it may (at most {} MiB)", most >> 20);
            return Err(damaged(path, &format!("the stream at byte {at}"), &problem));
        };
        left -= count;
    }
    Ok(())
}

/// Returns whether the text before a stream names the filter of runs, in whatever way.
fn names_runs(entry: &[u8]) -> bool {
    let named = |entry: &[u8]| has(entry, b"RunLength") || has(entry, b"/RL");
    named(entry) || (has(entry, b"#") && named(&plain(entry)))
}

/// Returns a text whose names have no escapes.
fn plain(entry: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entry.len());
    let mut rest = entry;
    while let [byte, behind @ ..] = rest {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let escaped = digits.filter(|_| *byte == b'#');
        let escaped = escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(escaped.unwrap_or(*byte));
        rest = escaped.and_then(|_| behind.get(2..)).unwrap_or(behind);
    }
    out
}

/// Returns how many bytes the streams of a file may unpack to, together.
pub(super) fn most(bytes: &[u8]) -> u64 {
    MOST_UNPACKED.max(MOST_EXPANDED.saturating_mul(bytes.len() as u64))
}

/// Returns whether what a file holds is not seen from outside.
pub(super) fn is_protected(bytes: &[u8]) -> bool {
    has(bytes, b"/Encrypt")
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    memmem::find(bytes, part).is_some()
}

/// Takes what a stream of objects of a protected file has from what these may have; nothing
/// where that is too little, or where it is packed more than once.
fn take_protected(left: &mut Option<usize>, entry: &[u8], data: &[u8]) -> Option<()> {
    let Some(left) = left else { return Some(()) };
    if has(entry, b"ObjStm") {
        let size = memmem::find(data, b"endstream").unwrap_or(data.len());
        let layers = memmem::find_iter(entry, b"Decode").count()
            - memmem::find_iter(entry, b"DecodeParms").count();
        *left = left.checked_sub(size).filter(|_| layers <= 1)?;
    }
    Some(())
}

/// Returns how many bytes a stream unpacks to; nothing where these are more than are left.
pub(super) fn size(data: &[u8], left: u64) -> Option<u64> {
    unpacked(data, left, false, MOST_LAYERS)
}

/// Returns nothing where streams unpack to more bytes than are left, each as often as it is there.
pub(super) fn fits(streams: &[Cow<'_, [u8]>], mut left: u64) -> Option<()> {
    let packed: u64 = streams.iter().map(|data| data.len() as u64).sum();
    if left < most_of(packed) {
        for data in streams {
            left = left.checked_sub(unpacked(data, left, false, MOST_LAYERS)?)?;
        }
    }
    Some(())
}

/// Returns how much so many packed bytes unpack to at most.
fn most_of(packed: u64) -> u64 {
    packed.saturating_mul(MOST_OF_A_BYTE)
}

fn is_zlib(data: &[u8]) -> bool {
    match data {
        [method, flags, ..] => method & 15 == 8 && u16::from_be_bytes([*method, *flags]) % 31 == 0,
        _ => false,
    }
}

/// Returns how many bytes a stream unpacks to, with all of its layers; nothing where these are
/// more than are left. `small` tells that one layer of what is used today need not be counted.
fn unpacked(data: &[u8], left: u64, small: bool, layers: usize) -> Option<u64> {
    let mut most = inflated(data, left, small, layers)?;
    for early in [true, false].into_iter().filter(|_| is_lzw(data)) {
        let (mut count, _) = filters::lzw(data, early, left, None);
        let mut inner = Vec::new();
        filters::lzw(data, early, HEAD as u64, Some(&mut inner));
        if count <= left && is_packed(&inner) {
            inner.clear();
            filters::lzw(data, early, left, Some(&mut inner));
            count = count.checked_add(inner_size(&inner, left - count, layers)?)?;
        }
        most = Some(count.max(most)).filter(|most| *most <= left)?;
    }
    for bytes in [filters::hexadecimal, filters::base_85] {
        let text = data.strip_prefix(b"<~").unwrap_or(data);
        if is_packed(&bytes(text, HEAD)) {
            let inner = bytes(text, usize::MAX);
            let count = inner.len() as u64;
            let count = count.checked_add(inner_size(&inner, left.checked_sub(count)?, layers)?)?;
            most = most.max(count);
        }
    }
    Some(most)
}

/// Returns how many bytes a stream is that is runs of bytes, be they packed or not, and what
/// these unpack to; nothing where these are more than are left.
fn of_runs(data: &[u8], left: u64) -> Option<u64> {
    let mut inner = Vec::new();
    let packed = data.get(2..).filter(|_| is_zlib(data)).unwrap_or(data);
    let _ended = DeflateDecoder::new(packed).take(left).read_to_end(&mut inner);
    let count = inner.len() as u64;
    let below = runs(&inner, left - count)?;
    Some(runs(data, left)?.max(count + below))
}

fn runs(data: &[u8], left: u64) -> Option<u64> {
    let inner = filters::run_lengths(data, left);
    let count = inner.len() as u64;
    let left = left.checked_sub(count)?;
    // One that is packed again goes the same way.
    let again = filters::run_lengths(&inner, left).len() as u64;
    let below = again.max(inner_size(&inner, left, MOST_LAYERS)?);
    Some(below).filter(|below| *below <= left).map(|below| count + below)
}

/// Returns how many bytes a layer unpacks to that is below another one.
fn inner_size(inner: &[u8], left: u64, layers: usize) -> Option<u64> {
    unpacked(inner, left, false, layers.checked_sub(1)?)
}

/// Returns whether what a layer begins with is another one.
fn is_packed(head: &[u8]) -> bool {
    is_zlib(head) || is_lzw(head)
}

/// Returns whether data can be what LZW packs: of other data, soon a code means nothing.
fn is_lzw(data: &[u8]) -> bool {
    let head = data.get(..data.len().min(HEAD)).unwrap_or_default();
    LEAST_LZW <= head.len() && filters::lzw(head, true, u64::MAX, None).1
}

/// Returns how many bytes a stream unpacks to that is packed as most are, with all layers below;
/// nothing where these are more than are left.
fn inflated(data: &[u8], left: u64, small: bool, layers: usize) -> Option<u64> {
    let marked = is_zlib(data);
    let packed = if marked { data.get(2..).unwrap_or_default() } else { data };
    // The sum at its end is not looked at: it is only as long as what stands before it.
    let mut open = DeflateDecoder::new(packed);
    // A few bytes show whether there is another layer.
    let mut head = Vec::with_capacity(HEAD);
    let mut ended = open.by_ref().take(HEAD as u64).read_to_end(&mut head);
    if is_packed(&head) {
        return below(packed, left, layers);
    }
    if small && ended.is_ok() {
        return Some(0);
    }
    let mut buffer = [0; 1 << 14];
    let mut count = if ended.is_err() { head.len() as u64 } else { 0 };
    loop {
        match ended {
            Ok(0) => return Some(count),
            Ok(read) => count += read as u64,
            // Text is mostly no packed stream, and what is below another one can be text.
            Err(_) if !marked || (count == 0 && layers < MOST_LAYERS) => return Some(count),
            // Some read on behind a defect, and find no more than this.
            Err(_) => {
                let rest = *open.get_ref();
                let end = memmem::find(rest, b"endstream").unwrap_or(rest.len()) as u64;
                count = count.saturating_add(most_of(end));
                return Some(count).filter(|count| *count <= left);
            }
        }
        if left < count {
            return None;
        }
        ended = open.read(&mut buffer);
    }
}

/// Returns how many bytes a stream unpacks to that is packed again below its first layer.
fn below(packed: &[u8], left: u64, layers: usize) -> Option<u64> {
    let layers = layers.checked_sub(1)?;
    let most = left.min(MOST_UNPACKED);
    let mut inner = Vec::new();
    // What was unpacked before a defect is looked at, too.
    let _ended = DeflateDecoder::new(packed).take(most + 1).read_to_end(&mut inner);
    let count = inner.len() as u64;
    let left = left.checked_sub(count)?;
    Some(count + unpacked(&inner, left, false, layers)?)
}
