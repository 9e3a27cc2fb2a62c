//! A table for the terminal: columns as wide as they need to be.

/// Which side of its column a text stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
}

/// Rows of texts under a row of titles.
#[derive(Clone, Debug)]
pub struct Table {
    aligns: Vec<Align>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<'a>(columns: impl IntoIterator<Item = (Align, &'a str)>) -> Self {
        let (aligns, titles) = columns.into_iter().map(|(align, title)| (align, title.to_owned())).unzip();
        Self { aligns, rows: vec![titles] }
    }

    /// Adds a row, with a text for each column.
    pub fn row(&mut self, texts: impl IntoIterator<Item = String>) {
        let row: Vec<String> = texts.into_iter().collect();
        assert_eq!(row.len(), self.aligns.len(), "a text for each column");
        self.rows.push(row);
    }

    /// The lines, each with its end.
    pub fn render(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..self.aligns.len()).map(|column| width(column).unwrap_or(0)).collect();
        let mut text = String::new();
        for row in &self.rows {
            let cells =
                row.iter().zip(&self.aligns).zip(&widths).map(|((cell, align), &width)| match align {
                    Align::Left => format!("{cell:<width$}"),
                    Align::Right => format!("{cell:>width$}"),
                });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new([(Align::Left, "name"), (Align::Right, "n")]);
        table.row(["a".into(), "100".into()]);
        assert_eq!(table.render(), "name    n\na     100\n");
    }
}
