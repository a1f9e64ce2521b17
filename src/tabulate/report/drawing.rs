//! Draws bars and lines as SVG, once for wide windows and once for narrow ones.
//!
//! What is written in a drawing stands on ground of its own: the charting crate knows the
//! widths of Latin letters only, so names of units and amounts are placed by their beginnings,
//! and the legend is HTML. The colours stand for those of the style sheet, which has others in
//! the dark.
#![expect(clippy::float_arithmetic, reason = "places in a drawing")]

use std::collections::BTreeMap;

use charts_rs::{
    Box, Color, FontConfig, HorizontalBarChart, LineChart, Series, Symbol, TextConfig, YAxisConfig,
    svg_with_accessibility,
};
use maud::{Markup, PreEscaped, html};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::tabulate::report::quantity::{Coordinate, Quantity, Scale};

/// The widths of a drawing in a wide and in a narrow window, as in the style sheet.
const WIDTHS: [(&str, u16); 2] = [("wide", 556), ("narrow", 336)];

/// The colours that the style sheet gives to series, text and grid, in this order there too.
const SERIES: [(u8, u8, u8); 8] = [
    (0x2F, 0x6F, 0xB5),
    (0xD9, 0x7B, 0x29),
    (0x2A, 0x97, 0x8A),
    (0xB4, 0x45, 0x6D),
    (0x84, 0x6A, 0xC4),
    (0x76, 0x87, 0x2E),
    (0xC2, 0x9B, 0x24),
    (0x5B, 0x6A, 0x79),
];
const INK: (u8, u8, u8) = (0x1E, 0x29, 0x36);
const GRID: (u8, u8, u8) = (0xD7, 0xDD, 0xE6);

/// The most series that are told apart by colour.
pub const MOST_SERIES: usize = SERIES.len();

/// The most years of a line.
const MOST_YEARS: u16 = 40;

/// The size of letters, and the heights that follow from it.
const LETTERS: Coordinate = 12.0;
const LANE: u16 = 15;
const GAP: u16 = 3;
const MARGIN: u16 = 5;
/// The room for the amount after the longest bar.
const AFTER: Coordinate = 104.0;
const LINES_HEIGHT: Coordinate = 260.0;

/// What is drawn: a value a series and place, absent ones left out.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    /// What it shows, for those who cannot see it and as its caption.
    pub caption: String,
    /// Whether the values are yuan.
    pub money: bool,
    /// The names of the series.
    pub series: Vec<String>,
    /// The places along the axis, each with a value a series.
    pub places: Vec<(String, Vec<Option<Quantity>>)>,
}

impl Drawing {
    /// Draws a bar a value, with its name above and its amount behind it.
    pub fn bars(&self) -> Markup {
        self.figure(Drawing::bars_of)
    }

    /// Draws a line a series along the places; bars where no line has two points.
    pub fn lines(&self) -> Markup {
        let points = |at: usize| {
            self.places.iter().filter(|(_, values)| matches!(values.get(at), Some(Some(_)))).count()
        };
        if (0..self.series.len()).all(|at| points(at) < 2) {
            return self.single_points().bars();
        }
        self.with_every_year().figure(Drawing::lines_of)
    }

    /// Puts the years in between where the places are years: a gap is drawn as a gap.
    fn with_every_year(&self) -> Drawing {
        let years: Option<Vec<u16>> =
            self.places.iter().map(|(name, _)| name.parse().ok()).collect();
        let (Some(first), Some(last)) = (
            years.as_ref().and_then(|years| years.iter().min().copied()),
            years.as_ref().and_then(|years| years.iter().max().copied()),
        ) else {
            return self.clone();
        };
        if MOST_YEARS < last - first {
            return self.clone();
        }
        let known: BTreeMap<&str, &Vec<Option<Quantity>>> =
            self.places.iter().map(|(name, values)| (name.as_str(), values)).collect();
        let places = (first..=last).map(|year| {
            let name = year.to_string();
            let values = known.get(name.as_str()).map(|values| (*values).clone());
            (name, values.unwrap_or_else(|| vec![None; self.series.len()]))
        });
        Drawing { places: places.collect(), ..self.clone() }
    }

    /// Names each value by its series and place: lines of one point show nothing.
    fn single_points(&self) -> Drawing {
        let mut places = Vec::new();
        for (at, series) in self.series.iter().enumerate() {
            for (place, values) in &self.places {
                if let Some(Some(value)) = values.get(at) {
                    let name = if series.is_empty() {
                        place.clone()
                    } else {
                        format!("{series} · {place}")
                    };
                    places.push((name, vec![Some(*value)]));
                }
            }
        }
        Drawing { series: vec![String::new()], places, ..self.clone() }
    }

