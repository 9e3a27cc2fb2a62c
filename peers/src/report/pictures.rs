//! The four pictures, as SVG by plotters.
//!
//! Positions are in points of the picture; [`Scale`] maps values to them. Nothing is left to chance
//! in the layout: the legend has a column of its own, and a label of the scatter moves until it
//! covers no other.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, Cross, PathElement, Polygon, Rectangle, Text, TriangleMarker};
use plotters::prelude::{IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{BLACK, Color, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE};

use super::{Everything, find, is_yardstick, length, peers, work_of_bars};
use crate::Failure;
use crate::peer::Operation;
use crate::record::Measurement;
use crate::registry;
use crate::session::KEY_SIZES;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Point = (i32, i32);

const GRID: RGBColor = RGBColor(225, 225, 225);
const FRAME: RGBColor = RGBColor(90, 90, 90);
/// What is not among the contenders.
const GREY: RGBColor = RGBColor(120, 120, 120);

/// This project's own: warm colours, thick lines.
const OURS: [RGBColor; 4] =
    [RGBColor(213, 94, 0), RGBColor(230, 159, 0), RGBColor(190, 30, 45), RGBColor(120, 60, 20)];

/// Everyone else's: cool colours. With the five marks, no two of forty look alike.
const OTHERS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(170, 68, 153),
    RGBColor(20, 20, 20),
    RGBColor(86, 180, 233),
    RGBColor(102, 130, 30),
    RGBColor(90, 80, 190),
    RGBColor(0, 90, 90),
];

const TITLE: u32 = 26;
const LABEL: u32 = 18;
const SMALL: u32 = 16;

/// The pictures of a report with the names of their files.
pub fn all(everything: &Everything) -> Result<Vec<(&'static str, String)>, Failure> {
    let measurements = everything.of(work_of_bars());
    Ok(vec![
        ("lengths.svg", lengths(&measurements)?),
        ("bars.svg", bars(&measurements)?),
        ("scatter.svg", scatter(everything, &measurements)?),
        ("bandwidth.svg", bandwidth(&measurements)?),
    ])
}

/// Draws onto a white sheet of that size.
fn sheet(size: (u32, u32), draw: impl FnOnce(&Area) -> Result<(), Failure>) -> Result<String, Failure> {
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, size).into_drawing_area();
        area.fill(&WHITE)?;
        draw(&area)?;
        area.present()?;
    }
    // Half the height of a digit, which viewers agree on, where an "ex" is what each takes it for.
    Ok(text.replace(r#"dy="0.5ex""#, r#"dy="0.36em""#))
}

/// How a contender looks.
#[derive(Clone, Copy)]
struct Look {
    colour: RGBColor,
    mark: usize,
    width: u32,
}

/// The looks of all, in their order.
fn looks<'a>(names: &[&'a str]) -> Vec<(&'a str, Look)> {
    let (mut ours, mut others, mut copies) = (0, 0, 0);
    let look = |&name: &&'a str| {
        let look = if is_yardstick(name) {
            copies += 1;
            Look { colour: GREY, mark: if copies == 1 { NO_MARK } else { 3 }, width: 1 }
        } else if registry::is_ours(name) {
            ours += 1;
            Look { colour: OURS[(ours - 1) % OURS.len()], mark: (ours - 1) / OURS.len(), width: 3 }
        } else {
            others += 1;
            Look { colour: OTHERS[(others - 1) % OTHERS.len()], mark: 1 + (others - 1) % 4, width: 2 }
        };
        (name, look)
    };
    names.iter().map(look).collect()
}

/// A line alone.
const NO_MARK: usize = 5;

