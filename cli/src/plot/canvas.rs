//! Draws a figure as SVG or PNG, in a font that the command brings along: nothing of the system's is
//! needed.

use std::sync::Once;

use plotters::coord::types::RangedCoordf64;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};

use super::figure::{Curve, Figure, Mark, Panel};
use crate::error::Error;

/// Width of a figure and height of a panel, in units: the pixels of an SVG at its own size.
const WIDTH: u32 = 800;
const HEIGHT: u32 = 500;

/// The SVG's coordinates to a unit: plotters writes whole numbers only.
const FINENESS: u32 = 10;

/// The PNG's pixels to a unit.
const DENSITY: u32 = 2;

/// Each of the PNG's pixels is the mean of so many by so many: plotters draws lines without
/// smoothing.
const SAMPLES: u32 = 3;

/// The family's name; in an SVG, where the viewer has to find a font, with what may stand in.
const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

const INK: RGBColor = RGBColor(30, 30, 30);
const GRID: RGBColor = RGBColor(222, 222, 222);

pub fn svg(figure: &Figure) -> Result<String, Error> {
    let (width, height) = (WIDTH, height(figure));
    let (fine_width, fine_height) = (width * FINENESS, height * FINENESS);
    let mut text = String::new();
    draw(figure, SVGBackend::with_string(&mut text, (fine_width, fine_height)), FINENESS)?;
    // Shown at its width, whatever units it is drawn in.
    let size = |width: u32, height: u32| format!("<svg width=\"{width}\" height=\"{height}\"");
    Ok(text.replacen(&size(fine_width, fine_height), &size(width, height), 1))
}

pub fn png(figure: &Figure) -> Result<Vec<u8>, Error> {
    let scale = DENSITY * SAMPLES;
    let (width, height) = (WIDTH * DENSITY, height(figure) * DENSITY);
    let (fine_width, fine_height) = (width * SAMPLES, height * SAMPLES);
    let mut fine = vec![0; 3 * fine_width as usize * fine_height as usize];
    draw(figure, BitMapBackend::with_buffer(&mut fine, (fine_width, fine_height)), scale)?;

    let undrawable = |error: png::EncodingError| undrawable(figure, &error);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(undrawable)?;
    writer.write_image_data(&average(&fine, fine_width as usize)).map_err(undrawable)?;
    writer.finish().map_err(undrawable)?;
    Ok(bytes)
}

/// The means of the pixels in squares of `SAMPLES` by `SAMPLES`.
fn average(fine: &[u8], fine_width: usize) -> Vec<u8> {
    let samples = SAMPLES as usize;
    let mut pixels = Vec::with_capacity(fine.len() / (samples * samples));
    for rows in fine.chunks_exact(3 * fine_width * samples) {
        for column in 0..fine_width / samples {
            for channel in 0..3 {
                let one = |y: usize, x: usize| {
                    u32::from(rows[3 * (y * fine_width + column * samples + x) + channel])
                };
                let sum: u32 = (0..samples).flat_map(|y| (0..samples).map(move |x| one(y, x))).sum();
                pixels.push((sum / (SAMPLES * SAMPLES)) as u8);
            }
        }
    }
    pixels
}

fn height(figure: &Figure) -> u32 {
    HEIGHT * figure.panels.len() as u32
}

fn undrawable(figure: &Figure, error: &dyn std::error::Error) -> Error {
    Error::Draw { figure: figure.name, reason: error.to_string() }
}

/// Draws the figure, every length times `scale`.
fn draw<Backend: DrawingBackend>(figure: &Figure, backend: Backend, scale: u32) -> Result<(), Error> {
    static FONTS: Once = Once::new();
    FONTS.call_once(|| {
        // Should it fail, drawing says that there is no font.
        let _ = register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
    });

    let area = backend.into_drawing_area();
    let drawn = (|| {
        area.fill(&WHITE)?;
        for (panel, area) in figure.panels.iter().zip(area.split_evenly((figure.panels.len(), 1))) {
            draw_panel(panel, &area, scale)?;
        }
        area.present()
    })();
    drawn.map_err(|error| undrawable(figure, &error))
}

type Area<Backend> = DrawingArea<Backend, plotters::coord::Shift>;
type Chart<'a, Backend> = ChartContext<'a, Backend, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<Backend> = Result<(), DrawingAreaErrorKind<<Backend as DrawingBackend>::ErrorType>>;

fn draw_panel<Backend: DrawingBackend>(panel: &Panel, area: &Area<Backend>, scale: u32) -> Drawn<Backend> {
    let text = |size: u32| (FONT, size * scale).into_font().color(&INK);
    let mut chart = ChartBuilder::on(area)
        .margin(14 * scale)
        .margin_right(24 * scale)
        .caption(panel.title, (FONT, 20 * scale).into_font().color(&INK))
        .x_label_area_size(50 * scale)
        .y_label_area_size(66 * scale)
        .build_cartesian_2d(panel.x.range.clone(), panel.y.range.clone())?;

    chart
        .configure_mesh()
        .x_labels(panel.x.numbers)
        .y_labels(panel.y.numbers)
        .x_label_formatter(&|&x| (panel.x.format)(x))
        .y_label_formatter(&|&y| (panel.y.format)(y))
        .x_desc(panel.x.label)
        .y_desc(panel.y.label)
        .label_style(text(15))
        .axis_desc_style(text(17))
        .axis_style(INK.stroke_width(scale))
        .bold_line_style(GRID.stroke_width(scale))
        .light_line_style(TRANSPARENT)
        .set_all_tick_mark_size(5 * scale)
        .draw()?;

    for curve in &panel.curves {
        draw_curve(curve, &mut chart, scale)?;
    }

    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::Coordinate(
            panel.legend.0 * scale as i32,
            panel.legend.1 * scale as i32,
        ))
        .margin(12 * scale)
        .legend_area_size(44 * scale)
        .label_font(text(16))
        .background_style(WHITE.mix(0.9))
        .border_style(GRID.stroke_width(scale))
        .draw()
}

fn draw_curve<'chart, Backend: DrawingBackend + 'chart>(
    curve: &Curve,
    chart: &mut Chart<'chart, Backend>,
    scale: u32,
) -> Drawn<Backend> {
    let size = scale as i32;
    let line = curve.colour.stroke_width(2 * scale);
    let (dash, gap, radius) = (7 * size, 5 * size, 5 * size);
    // Between points that are finite.
    let pieces = curve.points.split(|(_, y)| !y.is_finite());
    for (i, points) in pieces.filter(|points| !points.is_empty()).enumerate() {
        let points = points.iter().copied();
        let series = match curve.mark {
            Mark::Line => chart.draw_series(LineSeries::new(points, line))?,
            Mark::Dashes => chart.draw_series(DashedLineSeries::new(points, dash, gap, line))?,
            Mark::Circles => chart.draw_series(points.map(|point| Circle::new(point, radius, line)))?,
        };
        if i > 0 {
            continue;
        }
        // In the legend: the same mark, 32 units long.
        let mark = curve.mark;
        series.label(curve.label).legend(move |(x, y)| {
            let (start, end) = (x + 6 * size, x + 38 * size);
            let ends = [(start, y), (end, y)];
            match mark {
                Mark::Line => PathElement::new(ends, line).into_dyn(),
                Mark::Dashes => DashedPathElement::new(ends, dash, gap, line).into_dyn(),
                Mark::Circles => Circle::new(((start + end) / 2, y), radius, line).into_dyn(),
            }
        });
    }
    Ok(())
}
