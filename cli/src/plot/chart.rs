//! How a figure is drawn: margins, grid, curves, notes, legend.

use std::ops::Range;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::prelude::{Cartesian2d, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{BLACK, Color, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::canvas::{FONT, SCALE};
use super::figures::{Axis, Colour, Figure, Look};

type Failure<D> = DrawingAreaErrorKind<<D as DrawingBackend>::ErrorType>;
type Chart<'a, D> = ChartContext<'a, D, Cartesian2d<Axis, Axis>>;

const GRID: RGBColor = RGBColor(221, 221, 221);
const FRAME: RGBColor = RGBColor(85, 85, 85);

/// Sizes of text, in points.
const TITLE: u32 = 46;
const LABEL: u32 = 34;
const TICK: u32 = 29;
const LEGEND: u32 = 32;

/// The middle of what the axes enclose, in points from the left.
const MIDDLE: u32 = 850;

/// The radius of a ring, in points.
const RING: u32 = 8;

pub fn draw<D: DrawingBackend>(figure: &Figure, area: &DrawingArea<D, Shift>) -> Result<(), Failure<D>> {
    area.fill(&WHITE)?;
    let title = text(TITLE, BLACK).pos(Pos::new(HPos::Center, VPos::Center));
    area.draw(&Text::new(figure.title.as_str(), (pixels(MIDDLE), pixels(46)), title))?;
    let mut chart = ChartBuilder::on(area)
        .margin_top(points(92))
        .margin_right(points(56))
        .margin_bottom(points(14))
        .margin_left(points(22))
        .x_label_area_size(points(100))
        .y_label_area_size(points(134))
        .build_cartesian_2d(figure.horizontal.clone(), figure.vertical.clone())?;
    mesh(figure, &mut chart)?;
    curves(figure, &mut chart)?;
    for note in &figure.notes {
        let style = text(LEGEND, colour(note.colour)).pos(Pos::new(HPos::Center, VPos::Center));
        chart.plotting_area().draw(&Text::new(note.text.as_str(), note.at, style))?;
    }
    legend(figure, &chart)
}

fn mesh<D: DrawingBackend>(figure: &Figure, chart: &mut Chart<'_, D>) -> Result<(), Failure<D>> {
    let (horizontal, vertical) = (&figure.horizontal, &figure.vertical);
    chart
        .configure_mesh()
        .bold_line_style(GRID.stroke_width(points(1)))
        .max_light_lines(0)
        .axis_style(FRAME.stroke_width(points(2)))
        .set_all_tick_mark_size(points(8))
        .x_labels(horizontal.ticks.len())
        .y_labels(vertical.ticks.len())
        .x_label_style(text(TICK, BLACK))
        .y_label_style(text(TICK, BLACK))
        .x_desc(&horizontal.label)
        .y_desc(&vertical.label)
        .axis_desc_style(text(LABEL, BLACK))
        .draw()
}

fn curves<D: DrawingBackend>(figure: &Figure, chart: &mut Chart<'_, D>) -> Result<(), Failure<D>> {
    for curve in &figure.curves {
        let style = stroke(curve.colour, curve.look);
        match curve.look {
            Look::Line(_) => {
                chart.plotting_area().draw(&PathElement::new(curve.points.clone(), style))?;
            }
            Look::Rings(every) => {
                for &at in curve.points.iter().step_by(every) {
                    chart.plotting_area().draw(&Circle::new(at, pixels(RING), style))?;
                }
            }
        }
    }
    Ok(())
}

/// Rows of a sample and a label each, in a box, below and to the right of the figure's corner for it.
fn legend<D: DrawingBackend>(figure: &Figure, chart: &Chart<'_, D>) -> Result<(), Failure<D>> {
    let area = chart.plotting_area().strip_coord_spec();
    let (left, top) = {
        let (x, y) = chart.backend_coord(&figure.legend);
        let (from_left, from_top) = area.get_base_pixel();
        (x - from_left, y - from_top)
    };
    let (pad, sample, gap, row) = (pixels(18), pixels(60), pixels(16), pixels(46));
    let style = text(LEGEND, BLACK).pos(Pos::new(HPos::Left, VPos::Center));

    let mut widest = 0;
    for curve in &figure.curves {
        widest = widest.max(area.estimate_text_size(&curve.label, &style)?.0 as i32);
    }
    let right = left + pad + sample + gap + widest + pad;
    let bottom = top + row * figure.curves.len() as i32 + pad;
    let corners = [(left, top), (right, bottom)];
    area.draw(&Rectangle::new(corners, WHITE.filled()))?;
    let outline = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    area.draw(&PathElement::new(outline, FRAME.stroke_width(points(1))))?;

    for (i, curve) in figure.curves.iter().enumerate() {
        let middle = top + pad / 2 + row / 2 + row * i as i32;
        let from = left + pad;
        match curve.look {
            Look::Line(_) => {
                let line = vec![(from, middle), (from + sample, middle)];
                area.draw(&PathElement::new(line, stroke(curve.colour, curve.look)))?;
            }
            Look::Rings(_) => {
                let style = stroke(curve.colour, curve.look);
                area.draw(&Circle::new((from + sample / 2, middle), pixels(RING), style))?;
            }
        }
        area.draw(&Text::new(curve.label.as_str(), (from + sample + gap, middle), style.clone()))?;
    }
    Ok(())
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let part = (value - self.low) / (self.high - self.low);
        first + (part * f64::from(last - first)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.iter().map(|&(at, _)| at).collect()
    }

    fn range(&self) -> Range<f64> {
        self.low..self.high
    }
}

impl ValueFormatter<f64> for Axis {
    fn format_ext(&self, at: &f64) -> String {
        let tick = self.ticks.iter().find(|(tick, _)| tick == at);
        tick.map_or(String::new(), |(_, text)| text.clone())
    }
}

fn text(size: u32, colour: RGBColor) -> TextStyle<'static> {
    (FONT, points(size)).into_font().color(&colour)
}

fn stroke(curve: Colour, look: Look) -> ShapeStyle {
    let tenths = match look {
        Look::Line(tenths) => tenths,
        Look::Rings(_) => 25,
    };
    colour(curve).stroke_width(points(tenths) / 10)
}

fn colour((red, green, blue): Colour) -> RGBColor {
    RGBColor(red, green, blue)
}

/// A length in points as it is drawn.
fn points(count: u32) -> u32 {
    count * SCALE
}

fn pixels(count: u32) -> i32 {
    points(count) as i32
}