fn mark(area: &Area, (x, y): Point, look: Look) -> Result<(), Failure> {
    let (filled, outline) = (look.colour.filled(), look.colour.stroke_width(2));
    match look.mark {
        0 => area.draw(&Circle::new((x, y), 5, filled))?,
        1 => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], filled))?,
        2 => area.draw(&TriangleMarker::new((x, y), 6, filled))?,
        3 => area.draw(&Cross::new((x, y), 4, outline))?,
        4 => area.draw(&Polygon::new(vec![(x - 6, y), (x, y - 6), (x + 6, y), (x, y + 6)], filled))?,
        _ => {}
    }
    Ok(())
}

fn write(area: &Area, text: &str, at: Point, size: u32, colour: RGBColor, side: HPos) -> Result<(), Failure> {
    let style: TextStyle = ("sans-serif", size).into_font().color(&colour).pos(Pos::new(side, VPos::Center));
    Ok(area.draw(&Text::new(text.to_owned(), at, style))?)
}

fn line(area: &Area, points: Vec<Point>, style: ShapeStyle) -> Result<(), Failure> {
    Ok(area.draw(&PathElement::new(points, style))?)
}

/// From values to points, by their logarithms.
#[derive(Clone, Copy)]
struct Scale {
    values: (f64, f64),
    points: (i32, i32),
}

impl Scale {
    fn at(self, value: f64) -> i32 {
        let (low, high) = self.values;
        let part = (value.clamp(low, high) / low).ln() / (high / low).ln();
        self.points.0 + (part * f64::from(self.points.1 - self.points.0)).round() as i32
    }

    /// 1, 2 and 5 times powers of ten.
    fn ticks(self) -> Vec<f64> {
        let (low, high) = self.values;
        let decades = low.log10().floor() as i32..=high.log10().ceil() as i32;
        let all = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10_f64.powi(decade)));
        all.filter(|tick| (low * 0.999..=high * 1.001).contains(tick)).collect()
    }
}

fn decimal(value: f64) -> String {
    // 5 times 0.01 is not 0.05 to the last bit.
    let rounded = (value * 1e6).round() / 1e6;
    if rounded >= 1e4 { format!("{} thousand", rounded / 1e3) } else { rounded.to_string() }
}

