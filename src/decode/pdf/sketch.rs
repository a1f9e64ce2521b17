//! Draws a page of a PDF file as people see it, but for its pictures.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_types,
    reason = "shapes lie between the dots of a picture"
)]

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
};

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask, StrokeProps,
    font::{Glyph as Drawn, GlyphId, GlyphRun},
    hayro_cmap::BfString,
    interpret_page,
    kurbo::{Affine, BezPath, Cap, Join, PathEl, Point, Rect, Shape},
};
use hayro_syntax::Pdf;
use tiny_skia::{LineCap, LineJoin, Mask, Path, PathBuilder, Transform};

use crate::decode::{
    Area, Picture,
    pdf::canvas::{DrawsTooMuch, File},
    picture::{Colour, Dots, Ink, Pen},
};

/// What stands for a picture, for a pattern, and for a character whose font is not in the file.
const PICTURE: Colour = [0xE4, 0xE4, 0xE4];
const PATTERN: Colour = [0xD8, 0xD8, 0xD8];
const UNKNOWN: Colour = [0xB0, 0xB0, 0xB0];

/// What stands for characters that are there to be read by programs only.
const INVISIBLE: Colour = [0x70, 0x90, 0xB0];

/// Shapes reach no further than so many dots: what is beyond is never seen.
const FARTHEST: f64 = 8000.0; // reason: a place between dots

/// So many clips inside each other have their own shape, those in them are rectangles.
const MOST_MASKS: usize = 16;

/// The most that a page may draw: parts of shapes, clips, pictures and characters. Characters
/// that are drawings themselves can be asked for without end.
const MOST_DRAWN: usize = 1 << 20;

/// The width of a character, in thousandths of its size, that is about as high.
const LEAST_SQUARE: f64 = 900.0; // reason: a size

/// How often making a mask goes over the whole picture.
const WORK_OF_MASK: usize = 3;

/// What a clip costs beside the dots that it covers.
const COST_OF_CLIP: usize = 16;

/// Draws a page, counted from 0; returns whether all of it is drawn, and not only as much as one
/// page may be.
pub(super) fn page(file: &File, index: usize, picture: &mut Picture) -> bool {
    let Some(page) = file.pdf.pages().get(index) else { return true };
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, width.into(), height.into());
    let scale = Affine::scale(f64::from(picture.scale()) * 100.0); // reason: points into dots
    let area = scale.transform_rect_bbox(area);
    let transform = scale * Affine::new(page.initial_transform(true).as_coeffs());
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    let mut context = Context::new(transform, area, &cache, file.pdf.xref(), settings);
    let clips = vec![Clip { area, shape: None }];
    let mut sketch = Sketch { picture, clips, cut: None, shown: vec![1.0], drawn: 0 };
    let draw = AssertUnwindSafe(|| interpret_page(page, &mut context, &mut sketch));
    match catch_unwind(draw) {
        Ok(()) => true,
        Err(stop) if stop.is::<DrawsTooMuch>() => false,
        Err(defect) => resume_unwind(defect),
    }
}

/// What is shown: a rectangle, and a shape in it.
#[derive(Clone)]
struct Clip {
    area: Rect,
    shape: Option<Rc<Mask>>,
}

/// How much is seen of a shape.
enum Seen {
    Not,
    Wholly,
    Through(Rc<Mask>),
}

impl Seen {
    fn is_any(&self) -> bool {
        !matches!(self, Seen::Not)
    }

    fn mask(&self) -> Option<&Mask> {
        match self {
            Seen::Through(mask) => Some(mask),
            Seen::Not | Seen::Wholly => None,
        }
    }
}

/// A picture while a page is drawn on it.
struct Sketch<'p> {
    picture: &'p mut Picture,
    /// What is shown, from the whole page inwards.
    clips: Vec<Clip>,
    /// The mask of the rectangle that was last needed.
    cut: Option<(Rect, Rc<Mask>)>,
    /// How much of the groups is shown that are open.
    shown: Vec<Dots>,
    /// How much was drawn.
    drawn: usize,
}