    fn figure(&self, draw: impl Fn(&Drawing, u16) -> Option<String>) -> Markup {
        let drawn: Vec<_> =
            WIDTHS.iter().filter_map(|(name, width)| Some((name, draw(self, *width)?))).collect();
        html! {
            figure class="chart" {
                figcaption { (self.caption) }
                @if drawn.is_empty() {
                    p class="nothing" { "No value to draw." }
                } @else if 1 < self.series.len() {
                    ul class="legend" {
                        @for (at, name) in self.series.iter().enumerate() {
                            li { i class={ "s" (at % SERIES.len()) } {} (shortened(name, 60)) }
                        }
                    }
                }
                @for (name, svg) in drawn {
                    div class=(name) { (PreEscaped(svg)) }
                }
            }
        }
    }

    fn bars_of(&self, width: u16) -> Option<String> {
        let values = || self.places.iter().flat_map(|(_, values)| values).filter_map(|v| *v);
        let scale = values().max_by_key(|value| value.magnitude()).map(|v| self.scale(v))?;
        // A place has as many lanes as values; the first is left free for its name.
        let present = |values: &[Option<Quantity>]| -> Vec<(usize, Quantity)> {
            values.iter().enumerate().filter_map(|(at, value)| Some((at, (*value)?))).collect()
        };
        let bars = self.places.iter().map(|(_, values)| present(values).len()).max()?;
        let lanes = u16::try_from(bars).ok()?.checked_add(1)?;
        let band = 2 * MARGIN + lanes * LANE + (lanes - 1) * GAP;
        let rows = u16::try_from(self.places.len()).ok()?;
        let place = |value: Quantity| value.coordinate(scale);
        let greatest = values().map(place).fold(0.0, Coordinate::max);
        let least = values().map(place).fold(0.0, Coordinate::min);
        let range = if least < greatest { greatest - least } else { 1.0 };
        let breadth = Coordinate::from(width) - AFTER;

        let mut all = vec![Series { data: vec![None], ..Series::default() }];
        for lane in 0..bars {
            let (mut data, mut paint) = (Vec::new(), Vec::new());
            // The crate begins below.
            for (_, values) in self.places.iter().rev() {
                let bar = present(values).get(lane).copied();
                data.push(bar.map(|(_, value)| place(value)));
                paint.push(bar.map(|(at, _)| colour(at)));
            }
            all.push(Series { data, colors: Some(paint), ..Series::default() });
        }
        let mut texts = Vec::new();
        for (row, (name, values)) in (0_u16..).zip(&self.places) {
            let top = row * band + MARGIN;
            texts.push(text(shortened(name, usize::from(width) / 7), 0.0, Coordinate::from(top)));
            for (lane, (_, value)) in (1_u16..).zip(present(values)) {
                let end = (place(value).max(0.0) - least) / range * breadth;
                let top = Coordinate::from(top + lane * (LANE + GAP)) + 1.0;
                texts.push(text(self.shown(value), end + 6.0, top));
            }
        }
        let mut chart =
            HorizontalBarChart::new_with_theme(all, vec![" ".into(); rows.into()], "light");
        chart.width = width.into();
        chart.height = (rows * band).into();
        chart.margin = Box { right: AFTER, ..Box::default() };
        chart.background_color = Color::default();
        chart.compact = true;
        chart.y_axis_hidden = true;
        chart.x_axis.hidden = true;
        chart.legend.show = Some(false);
        chart.grid.stroke_color = Color::default();
        chart.series.colors = colours();
        chart.font_family = FAMILY.into();
        chart.texts = texts;
        chart.y_axis_configs = vec![YAxisConfig {
            min: Some(least),
            max: Some(least + range),
            split_number: 1,
            ..YAxisConfig::default()
        }];
        Some(svg_with_accessibility(&chart.svg().ok()?, &self.caption, ""))
    }

    fn lines_of(&self, width: u16) -> Option<String> {
        let values = || self.places.iter().flat_map(|(_, values)| values).filter_map(|v| *v);
        let scale = values().max_by_key(|value| value.magnitude()).map(|v| self.scale(v))?;
        let mut all = Vec::new();
        for (at, name) in self.series.iter().enumerate() {
            let data = self.places.iter().map(|(_, values)| {
                values.get(at).copied().flatten().map(|value| value.coordinate(scale))
            });
            all.push(Series {
                name: name.clone(),
                data: data.collect(),
                symbol: Some(Symbol::Circle(3.5, Some(colour(at)))),
                ..Series::default()
            });
        }
        let names = self.places.iter().map(|(name, _)| name.clone()).collect();
        let mut chart = LineChart::new_with_theme(all, names, "light");
        chart.width = width.into();
        chart.height = LINES_HEIGHT;
        chart.margin = Box { top: 24.0, right: 16.0, bottom: 4.0, left: 2.0 };
        chart.background_color = Color::default();
        chart.compact = true;
        chart.legend.show = Some(false);
        chart.grid.stroke_color = GRID.into();
        chart.x_axis.stroke_color = GRID.into();
        chart.x_axis.font = letters();
        chart.series.colors = colours();
        chart.series.stroke_width = 2.0;
        chart.font_family = FAMILY.into();
        for axis in &mut chart.y_axis_configs {
            axis.font = letters();
            axis.formatter = Some("{t}".to_owned());
        }
        if self.money {
            chart.texts = vec![text(scale.as_str().to_owned(), 2.0, 2.0)];
        }
        Some(svg_with_accessibility(&chart.svg().ok()?, &self.caption, ""))
    }

