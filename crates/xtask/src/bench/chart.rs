//! Charts: panels of horizontal bars, each with an axis of its own that begins at 0.

use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::run::Failure;

/// A picture of panels, row by row.
pub(crate) struct Chart {
    pub(crate) title: String,
    /// What the bars are, in a line below the title.
    pub(crate) note: String,
    pub(crate) panels: Vec<Panel>,
    /// Panels side by side.
    pub(crate) columns: usize,
}

/// Bars with one axis.
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) bars: Vec<Bar>,
}

/// A bar with its name on its left and its value on its right.
pub(crate) struct Bar {
    pub(crate) name: String,
    /// None: it was not measured, and the reason stands in the label.
    pub(crate) value: Option<f64>,
    pub(crate) label: String,
}

impl Bar {
    fn colour(&self) -> RGBColor {
        if self.name.starts_with("barebus") { OURS } else { OTHERS }
    }
}

const OURS: RGBColor = RGBColor(0x1f, 0x5f, 0xbf);
const OTHERS: RGBColor = RGBColor(0x9a, 0xa5, 0xb1);
const INK: RGBColor = RGBColor(0x1b, 0x1f, 0x24);
const FAINT: RGBColor = RGBColor(0x57, 0x60, 0x6a);
const GRID: RGBColor = RGBColor(0xe3, 0xe6, 0xea);

/// Width of a chart, as wide as a page of text, in pixels.
const WIDTH: u32 = 980;
const HEADER: u32 = 62;
const BAR: u32 = 19;
/// What a panel is higher than its bars.
const PANEL: u32 = 66;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

impl Chart {
    /// Writes the chart as SVG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn draw(&self, path: &Path) -> Result<(), Failure> {
        let most = self.panels.iter().map(|panel| panel.bars.len()).max().unwrap_or(0);
        let rows = self.panels.len().div_ceil(self.columns);
        let (bars, count) = (u32::try_from(most)?, u32::try_from(rows)?);
        let height = HEADER + count * (PANEL + bars * BAR) + 8;
        let root = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
        // Not transparent: the text is dark, and the page may be dark, too.
        root.fill(&WHITE)?;
        let text = |size: i32, colour| ("sans-serif", size).into_font().color(colour);
        root.draw(&Text::new(&*self.title, (16, 14), text(20, &INK)))?;
        root.draw(&Text::new(&*self.note, (16, 41), text(13, &FAINT)))?;
        let (_, below) = root.split_vertically(HEADER);
        for (panel, area) in self.panels.iter().zip(below.split_evenly((rows, self.columns))) {
            panel.draw(&area)?;
        }
        root.present()?;
        Ok(())
    }
}

impl Panel {
    fn draw(&self, area: &Area<'_>) -> Result<(), Failure> {
        let font = |size: i32| ("sans-serif", size).into_font();
        let most = self.bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max);
        // The label stands to the right of the longest bar.
        let end = if most > 0.0 { most * 1.45 } else { 1.0 };
        let count = self.bars.len() as f64;
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_left(12)
            .caption(&self.title, font(14).style(FontStyle::Bold).color(&INK))
            .x_label_area_size(22)
            .y_label_area_size(138)
            .build_cartesian_2d(0.0..end, 0.0..count)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .y_labels(0)
            .x_labels(5)
            .x_label_formatter(&|value| short(*value))
            .x_label_style(font(11).color(&FAINT))
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(FAINT)
            .draw()?;
        for (index, bar) in self.bars.iter().enumerate() {
            // The first stands above.
            let bottom = count - 1.0 - index as f64;
            let value = bar.value.unwrap_or(0.0);
            let corners = [(0.0, bottom + 0.14), (value, bottom + 0.86)];
            chart.draw_series([Rectangle::new(corners, bar.colour().filled())])?;
            let text = |side, colour| font(12).color(colour).pos(Pos::new(side, VPos::Center));
            let at = |x| EmptyElement::at((x, bottom + 0.5));
            let name = Text::new(bar.name.clone(), (-6, 0), text(HPos::Right, &INK));
            chart.draw_series([at(0.0) + name])?;
            let label = Text::new(bar.label.clone(), (5, 0), text(HPos::Left, &INK));
            chart.draw_series([at(value) + label])?;
        }
        Ok(())
    }
}

/// A number at an axis: 0, 0.5, 20, 1.5k, 2M.
fn short(value: f64) -> String {
    let (value, unit) = match value {
        value if value >= 1e6 => (value / 1e6, "M"),
        value if value >= 1e4 => (value / 1e3, "k"),
        value => (value, ""),
    };
    // Steps of an axis have few digits.
    let text = format!("{value:.4}");
    format!("{}{unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_at_an_axis_are_short() {
        let shown = [0.0, 0.5, 20.0, 2_500.0, 15_000.0, 2_000_000.0, 0.0005].map(short);
        assert_eq!(shown, ["0", "0.5", "20", "2500", "15k", "2M", "0.0005"]);
    }

    #[test]
    fn a_chart_names_each_bar_and_its_value() {
        let path = std::env::temp_dir().join(format!("xtask-chart-{}.svg", std::process::id()));
        let bar = |name: &str, value| Bar { name: name.into(), value, label: format!("{name}!") };
        let panel =
            Panel { title: "w1".into(), bars: vec![bar("barebus 1", Some(1.0)), bar("b", None)] };
        let chart =
            Chart { title: "All".into(), note: "×".into(), panels: vec![panel], columns: 2 };
        chart.draw(&path).unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        for text in ["All", "×", "w1", "barebus 1", "barebus 1!", "b!", "#1F5FBF"] {
            assert!(svg.contains(text), "{text} is not in {svg}");
        }
    }
}