fn frame(
    area: &Area,
    (x, y): (Scale, Scale),
    x_ticks: &[(f64, String)],
    y_ticks: &[(f64, String)],
    labels: [&str; 2],
) -> Result<(), Failure> {
    let ((left, right), (bottom, top)) = (x.points, y.points);
    for (value, text) in x_ticks {
        let at = x.at(*value);
        line(area, vec![(at, top), (at, bottom)], GRID.stroke_width(1))?;
        write(area, text, (at, bottom + 18), SMALL, BLACK, HPos::Center)?;
    }
    for (value, text) in y_ticks {
        let at = y.at(*value);
        line(area, vec![(left, at), (right, at)], GRID.stroke_width(1))?;
        write(area, text, (left - 10, at), SMALL, BLACK, HPos::Right)?;
    }
    let outline = vec![(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    line(area, outline, FRAME.stroke_width(1))?;
    write(area, labels[0], ((left + right) / 2, bottom + 48), LABEL, BLACK, HPos::Center)?;
    write(area, labels[1], (left - 40, top - 22), LABEL, BLACK, HPos::Left)
}

/// From here on a copy past the caches is one: shorter slices are over before the stores have left.
const STREAMED_FROM: usize = 4096;

/// Below this length the curve is one of calls, not of elements, and drawn by its powers of two only.
const SMOOTH_FROM: usize = 64;

fn lengths(measurements: &[&Measurement]) -> Result<String, Failure> {
    let names = peers(measurements);
    let shown: Vec<&Measurement> = measurements
        .iter()
        .copied()
        .filter(|one| one.elements > SMOOTH_FROM || one.elements.is_power_of_two())
        .filter(|one| one.elements >= STREAMED_FROM || !one.peer.starts_with("(copy past"))
        .collect();
    let times = || shown.iter().map(|one| one.per_element());
    let low = times().fold(f64::INFINITY, f64::min) * 0.8;
    let high = times().fold(0.0, f64::max) * 1.2;
    let longest = shown.iter().map(|one| one.elements).max().unwrap_or(2) as f64;
    let height = 860.max(120 + 30 * names.len() as i32);
    sheet((1400, height as u32), |area| {
        write(
            area,
            "s(x) in f32, one thread: time per element over the length",
            (560, 34),
            TITLE,
            BLACK,
            HPos::Center,
        )?;
        let x = Scale { values: (1.0, longest.max(2.0)), points: (90, 1050) };
        let y = Scale { values: (low, high), points: (height - 80, 100) };
        let x_ticks: Vec<_> =
            (0..=26).step_by(2).map(|power| 1_usize << power).map(|n| (n as f64, length(n))).collect();
        let x_ticks: Vec<_> = x_ticks.into_iter().filter(|tick| tick.0 <= longest).collect();
        let y_ticks: Vec<_> = y.ticks().into_iter().map(|tick| (tick, decimal(tick))).collect();
        frame(area, (x, y), &x_ticks, &y_ticks, ["elements in a call", "ns per element"])?;
        for (name, look) in looks(&names) {
            let points: Vec<Point> = shown
                .iter()
                .filter(|one| one.peer == name)
                .map(|one| (x.at(one.elements as f64), y.at(one.per_element())))
                .collect();
            line(area, points.clone(), look.colour.stroke_width(look.width))?;
            for point in points {
                mark(area, point, look)?;
            }
        }
        // In the order of the curves' right ends, which is where the eye comes from.
        let last =
            |name: &str| shown.iter().rfind(|one| one.peer == name).map_or(0.0, |one| one.per_element());
        let mut legend = looks(&names);
        legend.sort_by(|a, b| last(b.0).total_cmp(&last(a.0)));
        for (i, (name, look)) in legend.into_iter().enumerate() {
            let at = 110 + 30 * i as i32;
            line(area, vec![(1075, at), (1121, at)], look.colour.stroke_width(look.width))?;
            mark(area, (1098, at), look)?;
            write(area, name, (1132, at), SMALL, BLACK, HPos::Left)?;
        }
        Ok(())
    })
}

/// One panel of horizontal bars.
struct Panel<'a> {
    title: String,
    /// Names and values. Those without stay empty.
    bars: Vec<(&'a str, Option<f64>)>,
    /// Longer bars are cut here.
    limit: f64,
    /// A line across, with its name.
    line: Option<f64>,
    digits: usize,
}

/// Panels side by side, the names at the left of all.
fn panels(title: &str, panels: &[Panel], below: &str) -> Result<String, Failure> {
    let names: Vec<&str> =
        panels.first().map_or(Vec::new(), |panel| panel.bars.iter().map(|bar| bar.0).collect());
    let (names_width, row, top, panel_width) = (240, 28, 104, 1160 / panels.len().max(1) as i32);
    let bottom = top + row * names.len() as i32;
    sheet((1400, bottom as u32 + 50), |area| {
        write(area, title, (700, 30), TITLE, BLACK, HPos::Center)?;
        for (i, (name, look)) in looks(&names).into_iter().enumerate() {
            let middle = top + row * i as i32 + row / 2;
            write(area, name, (names_width - 12, middle), SMALL, BLACK, HPos::Right)?;
            for (at, panel) in panels.iter().enumerate() {
                let left = names_width + panel_width * at as i32;
                // Room for the number behind the longest bar.
                let room = f64::from(panel_width - 90);
                let Some(value) = panel.bars[i].1 else {
                    write(area, "–", (left + 6, middle), SMALL, GREY, HPos::Left)?;
                    continue;
                };
                let end = left + (value.min(panel.limit) / panel.limit * room).round() as i32;
                let corners = [(left, middle - 9), (end.max(left + 1), middle + 9)];
                area.draw(&Rectangle::new(corners, look.colour.filled()))?;
                if value > panel.limit {
                    // A gap shows that the bar is cut.
                    let gap = vec![(end - 16, middle + 10), (end - 8, middle - 10)];
                    line(area, gap, WHITE.stroke_width(4))?;
                }
                let digits = panel.digits;
                write(area, &format!("{value:.digits$}"), (end + 6, middle), SMALL, BLACK, HPos::Left)?;
            }
        }
        for (at, panel) in panels.iter().enumerate() {
            let left = names_width + panel_width * at as i32;
            write(area, &panel.title, (left, top - 26), LABEL, BLACK, HPos::Left)?;
            line(area, vec![(left, top - 6), (left, bottom)], FRAME.stroke_width(1))?;
            if let Some(value) = panel.line {
                let x = left + (value / panel.limit * f64::from(panel_width - 90)).round() as i32;
                line(area, vec![(x, top - 6), (x, bottom)], BLACK.stroke_width(1))?;
            }
        }
        write(area, below, (names_width, bottom + 26), SMALL, BLACK, HPos::Left)
    })
}

fn bars(measurements: &[&Measurement]) -> Result<String, Failure> {
    /// Bars that are so many times as long as the champion's are cut.
    const CUT: f64 = 5.0;
    let names = peers(measurements);
    let champion = registry::champion();
    let panel = |size| {
        let value = |name: &str| find(measurements, name, size).map(|one| one.per_element());
        Panel {
            title: format!("{} elements", length(size)),
            limit: CUT * value(&champion).unwrap_or(1.0),
            bars: names.iter().map(|&name| (name, value(name))).collect(),
            line: None,
            digits: 3,
        }
    };
    panels(
        "s(x) in f32, one thread: ns per element (shorter is better)",
        &KEY_SIZES.map(panel),
        &format!("A bar with a gap is longer than there is room for: over {CUT} times that of {champion}."),
    )
}

fn bandwidth(measurements: &[&Measurement]) -> Result<String, Failure> {
    let names = peers(measurements);
    let panel = |size| {
        let value = |name: &str| find(measurements, name, size).map(Measurement::gigabytes_per_second);
        let copies = names.iter().filter(|name| is_yardstick(name)).filter_map(|name| value(name));
        let roofline = copies.fold(0.0, f64::max);
        let largest = names.iter().filter_map(|name| value(name)).fold(roofline, f64::max);
        Panel {
            title: format!("{} elements", length(size)),
            bars: names.iter().map(|&name| (name, value(name))).collect(),
            limit: largest.max(1e-9),
            line: (roofline > 0.0).then_some(roofline),
            digits: 1,
        }
    };
    panels(
        "s(x) in f32, one thread: GB/s read and written (longer is better)",
        &[KEY_SIZES[2], KEY_SIZES[3]].map(panel),
        "The line across is the roofline: the quicker of the two copies.",
    )
}

/// A box that a label or a mark takes.
#[derive(Clone, Copy)]
struct Taken {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Taken {
    fn touches(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// The middle of the left edge of a label near the mark, where it covers no other.
fn place(text: &str, (x, y): Point, inside: Taken, taken: &mut Vec<Taken>) -> Point {
    // A letter of a sans-serif font is a little over half as wide as it is high.
    let (width, height) = ((text.chars().count() as f64 * f64::from(SMALL) * 0.56) as i32, SMALL as i32 + 2);
    let near = (0..12).flat_map(|ring| {
        let away = ring * height;
        [(x + 11, y - away), (x + 11, y + away), (x - 11 - width, y - away), (x - 11 - width, y + away)]
    });
    let boxed = |(left, middle): Point| Taken {
        left,
        top: middle - height / 2,
        right: left + width,
        bottom: middle + height / 2,
    };
    let fits = |&at: &Point| {
        let label = boxed(at);
        label.left >= inside.left
            && label.right <= inside.right
            && label.top >= inside.top
            && label.bottom <= inside.bottom
            && !taken.iter().any(|other| other.touches(&label))
    };
    let at = near.clone().find(fits).unwrap_or((x + 11, y));
    taken.push(boxed(at));
    at
}

fn scatter(everything: &Everything, measurements: &[&Measurement]) -> Result<String, Failure> {
    /// Errors beyond are drawn at the edge.
    const BEYOND: f64 = 300.0;
    let size = KEY_SIZES[0];
    let points: Vec<(&str, f64, f64)> = peers(measurements)
        .into_iter()
        .filter_map(|name| {
            let time = find(measurements, name, size)?.per_element();
            let error = everything.error(name, Operation::Forward)?.largest();
            Some((name, time, error))
        })
        .collect();
    let (low, high) = (
        points.iter().map(|point| point.1).fold(f64::INFINITY, f64::min) * 0.7,
        points.iter().map(|point| point.1).fold(0.0, f64::max) * 1.6,
    );
    if points.is_empty() {
        return sheet((1400, 100), |area| {
            write(area, "no errors are known", (700, 50), LABEL, BLACK, HPos::Center)
        });
    }
    sheet((1400, 860), |area| {
        let title = format!(
            "s(x) in f32, one thread, {} elements: speed and error (lower left is better)",
            length(size)
        );
        write(area, &title, (700, 34), TITLE, BLACK, HPos::Center)?;
        let x = Scale { values: (low, high), points: (110, 1370) };
        let y = Scale { values: (0.3, 400.0), points: (780, 100) };
        let decimal_ticks =
            |scale: Scale| scale.ticks().into_iter().map(|tick| (tick, decimal(tick))).collect::<Vec<_>>();
        let mut y_ticks: Vec<_> =
            [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0].map(|tick| (tick, decimal(tick))).into();
        y_ticks.push((BEYOND, "beyond".into()));
        frame(
            area,
            (x, y),
            &decimal_ticks(x),
            &y_ticks,
            ["ns per element", "largest error in ULP where the result is a normal number"],
        )?;
        let names: Vec<&str> = points.iter().map(|point| point.0).collect();
        let at = |point: &(&str, f64, f64)| (x.at(point.1), y.at(point.2.min(BEYOND)));
        let mut taken: Vec<Taken> = points
            .iter()
            .map(at)
            .map(|(x, y)| Taken { left: x - 7, top: y - 7, right: x + 7, bottom: y + 7 })
            .collect();
        let inside = Taken { left: 112, top: 88, right: 1390, bottom: 778 };
        for (point, (name, look)) in points.iter().zip(looks(&names)) {
            let middle = at(point);
            let label = place(name, middle, inside, &mut taken);
            if (label.1 - middle.1).abs() > SMALL as i32 {
                let near = if label.0 > middle.0 { label.0 - 2 } else { middle.0 - 9 };
                line(area, vec![middle, (near, label.1)], GREY.stroke_width(1))?;
            }
            mark(area, middle, look)?;
            write(area, name, label, SMALL, look.colour, HPos::Left)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_marks_in_one_place_do_not_overlap() {
        let inside = Taken { left: 0, top: 0, right: 1000, bottom: 1000 };
        let mut taken = Vec::new();
        for i in 0..20 {
            place(&format!("contender {i}"), (500, 500), inside, &mut taken);
        }
        for (i, one) in taken.iter().enumerate() {
            assert!(taken[..i].iter().all(|other| !other.touches(one)), "{i}");
        }
    }

    #[test]
    fn ticks_are_round() {
        let scale = Scale { values: (0.15, 6.0), points: (0, 100) };
        assert_eq!(scale.ticks().into_iter().map(decimal).collect::<Vec<_>>(), ["0.2", "0.5", "1", "2", "5"]);
        assert_eq!((scale.at(0.15), scale.at(6.0), scale.at(100.0)), (0, 100, 100));
    }
}