impl Sketch<'_> {
    /// Counts what is drawn, and stops the page where that is too much.
    fn count(&mut self, more: usize) {
        self.drawn = self.drawn.saturating_add(more);
        if MOST_DRAWN < self.drawn {
            resume_unwind(Box::new(DrawsTooMuch));
        }
    }

    /// Counts the dots of an area, and stops the page where they are too many.
    fn cover(&mut self, area: Rect) {
        if !self.picture.take(dots(area)) {
            resume_unwind(Box::new(DrawsTooMuch));
        }
    }

    /// Returns how much is seen of what covers an area.
    fn seen(&mut self, area: Rect) -> Seen {
        let Some(clip) = self.clips.last().cloned() else { return Seen::Not };
        let seen = area.intersect(clip.area);
        // A line has no width of its own.
        if seen.x1 < seen.x0 || seen.y1 < seen.y0 {
            return Seen::Not;
        }
        self.cover(seen.inflate(1.0, 1.0));
        if let Some(mask) = clip.shape {
            return Seen::Through(mask);
        }
        let inside = |x: f64, y: f64| clip.area.contains(Point::new(x, y)); // reason: a place
        if inside(area.x0, area.y0) && inside(area.x1, area.y1) {
            return Seen::Wholly;
        }
        if let Some((_, mask)) = self.cut.as_ref().filter(|(known, _)| *known == clip.area) {
            return Seen::Through(Rc::clone(mask));
        }
        let shape = path(&clip.area.to_path(0.1), Affine::IDENTITY);
        let mask = shape.and_then(|shape| self.masked(None, &shape, tiny_skia::FillRule::Winding));
        let Some(mask) = mask else { return Seen::Not };
        self.cut = Some((clip.area, Rc::clone(&mask)));
        Seen::Through(mask)
    }

    /// Makes the mask of a shape, in another.
    fn masked(
        &mut self,
        outer: Option<&Mask>,
        shape: &Path,
        rule: tiny_skia::FillRule,
    ) -> Option<Rc<Mask>> {
        let page = self.picture.whole();
        // It is made, filled and laid over the other.
        for _ in 0..WORK_OF_MASK {
            self.cover(Rect::new(0.0, 0.0, page.right.into(), page.bottom.into()));
        }
        let mask = if let Some(outer) = outer {
            let mut mask = outer.clone();
            mask.intersect_path(shape, rule, true, Transform::identity());
            mask
        } else {
            let mut mask = self.picture.mask()?;
            mask.fill_path(shape, rule, true, Transform::identity());
            mask
        };
        Some(Rc::new(mask))
    }

    fn clip(&mut self, area: Rect, shape: Option<(&BezPath, FillRule)>) {
        self.count(COST_OF_CLIP);
        let Some(outer) = self.clips.last().cloned() else { return };
        let area = outer.area.intersect(area);
        let own = self.clips.iter().filter(|clip| clip.shape.is_some()).count();
        let shape = shape.filter(|_| own < MOST_MASKS && 0.0 < area.area());
        let mask = shape.and_then(|(shape, rule)| {
            let shape = path(shape, Affine::IDENTITY)?;
            self.masked(outer.shape.as_deref(), &shape, rule_of(rule))
        });
        self.clips.push(Clip { area, shape: mask.or(outer.shape) });
    }

    fn ink(&self, paint: &Paint<'_>, blend: BlendMode) -> Ink {
        let [red, green, blue, alpha] = match paint {
            Paint::Color(colour) => colour.to_rgba().to_rgba8(),
            Paint::Pattern(_) => {
                let [red, green, blue] = PATTERN;
                [red, green, blue, u8::MAX]
            }
        };
        let shown = self.shown.last().copied().unwrap_or(1.0).clamp(0.0, 1.0);
        let strength = (Dots::from(alpha) * shown).round() as u8;
        let darkens = matches!(blend, BlendMode::Multiply | BlendMode::Darken);
        Ink { colour: [red, green, blue], strength, darkens }
    }

    fn fill(&mut self, shape: &BezPath, transform: Affine, rule: FillRule, ink: Ink) {
        let Some(path) = path(shape, transform) else { return };
        let seen = self.seen(bounds(&path));
        if seen.is_any() {
            self.picture.fill(&path, rule_of(rule), ink, seen.mask());
        }
    }

    fn stroke(&mut self, shape: &BezPath, transform: Affine, stroke: &StrokeProps, ink: Ink) {
        let Some(path) = path(shape, transform) else { return };
        let scale = transform.determinant().abs().sqrt() as Dots;
        let width = (stroke.line_width * scale).clamp(0.0, FARTHEST as Dots);
        let around = f64::from(width); // reason: a place between dots
        let seen = self.seen(bounds(&path).inflate(around, around));
        if !seen.is_any() {
            return;
        }
        let pen = Pen {
            width,
            cap: match stroke.line_cap {
                Cap::Butt => LineCap::Butt,
                Cap::Round => LineCap::Round,
                Cap::Square => LineCap::Square,
            },
            join: match stroke.line_join {
                Join::Bevel => LineJoin::Bevel,
                Join::Miter => LineJoin::Miter,
                Join::Round => LineJoin::Round,
            },
        };
        self.picture.stroke(&path, &pen, ink, seen.mask());
    }

    fn draw(&mut self, shape: &BezPath, transform: Affine, mode: &DrawMode, ink: Ink) {
        match mode {
            DrawMode::Fill(rule) => self.fill(shape, transform, *rule, ink),
            DrawMode::Stroke(stroke) => self.stroke(shape, transform, stroke, ink),
            DrawMode::FillAndStroke(rule, stroke) => {
                self.fill(shape, transform, *rule, ink);
                self.stroke(shape, transform, stroke, ink);
            }
            DrawMode::Invisible => {
                self.fill(shape, transform, FillRule::NonZero, Ink { colour: INVISIBLE, ..ink });
            }
        }
    }
}

