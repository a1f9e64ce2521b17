//! Unpacks what the older filters of PDF streams pack, or only counts it.

/// The codes of LZW that clear its table and end its data, and the first that the table defines.
const CLEAR: usize = 256;
const END: usize = 257;
const FIRST: usize = 258;

/// The most codes of LZW.
const MOST_CODES: usize = 4096;

/// Returns how many bytes come from data that LZW packs, up to the first that are none, or that
/// are more than may be, and whether all of the data was read; `early` tells that codes grow one
/// code early, as they mostly do. The bytes are put into `out`, where there is one.
pub(super) fn lzw(
    data: &[u8],
    early: bool,
    most: u64,
    mut out: Option<&mut Vec<u8>>,
) -> (u64, bool) {
    // Where in the output what each code stands for begins, and how long it is.
    let mut table: Vec<(u64, u64)> = Vec::new();
    let mut before: Option<(u64, u64)> = None;
    let mut count = 0;
    let mut bytes = data.iter();
    let (mut bits, mut buffer) = (0_u32, 0_u32);
    while count <= most {
        let size = FIRST + table.len();
        let width = match size + usize::from(early) {
            2048.. => 12,
            1024.. => 11,
            512.. => 10,
            _ => 9,
        };
        while bits < width {
            let Some(byte) = bytes.next() else { return (count, true) };
            buffer = buffer << 8 | u32::from(*byte);
            bits += 8;
        }
        bits -= width;
        let code = (buffer >> bits & ((1 << width) - 1)) as usize;
        let (from, length) = match code {
            CLEAR => {
                table.clear();
                before = None;
                continue;
            }
            END => return (count, false),
            ..CLEAR => (None, 1),
            code => {
                let known = table.get(code - FIRST).copied();
                let next = before.filter(|_| code == size).map(|(from, length)| (from, length + 1));
                let Some((from, length)) = known.or(next) else { return (count, false) };
                (Some(from), length)
            }
        };
        if let Some(out) = out.as_deref_mut() {
            match from {
                None => out.push(u8::try_from(code).unwrap_or(0)),
                Some(from) => (from..from + length).for_each(|at| {
                    let byte = usize::try_from(at).ok().and_then(|at| out.get(at).copied());
                    out.extend(byte);
                }),
            }
        }
        if let Some((from, length)) = before
            && size < MOST_CODES
        {
            table.push((from, length + 1));
        }
        before = Some((count, length));
        count += length;
    }
    (count, false)
}

/// Returns what runs of bytes stand for, but no more bytes than may be and a run.
pub(super) fn run_lengths(data: &[u8], most: u64) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = data;
    while let [length, behind @ ..] = rest {
        if most < out.len() as u64 {
            break;
        }
        match usize::from(*length) {
            128 => break,
            length @ 129.. => {
                let [byte, behind @ ..] = behind else { break };
                out.extend(std::iter::repeat_n(*byte, 257 - length));
                rest = behind;
            }
            length => {
                let (own, behind) = behind.split_at_checked(length + 1).unwrap_or((behind, &[]));
                out.extend(own);
                rest = behind;
            }
        }
    }
    out
}

/// Returns the bytes that a text of hexadecimal digits stands for, up to the first that is none.
pub(super) fn hexadecimal(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut high: Option<u8> = None;
    for byte in data.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        let digit = char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let Some(digit) = digit.filter(|_| out.len() < most) else { break };
        match high.take() {
            Some(high) => out.push(high << 4 | digit),
            None => high = Some(digit),
        }
    }
    out.extend(high.map(|high| high << 4));
    out
}

/// Returns the bytes that a text in base 85 stands for, up to the first that is none.
pub(super) fn base_85(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut value, mut count) = (0_u32, 0);
    for byte in data.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            _ if most <= out.len() => return out,
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                value = value.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(value.to_be_bytes());
                    (value, count) = (0, 0);
                }
            }
            _ => break,
        }
    }
    if 1 < count {
        for _ in count..5 {
            value = value.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(value.to_be_bytes().into_iter().take(count - 1));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_unpacked() {
        let packed = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        let mut out = Vec::new();
        assert_eq!(lzw(&packed, true, 100, Some(&mut out)), (10, false));
        assert_eq!(out, [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
        assert_eq!(lzw(&packed[..5], true, 100, None), (5, true));
        assert_eq!(lzw(&packed, true, 3, None), (5, false));
    }

    #[test]
    fn what_is_no_lzw_ends_soon() {
        let (count, whole) = lzw(b"q 0.1 0 0 -0.1 0 842 cm BT /F1 9 Tf", true, 1 << 20, None);
        assert!(count < 8 && !whole);
    }

    #[test]
    fn runs_and_texts_are_bytes() {
        assert_eq!(
            run_lengths(&[4, 10, 11, 12, 13, 14, 253, 3, 128], 100),
            [10, 11, 12, 13, 14, 3, 3, 3, 3]
        );
        assert_eq!(hexadecimal(b"4 8656C6C6F7>", 100), b"Hello\x70");
        assert_eq!(base_85(b"87cURD]j7BEbo80~>", 100), b"Hello world!");
        assert_eq!(base_85(b"z87cUR~>", 100), b"\0\0\0\0Hell");
    }
}
