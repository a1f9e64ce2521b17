//! Refuses PDF files whose streams unpack to more than they may.
//!
//! What interprets the pages unpacks a stream as a whole, however much that is: so this is
//! counted before. Nothing that a file says of its streams is believed: each one is tried.

use std::{borrow::Cow, io::Read};

use flate2::bufread::DeflateDecoder;
use memchr::memmem;

use crate::{
    decode::package::{MOST_UNPACKED, damaged},
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

/// Refuses a file whose streams unpack to more than they may, together.
pub(super) fn refuse(path: &str, bytes: &[u8]) -> Result<()> {
    let size = bytes.len() as u64;
    let most = MOST_UNPACKED.max(MOST_EXPANDED.saturating_mul(size));
    let mut left = most;
    // Where what is not counted begins.
    let mut skipped: Option<usize> = None;
    for (index, at) in memmem::find_iter(bytes, b"stream").enumerate() {
        if MOST_STREAMS < index {
            let problem = format!("there are more than {MOST_STREAMS} streams");
            return Err(damaged(path, "the list of objects", &problem));
        }
        let split = bytes.split_at_checked(at + b"stream".len());
        let (before, behind) = split.unwrap_or_default();
        if before.ends_with(b"endstream") {
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
        let Some(count) = unpacked(data, left, small, MOST_LAYERS) else {
            let problem = format!("it unpacks to more than it may (at most {} MiB)", most >> 20);
            return Err(damaged(path, &format!("the stream at byte {at}"), &problem));
        };
        left -= count;
    }
    Ok(())
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
/// more than are left. `small` tells that one layer need not be counted.
fn unpacked(data: &[u8], left: u64, small: bool, layers: usize) -> Option<u64> {
    let marked = is_zlib(data);
    let packed = if marked { data.get(2..).unwrap_or_default() } else { data };
    // The sum at its end is not looked at: it is only as long as what stands before it.
    let mut open = DeflateDecoder::new(packed);
    let (mut many, mut few) = ([0; 1 << 14], [0; 32]);
    // A few bytes show whether there is another layer.
    let buffer: &mut [u8] = if small { &mut few } else { &mut many };
    let mut count = 0;
    loop {
        match open.read(buffer) {
            Ok(0) => return Some(count),
            Ok(read) => {
                if count == 0 && is_zlib(buffer.get(..read).unwrap_or_default()) {
                    return below(packed, left, layers);
                }
                count += read as u64;
            }
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
        if small {
            return Some(0);
        }
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
