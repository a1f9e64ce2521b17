//! Collects what the pages of a PDF file draw: characters, straight lines, what hides them.
#![expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::disallowed_types,
    reason = "places on a page come as floats; they leave this file as integers"
)]

use std::{
    cell::OnceCell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
};

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, RenderContent, SoftMask,
    font::{Glyph as Drawn, GlyphRun},
    hayro_cmap::BfString,
    interpret, interpret_page,
    kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape, Vec2},
};
use hayro_syntax::{
    LoadPdfError, Pdf,
    object::{Array, Dict, Object, Stream},
    page::Resources,
};
use unicode_normalization::UnicodeNormalization;

use crate::{
    decode::{
        package::{MOST_UNPACKED, damaged},
        pdf::{Glyph, Length, POINT, Page, Rule, fonts::Codes, packed},
    },
    error::{ErrorKind, Result},
};

/// Filled shapes up to this width are lines; wider ones are backgrounds.
const WIDEST_RULE: Length = 3 * POINT;

/// Shorter lines are dots and parts of drawings.
const SHORTEST_RULE: Length = 2 * POINT;

/// The most characters and lines of one page; what is beyond is a drawing, or an attack.
const MOST_GLYPHS: usize = 1 << 18;
const MOST_RULES: usize = 1 << 17;

/// The most that one page may draw: lines, shapes, clips, pictures and characters. A form that
/// draws a form that draws a form can be asked for without end.
const MOST_DRAWN: usize = 1 << 20;

/// A clip counts so many times: each form begins with one, and costs more than what it draws.
const COST_OF_FORM: usize = 16;

/// What a page that draws more than it may is left with.
pub(super) struct DrawsTooMuch;

/// An opened file.
pub(super) struct File {
    pub(super) pdf: Pdf,
    /// What codes mean where a font does not say it; found when first asked for.
    codes: OnceCell<Option<Codes>>,
}

/// Opens a file; an error says that it is damaged or protected.
pub(super) fn open(path: &str, bytes: &[u8]) -> Result<File> {
    match Pdf::new(bytes.to_vec()) {
        Ok(pdf) if packed::is_protected(bytes) && !fits(&pdf, packed::most(bytes)) => {
            Err(damaged(path, "a stream", "it unpacks to more than it may"))
        }
        Ok(pdf) => Ok(File { pdf, codes: OnceCell::new() }),
        Err(LoadPdfError::Decryption(_)) => {
            Err(ErrorKind::Protected { path: path.to_owned() }.into())
        }
        Err(LoadPdfError::Invalid) => {
            Err(damaged(path, "the list of objects", "it is cut off, or not one of a PDF file"))
        }
    }
}

/// Returns whether the streams of a protected file, which only now are seen, unpack to no more
/// than they may.
fn fits(pdf: &Pdf, mut left: u64) -> bool {
    pdf.objects().into_iter().all(|object| match object {
        Object::Stream(stream) => match packed::size(&stream.raw_data(), left) {
            Some(count) => {
                left -= count;
                true
            }
            None => false,
        },
        _ => true,
    })
}

impl File {
    /// Returns the number of pages.
    pub(super) fn len(&self) -> usize {
        self.pdf.pages().len()
    }

    /// Returns how wide and high a page is, counted from 0.
    pub(super) fn size(&self, index: usize) -> (Length, Length) {
        let page = self.pdf.pages().get(index);
        let (width, height) = page.map_or((0.0, 0.0), hayro_syntax::page::Page::render_dimensions);
        (length(width.into()), length(height.into()))
    }

    /// Draws all pages, one after the other; nothing for one that draws more than it may.
    pub(super) fn pages(&self) -> impl Iterator<Item = Option<Page>> + '_ {
        // What the page itself draws is interpreted without its colours.
        let settings = InterpreterSettings {
            render_content: RenderContent::ANNOTATIONS,
            ..InterpreterSettings::default()
        };
        let cache = InterpreterCache::new();
        let mut left = MOST_UNPACKED;
        self.pdf.pages().iter().map(move |page| {
            left = left.checked_sub(unpacked_size(page, left)?)?;
            let (width, height) = page.render_dimensions();
            let area = Rect::new(0.0, 0.0, width.into(), height.into());
            let transform = Affine::new(page.initial_transform(true).as_coeffs());
            let mut context =
                Context::new(transform, area, &cache, self.pdf.xref(), settings.clone());
            let mut canvas = Canvas {
                page: Page {
                    width: length(area.width()),
                    height: length(area.height()),
                    ..Page::default()
                },
                clips: vec![area],
                drawn: 0,
                pictured: 0.0,
                file: self,
            };
            // Nothing that was begun is used again if it stops.
            let draw = AssertUnwindSafe(|| {
                let resources = colourless(page.resources());
                interpret(page.typed_operations(), &resources, &mut context, &mut canvas);
                interpret_page(page, &mut context, &mut canvas);
            });
            match catch_unwind(draw) {
                Ok(()) => Some(canvas.page),
                Err(stop) if stop.is::<DrawsTooMuch>() => None,
                Err(defect) => resume_unwind(defect),
            }
        })
    }
}