impl<'a> Device<'a> for Sketch<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(path.elements().len().max(1));
        if !matches!(mode, DrawMode::Invisible) {
            let ink = self.ink(&props.paint, props.blend_mode);
            self.draw(path, props.transform, mode, ink);
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.count(clip.path.elements().len());
        self.clip(clip.path.bounding_box(), Some((&clip.path, clip.fill)));
    }

    fn push_clip_rect(&mut self, area: &Rect) {
        self.clip(*area, None);
    }

    fn push_transparency_group(&mut self, opacity: Dots, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.count(1);
        self.shown.push(self.shown.last().copied().unwrap_or(1.0) * opacity);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(run.glyphs().len().max(1));
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            match &**glyph {
                Drawn::Outline(outline) => {
                    let mut ink = self.ink(&props.paint, props.blend_mode);
                    let mut shape = outline.outline();
                    self.count(shape.elements().len());
                    let absent = outline.glyph_id() == GlyphId::NOTDEF || shape.is_empty();
                    let width = outline.advance_width().map_or(500.0, f64::from); // reason: a size
                    let blank = match glyph.as_unicode() {
                        Some(BfString::Char(c)) => c.is_whitespace(),
                        Some(BfString::String(text)) => text.trim().is_empty(),
                        // Most that are as wide as they are high are no blanks.
                        None => width < LEAST_SQUARE,
                    };
                    if absent && !blank {
                        // Its font is not in the file, and none that is known has it.
                        shape = Rect::new(80.0, -60.0, width - 80.0, 760.0).to_path(0.1);
                        ink.colour = UNKNOWN;
                    }
                    self.draw(&shape, place, mode, ink);
                }
                Drawn::Type3(drawn) => {
                    if !matches!(mode, DrawMode::Invisible) {
                        drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                    }
                }
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(1);
        let (width, height) = (f64::from(image.width()), f64::from(image.height())); // reason: sizes
        let frame = Rect::new(0.0, 0.0, width, height).to_path(0.1);
        let ink = Ink { colour: PICTURE, strength: u8::MAX, darkens: true };
        self.fill(&frame, props.transform, FillRule::NonZero, ink);
        let mut cross = frame;
        cross.move_to((0.0, 0.0));
        cross.line_to((width, height));
        cross.move_to((width, 0.0));
        cross.line_to((0.0, height));
        let thin = StrokeProps { line_width: 0.0, ..StrokeProps::default() };
        self.stroke(&cross, props.transform, &thin, Ink { colour: PATTERN, ..ink });
    }

    fn pop_clip(&mut self) {
        if 1 < self.clips.len() {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {
        if 1 < self.shown.len() {
            self.shown.pop();
        }
    }
}

/// Turns a shape into one of dots; nothing where it has none.
fn path(shape: &BezPath, transform: Affine) -> Option<Path> {
    let mut path = PathBuilder::with_capacity(shape.elements().len(), shape.elements().len() * 2);
    let dot = |point: Point| {
        let Point { x, y } = transform * point;
        let (x, y) = (x.clamp(-FARTHEST, FARTHEST), y.clamp(-FARTHEST, FARTHEST));
        (x as Dots, y as Dots)
    };
    for element in shape.elements() {
        match *element {
            PathEl::MoveTo(to) => {
                let (x, y) = dot(to);
                path.move_to(x, y);
            }
            PathEl::LineTo(to) => {
                let (x, y) = dot(to);
                path.line_to(x, y);
            }
            PathEl::QuadTo(by, to) => {
                let [by, to] = [by, to].map(dot);
                path.quad_to(by.0, by.1, to.0, to.1);
            }
            PathEl::CurveTo(first, second, to) => {
                let [first, second, to] = [first, second, to].map(dot);
                path.cubic_to(first.0, first.1, second.0, second.1, to.0, to.1);
            }
            PathEl::ClosePath => path.close(),
        }
    }
    path.finish()
}

fn bounds(path: &Path) -> Rect {
    let bounds = path.bounds();
    let (left, top) = (bounds.left().into(), bounds.top().into());
    Rect::new(left, top, bounds.right().into(), bounds.bottom().into())
}

/// Returns the dots that an area touches.
fn dots(area: Rect) -> Area {
    let area = area.expand();
    Area {
        left: area.x0 as i32,
        top: area.y0 as i32,
        right: area.x1 as i32,
        bottom: area.y1 as i32,
    }
}

fn rule_of(rule: FillRule) -> tiny_skia::FillRule {
    match rule {
        FillRule::NonZero => tiny_skia::FillRule::Winding,
        FillRule::EvenOdd => tiny_skia::FillRule::EvenOdd,
    }
}

/// Sets a text of ASCII characters in the font that every reader of PDF files has: its shape on
/// a line that begins at a place, to the right or upwards, and how long it is.
pub(in crate::decode) fn letters(
    text: &str,
    (left, base): (Dots, Dots),
    size: Dots,
    upwards: bool,
) -> (Option<Path>, Dots) {
    let mut letters = Letters { shape: BezPath::new(), end: 0.0 };
    if let Ok(file) = Pdf::new(label(text))
        && let Some(page) = file.pages().first()
    {
        let area = Rect::new(0.0, 0.0, 1.0, 1.0);
        let cache = InterpreterCache::new();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, area, &cache, file.xref(), settings);
        interpret_page(page, &mut context, &mut letters);
    }
    let place = Affine::translate((left.into(), base.into()));
    let size = f64::from(size); // reason: a size in dots
    let turn = if upwards {
        Affine::new([0.0, -size, -size, 0.0, 0.0, 0.0])
    } else {
        Affine::scale_non_uniform(size, -size)
    };
    (path(&letters.shape, place * turn), (letters.end * size) as Dots)
}

/// Makes a file whose only page is a text, of the height of one point.
fn label(text: &str) -> Vec<u8> {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | ')' | '\\' => shown.extend(['\\', c]),
            ' '..='~' => shown.push(c),
            _ => shown.push('?'),
        }
    }
    let drawn = format!("BT /F 1 Tf ({shown}) Tj ET");
    let length = drawn.len();
    let file = format!(
        "%PDF-1.4\n\
         1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n\
         2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
         3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1 1] /Contents 4 0 R \
         /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold \
         >> >> >> >>\nendobj\n\
         4 0 obj\n<< /Length {length} >>\nstream\n{drawn}\nendstream\nendobj\n\
         trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    );
    file.into_bytes()
}

/// Collects the shapes of a text that is a point high.
struct Letters {
    shape: BezPath,
    end: f64, // reason: a place on a page
}

impl<'a> Device<'a> for Letters {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: Dots, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            if let Drawn::Outline(outline) = &**glyph {
                self.shape.extend(&(place * outline.outline()));
                let width = outline.advance_width().unwrap_or_default();
                self.end = (place * Point::new(width.into(), 0.0)).x;
            }
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
