//! How a figure is drawn: margins, grid, curves, notes, legend; one panel, or several under a common title.

use std::ops::Range;

use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Rectangle, Text};
use plotters::prelude::{Cartesian2d, DrawingBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{BLACK, Color, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::canvas::{FONT, SCALE, SIZE};
use super::figures::{Axis, Colour, Curve, Figure, Look, Panel};

type Failure<D> = DrawingAreaErrorKind<<D as DrawingBackend>::ErrorType>;
type Chart<'a, D> = ChartContext<'a, D, Cartesian2d<Axis, Axis>>;

const GRID: RGBColor = RGBColor(221, 221, 221);
const FRAME: RGBColor = RGBColor(85, 85, 85);

/// The size of the title, in points.
const TITLE: u32 = 46;

/// The radius of a ring, in points.
const RING: u32 = 8;

/// Lengths and sizes of text of a panel, in points.
struct Sizes {
    label: u32,
    tick: u32,
    /// Legends and notes.
    text: u32,
    /// Beyond the axes.
    top: u32,
    right: u32,
    bottom: u32,
    left: u32,
    /// For the numbers along the axes, and for their labels if there are any.
    below: u32,
    beside: u32,
}

/// Of a panel that fills the figure.
const ALONE: Sizes = Sizes {
    label: 34,
    tick: 29,
    text: 32,
    top: 92,
    right: 56,
    bottom: 14,
    left: 22,
    below: 100,
    beside: 134,
};

/// Of several.
const AMONG_OTHERS: Sizes =
    Sizes { label: 25, tick: 22, text: 24, top: 84, right: 22, bottom: 4, left: 8, below: 42, beside: 72 };

/// What labels take of a panel among others.
const LABEL_BESIDE: u32 = 34;
const LABEL_BELOW: u32 = 22;

/// Where the common key stands, and where the panels begin, in points from the top.
const KEY: u32 = 104;
const PANELS: u32 = 128;

pub fn draw<D: DrawingBackend>(figure: &Figure, area: &DrawingArea<D, Shift>) -> Result<(), Failure<D>> {
    area.fill(&WHITE)?;
    let centred = Pos::new(HPos::Center, VPos::Center);
    let title = text(TITLE, BLACK).pos(centred);
    if let [only] = &figure.panels[..] {
        // Over the middle of what the axes enclose.
        let middle = (ALONE.left + ALONE.beside + SIZE.0 - ALONE.right) / 2;
        area.draw(&Text::new(figure.title.as_str(), (pixels(middle), pixels(46)), title))?;
        return panel(only, &ALONE, area);
    }
    area.draw(&Text::new(figure.title.as_str(), (pixels(SIZE.0 / 2), pixels(46)), title))?;
    key(&figure.panels[0].curves, area)?;
    let (_, below) = area.split_vertically(pixels(PANELS));
    let rows = figure.panels.len().div_ceil(figure.columns);
    for (one, area) in figure
        .panels
        .iter()
        .zip(below.margin(0, points(10), points(10), points(10)).split_evenly((rows, figure.columns)))
    {
        panel(one, &AMONG_OTHERS, &area)?;
    }
    Ok(())
}

fn panel<D: DrawingBackend>(
    panel: &Panel,
    sizes: &Sizes,
    area: &DrawingArea<D, Shift>,
) -> Result<(), Failure<D>> {
    let centred = Pos::new(HPos::Center, VPos::Center);
    let among_others = panel.heading.is_some();
    let of_label = |label: &str, size| if label.is_empty() || !among_others { 0 } else { size };
    let beside = sizes.beside + of_label(&panel.vertical.label, LABEL_BESIDE);
    let below = sizes.below + of_label(&panel.horizontal.label, LABEL_BELOW);
    if let Some([name, formula]) = &panel.heading {
        let (width, _) = area.dim_in_pixel();
        let middle = (points(sizes.left + beside) + width - points(sizes.right)) as i32 / 2;
        let style = text(sizes.text + 5, BLACK).pos(centred);
        area.draw(&Text::new(name.as_str(), (middle, pixels(28)), style))?;
        let style = text(sizes.text, FRAME).pos(centred);
        area.draw(&Text::new(formula.as_str(), (middle, pixels(62)), style))?;
    }
    let mut chart = ChartBuilder::on(area)
        .margin_top(points(sizes.top))
        .margin_right(points(sizes.right))
        .margin_bottom(points(sizes.bottom))
        .margin_left(points(sizes.left))
        .x_label_area_size(points(below))
        .y_label_area_size(points(beside))
        .build_cartesian_2d(panel.horizontal.clone(), panel.vertical.clone())?;
    mesh(panel, sizes, &mut chart)?;
    curves(panel, &mut chart)?;
    for note in &panel.notes {
        let style = text(sizes.text, colour(note.colour)).pos(centred);
        chart.plotting_area().draw(&Text::new(note.text.as_str(), note.at, style))?;
    }
    match panel.legend {
        Some(corner) => legend(panel, corner, sizes, &chart),
        None => Ok(()),
    }
}

fn mesh<D: DrawingBackend>(panel: &Panel, sizes: &Sizes, chart: &mut Chart<'_, D>) -> Result<(), Failure<D>> {
    let (horizontal, vertical) = (&panel.horizontal, &panel.vertical);
    let mut mesh = chart.configure_mesh();
    mesh.bold_line_style(GRID.stroke_width(points(1)))
        .max_light_lines(0)
        .axis_style(FRAME.stroke_width(points(2)))
        .set_all_tick_mark_size(points(8))
        .x_labels(horizontal.ticks.len())
        .y_labels(vertical.ticks.len())
        .x_label_style(text(sizes.tick, BLACK))
        .y_label_style(text(sizes.tick, BLACK))
        .axis_desc_style(text(sizes.label, BLACK));
    if !horizontal.label.is_empty() {
        mesh.x_desc(&horizontal.label);
    }
    if !vertical.label.is_empty() {
        mesh.y_desc(&vertical.label);
    }
    mesh.draw()
}

fn curves<D: DrawingBackend>(panel: &Panel, chart: &mut Chart<'_, D>) -> Result<(), Failure<D>> {
    for curve in &panel.curves {
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

/// The samples and labels of all panels in one line, in its middle.
fn key<D: DrawingBackend>(curves: &[Curve], area: &DrawingArea<D, Shift>) -> Result<(), Failure<D>> {
    let (length, gap, apart) = (pixels(60), pixels(16), pixels(64));
    let style = text(ALONE.tick, BLACK).pos(Pos::new(HPos::Left, VPos::Center));
    let mut widths = Vec::new();
    for curve in curves {
        widths.push(length + gap + area.estimate_text_size(&curve.label, &style)?.0 as i32);
    }
    let whole = widths.iter().sum::<i32>() + apart * (curves.len() as i32 - 1);
    let mut left = (pixels(SIZE.0) - whole) / 2;
    for (curve, width) in curves.iter().zip(widths) {
        let line = vec![(left, pixels(KEY)), (left + length, pixels(KEY))];
        area.draw(&PathElement::new(line, stroke(curve.colour, curve.look)))?;
        area.draw(&Text::new(curve.label.as_str(), (left + length + gap, pixels(KEY)), style.clone()))?;
        left += width + apart;
    }
    Ok(())
}

/// Rows of a sample and a label each, in a box, below and to the right of its corner.
fn legend<D: DrawingBackend>(
    panel: &Panel,
    corner: (f64, f64),
    sizes: &Sizes,
    chart: &Chart<'_, D>,
) -> Result<(), Failure<D>> {
    let area = chart.plotting_area().strip_coord_spec();
    let (left, top) = {
        let (x, y) = chart.backend_coord(&corner);
        let (from_left, from_top) = area.get_base_pixel();
        (x - from_left, y - from_top)
    };
    let (pad, sample, gap, row) = (pixels(18), pixels(60), pixels(16), pixels(46));
    let style = text(sizes.text, BLACK).pos(Pos::new(HPos::Left, VPos::Center));

    let mut widest = 0;
    for curve in &panel.curves {
        widest = widest.max(area.estimate_text_size(&curve.label, &style)?.0 as i32);
    }
    let right = left + pad + sample + gap + widest + pad;
    let bottom = top + row * panel.curves.len() as i32 + pad;
    let corners = [(left, top), (right, bottom)];
    area.draw(&Rectangle::new(corners, WHITE.filled()))?;
    let outline = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    area.draw(&PathElement::new(outline, FRAME.stroke_width(points(1))))?;

    for (i, curve) in panel.curves.iter().enumerate() {
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
