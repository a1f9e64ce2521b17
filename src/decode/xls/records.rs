//! The records that a workbook of Excel 97 to 2003 is a long row of (BIFF8).

/// A record that begins a part, and one that ends it.
pub(super) const BEGIN: u16 = 0x0809;
pub(super) const END: u16 = 0x000A;

/// Goes on with the record before, which may have no more than 8,224 bytes.
pub(super) const CONTINUE: u16 = 0x003C;

/// A record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// What it is.
    pub(super) kind: u16,
    /// What it says.
    pub(super) data: Bytes<'a>,
}

/// The records of a stream, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Records<'a> {
    /// Starts at a byte of a stream.
    pub(super) fn new(stream: &'a [u8], at: usize) -> Records<'a> {
        Records { stream, at }
    }

    /// Returns the byte that the next record begins at.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Returns the next record; nothing where the stream ends or breaks off.
    pub(super) fn next(&mut self) -> Option<Record<'a>> {
        let mut rest = Bytes(self.stream.get(self.at..)?);
        let (kind, length) = (rest.u16()?, rest.u16()?);
        let data = rest.take(usize::from(length))?;
        self.at += 4 + data.len();
        Some(Record { kind, data: Bytes(data) })
    }

    /// Returns a record that was read as one piece with those that go on with it.
    pub(super) fn whole(&mut self, record: Record<'a>) -> Pieces<'a> {
        let mut pieces = Vec::new();
        loop {
            let before = self.at;
            match self.next() {
                Some(next) if next.kind == CONTINUE => pieces.push(next.data),
                _ => {
                    self.at = before;
                    break;
                }
            }
        }
        Pieces { piece: record.data, rest: pieces.into_iter(), units: Vec::new() }
    }
}

/// Bytes that are read from their beginning; nothing is returned where there are too few.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    /// Takes so many bytes.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Leaves so many bytes out.
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.take(count).map(drop)
    }

    /// Takes a number of one byte.
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// Takes a number of two bytes.
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    /// Takes a number of four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// Takes a number of eight bytes.
    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    /// Returns how many bytes are left.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Takes a text of one or two bytes a character: how long it is, and which of both, stands
    /// before it.
    pub(super) fn text(self, count: usize) -> Option<String> {
        Pieces::of(self).text(count)
    }
}

/// A record with those that go on with it.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    piece: Bytes<'a>,
    rest: std::vec::IntoIter<Bytes<'a>>,
    /// The characters of the text at hand; a place to work.
    units: Vec<u16>,
}

impl<'a> Pieces<'a> {
    /// Makes what no record goes on with.
    fn of(piece: Bytes<'a>) -> Pieces<'a> {
        Pieces { piece, rest: Vec::new().into_iter(), units: Vec::new() }
    }

    /// Goes on to the next piece where this one is read.
    fn refill(&mut self) {
        while self.piece.len() == 0 {
            let Some(next) = self.rest.next() else { break };
            self.piece = next;
        }
    }

    /// Takes a number of two bytes.
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.refill();
        self.piece.u16()
    }

    /// Takes a number of four bytes.
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.refill();
        self.piece.u32()
    }

    /// Leaves so many bytes out, of as many pieces as they are in.
    fn skip(&mut self, mut count: usize) -> Option<()> {
        while 0 < count {
            self.refill();
            let here = count.min(self.piece.len());
            if here == 0 {
                return None;
            }
            self.piece.skip(here)?;
            count -= here;
        }
        Some(())
    }

    /// Takes a text that says itself how long it is.
    pub(super) fn counted_text(&mut self) -> Option<String> {
        let count = self.u16()?;
        self.text(usize::from(count))
    }

    /// Takes a text of so many characters, with what says of its parts how they are written
    /// and read.
    pub(super) fn text(&mut self, count: usize) -> Option<String> {
        self.refill();
        let flags = self.piece.u8()?;
        let parts = if flags & 8 != 0 { self.u16()? } else { 0 };
        let aid = if flags & 4 != 0 { self.u32()? } else { 0 };
        self.units.clear();
        let mut wide = flags & 1 != 0;
        let mut missing = count;
        while 0 < missing {
            if self.piece.len() == 0 {
                // Each piece says anew whether a character has one or two bytes.
                self.piece = self.rest.next()?;
                wide = self.piece.u8()? & 1 != 0;
            }
            let each = if wide { 2 } else { 1 };
            let here = missing.min(self.piece.len() / each);
            if here == 0 {
                return None;
            }
            let taken = self.piece.take(here * each)?;
            let unit = |pair: &[u8]| pair.iter().rev().fold(0, |sum, b| sum << 8 | u16::from(*b));
            self.units.extend(taken.chunks_exact(each).map(unit));
            missing -= here;
        }
        let text = String::from_utf16_lossy(&self.units);
        self.skip(4 * usize::from(parts))?;
        self.skip(usize::try_from(aid).ok()?)?;
        Some(text)
    }
}
