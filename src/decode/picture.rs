//! Draws on a picture: the shapes of a page, and what is put over it.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "shapes lie between the dots of a picture"
)]

use std::io::Write;

use flate2::{Compression, Crc, write::ZlibEncoder};
use tiny_skia::{
    BlendMode, Color, FillRule, LineCap, LineJoin, Mask, Paint, Path, Pixmap, Rect, Shader, Stroke,
    Transform,
};

use crate::decode::{Area, pdf};

/// So many dots are a point, where that makes no picture larger than it may be.
const DOTS_OF_POINT: Dots = 2.0;

/// The most dots from side to side, and of a whole page.
const MOST_SIDE: Dots = 4000.0;
const MOST_DOTS: Dots = 6_000_000.0;

/// No picture is narrower, whatever the page is: what is written below it needs room.
const LEAST_WIDTH: i32 = 640;

/// How often everything drawn may cover a page of a usual size: a page can be asked to be
/// painted without end.
const MOST_WORK: u64 = 1 << 27;

/// What a shape costs beside its dots.
const WORK_OF_SHAPE: u64 = 256;

/// A place in a picture, between its dots.
pub(super) type Dots = f32; // reason: no amount is ever one

/// Red, green and blue.
pub type Colour = [u8; 3];

/// What a line is drawn with.
#[derive(Clone, Debug)]
pub(super) struct Pen {
    pub(super) width: Dots,
    pub(super) cap: LineCap,
    pub(super) join: LineJoin,
}

/// What a shape is painted with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    pub(super) colour: Colour,
    /// How little shows through, of 255.
    pub(super) strength: u8,
    /// Whether it darkens what is there.
    pub(super) darkens: bool,
}

/// A page that is drawn, with a strip below it.
#[derive(Debug)]
pub struct Picture {
    dots: Pixmap,
    /// The size of the page in dots.
    page: (i32, i32),
    /// How many dots a hundredth of a point has.
    scale: Dots,
    /// How much may still be drawn.
    left: u64,
}

impl Picture {
    /// Begins the picture of a page of a size in hundredths of a point, with a strip of so many
    /// dots below it.
    pub(super) fn new((width, height): (i32, i32), below: u32) -> Option<Picture> {
        let (width, height) = (width.max(1) as Dots, height.max(1) as Dots);
        let scale = (DOTS_OF_POINT / 100.0)
            .min((MOST_SIDE / width).min(MOST_SIDE / height))
            .min((MOST_DOTS / width / height).sqrt());
        let page =
            ((width * scale).ceil().max(1.0) as i32, (height * scale).ceil().max(1.0) as i32);
        let height = u32::try_from(page.1).ok()?.checked_add(below)?;
        let dots = Pixmap::new(u32::try_from(page.0.max(LEAST_WIDTH)).ok()?, height)?;
        let mut picture = Picture { dots, page, scale, left: MOST_WORK };
        picture.dots.fill(Color::WHITE);
        Some(picture)
    }

    /// Returns what the page covers, in dots.
    pub fn page(&self) -> Area {
        Area { left: 0, top: 0, right: self.page.0, bottom: self.page.1 }
    }

    /// Returns what the picture covers, in dots.
    pub fn whole(&self) -> Area {
        let side = |dots: u32| i32::try_from(dots).unwrap_or(i32::MAX);
        Area { left: 0, top: 0, right: side(self.dots.width()), bottom: side(self.dots.height()) }
    }

    /// Returns where a part of the page is, in dots.
    pub fn dots(&self, area: Area) -> Area {
        let down = |place: i32| (place as Dots * self.scale).floor() as i32;
        let up = |place: i32| (place as Dots * self.scale).ceil() as i32;
        let Area { left, top, right, bottom } = area;
        Area { left: down(left), top: down(top), right: up(right), bottom: up(bottom) }
    }

    /// Returns how many dots a hundredth of a point has.
    pub(super) fn scale(&self) -> Dots {
        self.scale
    }

    /// Lets as much be drawn once more as at the beginning.
    pub(super) fn allow(&mut self) {
        self.left = MOST_WORK;
    }

