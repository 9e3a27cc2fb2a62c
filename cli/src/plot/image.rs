//! A bitmap with text set from outlines that come with the program: no font of the system is used,
//! and every letter stands where the font wants it to a pixel.

use ab_glyph::{Font, FontRef, GlyphId, InvalidFont, Point, PxScale, ScaleFont};
use plotters::backend::BitMapBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

type Failure<'a> = DrawingErrorKind<<BitMapBackend<'a> as DrawingBackend>::ErrorType>;

pub struct Image<'a> {
    bitmap: BitMapBackend<'a>,
    font: FontRef<'static>,
}

impl<'a> Image<'a> {
    /// Draws into three bytes a pixel.
    pub fn new(pixels: &'a mut [u8], size: (u32, u32)) -> Result<Self, InvalidFont> {
        let font = FontRef::try_from_slice(dejavu::sans::regular())?;
        Ok(Self { bitmap: BitMapBackend::with_buffer(pixels, size), font })
    }

    /// The scale at which an em has as many pixels as in the SVG document.
    fn scale(&self, size: f64) -> (f32, PxScale) {
        let em = (size / 1.24) as f32;
        let units = self.font.units_per_em().unwrap_or(1000.0);
        (em, PxScale::from(em * self.font.height_unscaled() / units))
    }

    /// Where each letter begins, and where the last one ends.
    fn layout(&self, text: &str, scale: PxScale) -> (Vec<(GlyphId, f32)>, f32) {
        let font = self.font.as_scaled(scale);
        let mut letters: Vec<(GlyphId, f32)> = Vec::new();
        let mut end = 0.0;
        for letter in text.chars().map(|character| font.glyph_id(character)) {
            if let Some(&(before, _)) = letters.last() {
                end += font.kern(before, letter);
            }
            letters.push((letter, end));
            end += font.h_advance(letter);
        }
        (letters, end)
    }
}

impl DrawingBackend for Image<'_> {
    type ErrorType = <BitMapBackend<'static> as DrawingBackend>::ErrorType;

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), Failure<'static>> {
        let (em, scale) = self.scale(style.size());
        let (letters, width) = self.layout(text, scale);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let baseline = match style.anchor().v_pos {
            VPos::Top => 0.76 * em,
            VPos::Center => super::canvas::CENTRED * em,
            VPos::Bottom => -0.27 * em,
        };
        let (turn, colour) = (style.transform(), style.color());
        for (letter, from_left) in letters {
            let position = Point { x: left + from_left, y: baseline };
            let Some(outline) = self.font.outline_glyph(letter.with_scale_and_position(scale, position))
            else {
                continue;
            };
            let corner = outline.px_bounds().min;
            let mut result = Ok(());
            outline.draw(|x, y, coverage| {
                let (x, y) = turn.transform(corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                let alpha = colour.alpha * f64::from(coverage.min(1.0));
                if result.is_ok() && alpha > 0.0 {
                    result = self.bitmap.draw_pixel((at.0 + x, at.1 + y), BackendColor { alpha, ..colour });
                }
            });
            result?;
        }
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), Failure<'static>> {
        let (em, scale) = self.scale(style.size());
        let (_, width) = self.layout(text, scale);
        Ok((width.ceil() as u32, em.ceil() as u32))
    }

    // All else is the bitmap's.

    fn get_size(&self) -> (u32, u32) {
        self.bitmap.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), Failure<'static>> {
        self.bitmap.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), Failure<'static>> {
        self.bitmap.present()
    }

    fn draw_pixel(&mut self, at: BackendCoord, colour: BackendColor) -> Result<(), Failure<'static>> {
        self.bitmap.draw_pixel(at, colour)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), Failure<'static>> {
        self.bitmap.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), Failure<'static>> {
        self.bitmap.draw_rect(upper_left, bottom_right, style, fill)
    }
}
