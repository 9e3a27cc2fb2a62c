//! What figures are drawn onto: an SVG document and a PNG image.
//!
//! Both are drawn [`SCALE`] times as large as they will be. The image is then averaged down, which
//! smooths every edge, and the document is shown at its size, with coordinates finer than a point.

use std::error::Error as StdError;
use std::sync::Once;

use plotters::prelude::{DrawingBackend, IntoDrawingArea, SVGBackend};
use plotters::style::{FontStyle, register_font};

use super::chart;
use super::figures::Figure;
use super::image::Image;
use crate::error::Error;

/// The size of a figure in points, which are the pixels of the image.
pub const SIZE: (u32, u32) = (1600, 1000);

/// How many times as large it is drawn.
pub const SCALE: u32 = 3;

/// The generic family: what a viewer shows SVG text in, and here the name of DejaVu Sans, whose
/// outlines come with the program, so that no font need be installed.
pub const FONT: &str = "sans-serif";

/// How far below its point the line stands on which centred text is written, in ems: half the
/// height of a digit.
pub const CENTRED: f32 = 0.36;

/// The document, and the image as the bytes of its file.
pub fn render(figure: &Figure) -> Result<(String, Vec<u8>), Error> {
    load_font();
    let failure =
        |reason: Box<dyn StdError>| Error::Drawing { figure: figure.name, reason: reason.to_string() };
    Ok((svg(figure).map_err(failure)?, png(figure).map_err(failure)?))
}

fn load_font() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A font that cannot be read is missed when the first text is drawn, which is an error.
        let _ = register_font(FONT, FontStyle::Normal, dejavu::sans::regular());
    });
}

fn svg(figure: &Figure) -> Result<String, Box<dyn StdError>> {
    let (width, height) = SIZE;
    let (drawn_width, drawn_height) = drawn();
    let mut text = String::new();
    paint(figure, SVGBackend::with_string(&mut text, drawn()))?;
    let size = |width, height| format!(r#"width="{width}" height="{height}""#);
    let text = text.replacen(&size(drawn_width, drawn_height), &size(width, height), 1);
    Ok(text.replace(r#"dy="0.5ex""#, &format!(r#"dy="{CENTRED}em""#)))
}

fn png(figure: &Figure) -> Result<Vec<u8>, Box<dyn StdError>> {
    let (width, height) = drawn();
    let bytes = (width * height * 3) as usize;
    let mut large = Vec::new();
    large.try_reserve_exact(bytes)?;
    large.resize(bytes, 0);
    paint(figure, Image::new(&mut large, drawn())?)?;

    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&averaged(&large))?;
    writer.finish()?;
    Ok(file)
}

fn drawn() -> (u32, u32) {
    (SIZE.0 * SCALE, SIZE.1 * SCALE)
}

fn paint<D: DrawingBackend>(figure: &Figure, backend: D) -> Result<(), Box<dyn StdError>>
where
    D::ErrorType: 'static,
{
    let area = backend.into_drawing_area();
    chart::draw(figure, &area)?;
    area.present()?;
    Ok(())
}

/// One pixel for each square of `SCALE` by `SCALE`.
fn averaged(large: &[u8]) -> Vec<u8> {
    let (width, scale) = (SIZE.0 as usize, SCALE as usize);
    let band = width * scale * 3 * scale;
    let mut small = Vec::with_capacity(large.len() / (scale * scale));
    let mut sums = vec![0_u16; width * 3];
    for rows in large.chunks_exact(band) {
        sums.fill(0);
        for row in rows.chunks_exact(width * scale * 3) {
            for (sums, square) in sums.chunks_exact_mut(3).zip(row.chunks_exact(scale * 3)) {
                for pixel in square.chunks_exact(3) {
                    for (sum, &part) in sums.iter_mut().zip(pixel) {
                        *sum += u16::from(part);
                    }
                }
            }
        }
        let count = (scale * scale) as u16;
        small.extend(sums.iter().map(|&sum| ((sum + count / 2) / count) as u8));
    }
    small
}