    /// Takes what a shape costs that covers so much; returns whether it may still be drawn.
    pub(super) fn take(&mut self, area: Area) -> bool {
        let side = |from: i32, to: i32| u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        let cost = side(area.left, area.right).saturating_mul(side(area.top, area.bottom));
        let left = self.left.checked_sub(cost.saturating_add(WORK_OF_SHAPE));
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Fills a shape, where a mask lets it be seen.
    pub(super) fn fill(&mut self, path: &Path, rule: FillRule, ink: Ink, mask: Option<&Mask>) {
        self.dots.fill_path(path, &paint(ink), rule, Transform::identity(), mask);
    }

    /// Draws the lines of a shape, where a mask lets them be seen.
    pub(super) fn stroke(&mut self, path: &Path, pen: &Pen, ink: Ink, mask: Option<&Mask>) {
        let Pen { width, cap, join } = pen;
        let stroke =
            Stroke { width: *width, line_cap: *cap, line_join: *join, ..Stroke::default() };
        self.dots.stroke_path(path, &paint(ink), &stroke, Transform::identity(), mask);
    }

    /// Makes a mask that hides everything.
    pub(super) fn mask(&self) -> Option<Mask> {
        Mask::new(self.dots.width(), self.dots.height())
    }

    /// Paints a rectangle of dots over what is there.
    pub fn paint(&mut self, area: Area, colour: Colour) {
        self.rectangle(area, Ink { colour, strength: u8::MAX, darkens: false });
    }

    /// Tints a rectangle of dots: what is dark in it stays so.
    pub fn tint(&mut self, area: Area, colour: Colour) {
        self.rectangle(area, Ink { colour, strength: u8::MAX, darkens: true });
    }

    /// Draws a frame of some width inside a rectangle of dots.
    pub fn frame(&mut self, area: Area, colour: Colour, width: i32) {
        let Area { left, top, right, bottom } = area;
        self.paint(Area { bottom: top + width, ..area }, colour);
        self.paint(Area { top: bottom - width, ..area }, colour);
        self.paint(Area { right: left + width, ..area }, colour);
        self.paint(Area { left: right - width, ..area }, colour);
    }

    /// Returns how many dots long a text of ASCII characters is.
    pub fn length_of(text: &str, size: i32) -> i32 {
        pdf::letters(text, (0.0, 0.0), size as Dots, false).1.ceil() as i32
    }

    /// Writes a text of ASCII characters on a line that begins at some dots, and returns where
    /// it ends. Other characters are question marks.
    pub fn write(
        &mut self,
        text: &str,
        (left, base): (i32, i32),
        size: i32,
        colour: Colour,
    ) -> i32 {
        let place = (left as Dots, base as Dots);
        let (path, length) = pdf::letters(text, place, size as Dots, false);
        self.letters(path, colour);
        left + length.ceil() as i32
    }

    /// Writes a text as [`write`](Picture::write) does, but upwards.
    pub fn write_up(&mut self, text: &str, (base, bottom): (i32, i32), size: i32, colour: Colour) {
        let place = (base as Dots, bottom as Dots);
        let (path, _) = pdf::letters(text, place, size as Dots, true);
        self.letters(path, colour);
    }

    fn letters(&mut self, path: Option<Path>, colour: Colour) {
        if let Some(path) = path.filter(|_| self.take(Area::default())) {
            let ink = Ink { colour, strength: u8::MAX, darkens: false };
            self.fill(&path, FillRule::Winding, ink, None);
        }
    }

    fn rectangle(&mut self, area: Area, ink: Ink) {
        let whole = self.whole();
        let area = Area {
            left: area.left.max(0),
            top: area.top.max(0),
            right: area.right.min(whole.right),
            bottom: area.bottom.min(whole.bottom),
        };
        let Area { left, top, right, bottom } = area;
        let shape = Rect::from_ltrb(left as Dots, top as Dots, right as Dots, bottom as Dots);
        if let Some(shape) = shape.filter(|_| !area.is_empty() && self.take(area)) {
            let paint = Paint { anti_alias: false, ..paint(ink) };
            self.dots.fill_rect(shape, &paint, Transform::identity(), None);
        }
    }

    /// Returns the picture as a PNG file.
    pub fn png(&self) -> Vec<u8> {
        let (width, height) = (self.dots.width(), self.dots.height());
        let mut lines = ZlibEncoder::new(Vec::new(), Compression::default());
        let row = width as usize * 4;
        let mut line = Vec::with_capacity(row);
        for dots in self.dots.data().chunks_exact(row.max(1)) {
            line.clear();
            // Each line as it is, without a filter. Nothing shows through: alpha is left out.
            line.push(0);
            line.extend(dots.chunks_exact(4).flat_map(|dot| dot.iter().take(3)));
            let written = lines.write_all(&line);
            debug_assert!(written.is_ok(), "a vector takes any bytes");
        }
        let lines = lines.finish().unwrap_or_default();
        let mut head = Vec::with_capacity(13);
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        // Eight bits of red, green and blue each; the only compression and filters; no interlace.
        head.extend([8, 2, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1A\n".to_vec();
        chunk(&mut png, *b"IHDR", &head);
        chunk(&mut png, *b"IDAT", &lines);
        chunk(&mut png, *b"IEND", &[]);
        png
    }
}

/// Adds a chunk of a PNG file.
fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut sum = Crc::new();
    sum.update(&kind);
    sum.update(data);
    // A picture of the largest size is some million bytes.
    png.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(sum.sum().to_be_bytes());
}

fn paint(ink: Ink) -> Paint<'static> {
    let [red, green, blue] = ink.colour;
    let blend_mode = if ink.darkens { BlendMode::Multiply } else { BlendMode::SourceOver };
    let colour = Color::from_rgba8(red, green, blue, ink.strength);
    Paint { shader: Shader::SolidColor(colour), blend_mode, ..Paint::default() }
}