    const fn scale(&self, greatest: Quantity) -> Scale {
        if self.money { Scale::of(greatest) } else { Scale::One }
    }

    fn shown(&self, value: Quantity) -> String {
        if self.money { value.money() } else { value.plain() }
    }
}

/// The crate measures with a font of its own; the style sheet has the one that is seen.
const FAMILY: &str = "sans-serif";

fn colour(series: usize) -> Color {
    SERIES.get(series % SERIES.len()).copied().unwrap_or(INK).into()
}

fn colours() -> Vec<Color> {
    (0..SERIES.len()).map(colour).collect()
}

/// Returns every colour of a drawing, for which the style sheet has another.
#[cfg(test)]
pub fn colour_names() -> Vec<String> {
    let all = SERIES.iter().chain([&INK, &GRID]).map(|colour| Color::from(*colour));
    all.map(|colour| colour.hex().to_lowercase()).collect()
}

fn letters() -> FontConfig {
    FontConfig { size: LETTERS, color: INK.into(), ..FontConfig::default() }
}

fn text(text: String, left: Coordinate, top: Coordinate) -> TextConfig {
    TextConfig { text, left: Some(left), top: Some(top), font: letters(), ..TextConfig::default() }
}

/// Shortens a text to so many places, a Chinese character taking two.
pub fn shortened(text: &str, places: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.width() <= places {
        return text;
    }
    let mut room = places.saturating_sub(1);
    let fits = text.chars().take_while(|c| {
        let width = c.width().unwrap_or(0);
        let fits = width <= room;
        room = room.saturating_sub(width);
        fits
    });
    let mut short: String = fits.collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(values: &[(&str, &[Option<&str>])]) -> Drawing {
        let quantity = |text: Option<&str>| text.and_then(Quantity::parse);
        Drawing {
            caption: "支出 <2024>".into(),
            money: true,
            series: vec!["甲".into(), "乙".into()],
            places: values
                .iter()
                .map(|(name, values)| {
                    ((*name).to_owned(), values.iter().copied().map(quantity).collect())
                })
                .collect(),
        }
    }

    #[test]
    fn bars_have_names_and_amounts_and_no_mark_up_from_outside() {
        let drawn = drawing(&[("<b>名</b>", &[Some("12345678.00"), None])]).bars().into_string();
        assert!(drawn.contains("1,234.57 万元"), "{drawn}");
        assert!(drawn.contains("&lt;b&gt;名") && !drawn.contains("<b>"), "{drawn}");
        assert!(drawn.contains("支出 &lt;2024&gt;") && !drawn.contains("NaN"), "{drawn}");
        assert_eq!(drawn.matches("<svg").count(), 2);
    }

    #[test]
    fn a_line_needs_two_points() {
        let one = drawing(&[("2023", &[Some("1"), None]), ("2024", &[None, Some("2")])]);
        assert!(one.lines().into_string().contains("甲 · 2023"));
        let two = drawing(&[("2023", &[Some("1"), None]), ("2024", &[Some("3"), Some("2")])]);
        assert!(!two.lines().into_string().contains("甲 · 2023"));
        assert!(two.lines().into_string().contains("<path"));
    }

    #[test]
    fn a_year_without_a_value_is_a_gap() {
        let drawn = drawing(&[("2021", &[Some("1"), None]), ("2024", &[Some("3"), Some("2")])]);
        let drawn = drawn.lines().into_string();
        for year in 2021..=2024 {
            assert!(drawn.contains(&format!(">{year}</text>")), "{drawn}");
        }
    }

    #[test]
    fn nothing_zero_and_losses_can_be_drawn() {
        let draws = |values: &[Option<&str>]| drawing(&[("名", values)]).bars().into_string();
        assert!(draws(&[None, None]).contains("No value to draw."));
        for values in [[Some("0"), Some("0")], [Some("-5"), Some("3")], [Some("-5"), None]] {
            let drawn = draws(&values);
            assert!(drawn.contains("<svg") && !drawn.contains("NaN"), "{drawn}");
        }
    }

    #[test]
    fn a_long_name_is_shortened() {
        assert_eq!(shortened("医疗  保障\n局", 20), "医疗 保障 局");
        assert_eq!(shortened("医疗保障局", 7), "医疗保…");
    }
}