/// Returns how many bytes say what a page draws; nothing where these are more than are left.
/// They are kept for each page by itself, although pages and their parts can share them.
fn unpacked_size(page: &hayro_syntax::page::Page<'_>, left: u64) -> Option<u64> {
    if let Some(parts) = page.raw().get::<Array<'_>>(b"Contents") {
        let parts: Vec<_> = parts.iter::<Stream<'_>>().map(|part| part.raw_data()).collect();
        packed::fits(&parts, left)?;
    }
    page.page_stream().map_or(Some(0), |bytes| u64::try_from(bytes.len()).ok())
}

/// Returns what a page draws with, but for its colours: making those of a profile costs as much
/// as drawing several pages.
fn colourless<'a>(resources: &Resources<'a>) -> Resources<'a> {
    Resources { color_spaces: Dict::empty(), patterns: Dict::empty(), ..resources.clone() }
}

/// Turns a length in points into hundredths of them.
fn length(points: f64 /* reason: here the floats end */) -> Length {
    // `as` keeps what is too large at the largest number.
    (points * 100.0).round() as Length
}

/// A page while it is drawn.
struct Canvas<'f> {
    file: &'f File,
    page: Page,
    /// What is shown, from the whole page inwards.
    clips: Vec<Rect>,
    /// How much was drawn.
    drawn: usize,
    /// Which part of the page pictures cover.
    pictured: f64, // reason: it leaves this file as per cent
}

impl Canvas<'_> {
    fn whole(&self) -> Rect {
        self.clips.first().copied().unwrap_or_default()
    }

    fn shown(&self) -> Rect {
        self.clips.last().copied().unwrap_or_default()
    }

    /// Returns the characters that a glyph stands for.
    fn text(&self, glyph: &Drawn<'_>) -> Option<Rc<str>> {
        let shown = |c: &char| !c.is_control() && !('\u{200B}'..='\u{200F}').contains(c);
        let one = match glyph.as_unicode() {
            Some(BfString::Char(c)) => c,
            Some(BfString::String(text)) => {
                let text: String = text.chars().filter(shown).map(plain).collect();
                return (!text.is_empty()).then(|| text.into());
            }
            None => {
                let codes = self.file.codes.get_or_init(|| Codes::find(&self.file.pdf));
                codes.as_ref()?.name(glyph.char_code())?
            }
        };
        let one = Some(one).filter(shown).map(plain)?;
        Some((&*one.encode_utf8(&mut [0; 4])).into())
    }

    /// Counts what is drawn, and stops the page where that is too much: the interpreter knows
    /// no other way to stop.
    fn count(&mut self, more: usize) {
        self.drawn = self.drawn.saturating_add(more);
        if MOST_DRAWN < self.drawn {
            resume_unwind(Box::new(DrawsTooMuch));
        }
    }

    fn push_clip(&mut self, area: Rect) {
        self.count(COST_OF_FORM);
        self.clips.push(self.shown().intersect(area));
    }

    /// Adds a rectangle where it is thin enough to be a line.
    fn add_thin(&mut self, area: Rect) {
        let shown = self.shown();
        let area = area.abs();
        if area.x1 < shown.x0 || shown.x1 < area.x0 || area.y1 < shown.y0 || shown.y1 < area.y0 {
            return;
        }
        let area = area.intersect(shown);
        let (left, right) = (length(area.x0), length(area.x1));
        let (top, bottom) = (length(area.y0), length(area.y1));
        let (width, height) = (right - left, bottom - top);
        if MOST_RULES < self.page.across.len() + self.page.down.len() {
            return;
        }
        if height <= WIDEST_RULE && height < width && SHORTEST_RULE <= width {
            let at = i32::midpoint(top, bottom);
            self.page.across.push(Rule { at, from: left, to: right });
        } else if width <= WIDEST_RULE && SHORTEST_RULE <= height {
            let at = i32::midpoint(left, right);
            self.page.down.push(Rule { at, from: top, to: bottom });
        }
    }

    /// Adds the straight lines of a path that is stroked.
    fn add_strokes(&mut self, path: &BezPath, transform: Affine) {
        let (mut first, mut last) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            let next = match *element {
                PathEl::MoveTo(to) => {
                    (first, last) = (to, to);
                    continue;
                }
                PathEl::LineTo(to) => to,
                PathEl::ClosePath => first,
                PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => {
                    last = to;
                    continue;
                }
            };
            let (from, to) = (transform * last, transform * next);
            last = next;
            self.add_thin(Rect::from_points(from, to));
        }
    }

    /// Adds the thin shapes of a path that is filled.
    fn add_fills(&mut self, path: &BezPath, transform: Affine) {
        let mut area: Option<Rect> = None;
        let elements = path.elements().iter().copied();
        for element in elements.chain([PathEl::ClosePath]) {
            let point = match element {
                PathEl::MoveTo(to) => {
                    if let Some(area) = area.take() {
                        self.add_thin(area);
                    }
                    to
                }
                PathEl::LineTo(to) | PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => to,
                PathEl::ClosePath => continue,
            };
            let point = transform * point;
            let dot = Rect::from_points(point, point);
            area = Some(area.map_or(dot, |area| area.union_pt(point)));
        }
        if let Some(area) = area {
            self.add_thin(area);
        }
    }
}

impl<'a> Device<'a> for Canvas<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(path.elements().len().max(1));
        match mode {
            DrawMode::Fill(_) => self.add_fills(path, props.transform),
            DrawMode::Stroke(stroke) => {
                let scale = props.transform.determinant().abs().sqrt();
                // A thick stroke can be a background.
                if length(Vec2::new(stroke.line_width.into(), 0.0).x * scale) <= WIDEST_RULE {
                    self.add_strokes(path, props.transform);
                }
            }
            DrawMode::FillAndStroke(..) => self.add_strokes(path, props.transform),
            DrawMode::Invisible => (),
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.push_clip(clip.path.bounding_box());
    }

    fn push_clip_rect(&mut self, area: &Rect) {
        self.push_clip(*area);
    }

    fn push_transparency_group(
        &mut self,
        _: f32, // reason: how much shows through does not matter
        _: Option<SoftMask<'a>>,
        _: BlendMode,
    ) {
        self.count(1);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.count(run.glyphs().len().max(1));
        let shown = self.shown();
        let mut before: Option<(Point, usize)> = None;
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let origin = place * Point::ZERO;
            let turn = |vector: Vec2| place * vector.to_point() - origin;
            let up = turn(Vec2::new(0.0, 1000.0));
            let advance = match &**glyph {
                Drawn::Outline(outline) => outline.advance_width(),
                Drawn::Type3(drawn) => drawn.advance_width(),
            };
            let along = turn(Vec2::new(advance.map_or(500.0, Into::into), 0.0));
            // What a substitute font is stretched by is not part of the width.
            if let Some((last, at)) = before.take()
                && let Some(known) = self.page.glyphs.get_mut(at)
                && last.x < origin.x
            {
                known.right = known.right.min(length(origin.x));
            }
            let Some(text) = self.text(glyph) else {
                self.page.unnamed += 1;
                continue;
            };
            let size = up.hypot().max(along.hypot() * 0.2);
            let end = origin + along;
            let middle =
                Point::new(origin.x.midpoint(end.x), origin.y.midpoint(end.y) - size * 0.3);
            if !shown.inflate(size * 0.05, size * 0.05).contains(middle) {
                self.page.hidden += 1;
                continue;
            }
            if MOST_GLYPHS <= self.page.glyphs.len() {
                continue;
            }
            before = Some((origin, self.page.glyphs.len()));
            self.page.glyphs.push(Glyph {
                text,
                left: length(origin.x.min(end.x)),
                right: length(origin.x.max(end.x)),
                base: length(origin.y.max(end.y)),
                size: length(size).max(1),
            });
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(1);
        self.page.pictures += 1;
        let area = Rect::new(0.0, 0.0, image.width().into(), image.height().into());
        let area = props.transform.transform_rect_bbox(area).intersect(self.shown());
        // Scanners draw a page in stripes, too.
        self.pictured += area.area() / self.whole().area().max(1.0);
        self.page.pictured = (self.pictured.min(1.0) * 100.0).round() as u32;
    }

    fn pop_clip(&mut self) {
        if 1 < self.clips.len() {
            self.clips.pop();
        }
    }

    fn pop_transparency_group(&mut self) {}

    fn draw_rect(&mut self, area: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.count(1);
        match mode {
            DrawMode::Fill(_) => self.add_thin(props.transform.transform_rect_bbox(*area)),
            _ => self.draw_path(&area.to_path(0.1), props, mode),
        }
    }
}

/// Returns the form of a character that texts have.
fn plain(c: char) -> char {
    match c {
        // Some fonts name the radical where the character is meant.
        '\u{2E80}'..='\u{2FDF}' | '戶' => radical(c),
        '\u{A0}' => ' ',
        c => c,
    }
}

/// Returns the character that a radical looks like.
fn radical(c: char) -> char {
    // Those that Unicode does not say it of, in pairs.
    const LOOKS: &str = "戶户⺠民⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻨麦⻩黄⻬齐⻮齿⻰龙";
    let meant = c.nfkc().next().unwrap_or(c);
    let mut pairs = LOOKS.chars();
    while let (Some(from), Some(to)) = (pairs.next(), pairs.next()) {
        if from == c || from == meant {
            return to;
        }
    }
    meant
}
