//! Sentinel colours become CSS variables; the drawing gets a name and a description.

use plotters::style::RGBColor;

use super::figure::STYLES;

/// What a colour is for; each role is drawn in a colour that nothing else uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Axes and text.
    Ink,
    /// Grid lines.
    Grid,
    /// Vertical and horizontal rules.
    Rule,
    /// A curve: colour and dashes of its series.
    Curve(usize),
    /// Markers, error bars and bars: the colour of their series, never dashed.
    Mark(usize),
}

/// Colours that stay apart for the common forms of colour blindness (after Okabe and Ito, darkened
/// to a contrast of 3:1 on white); the page redefines them for dark grounds.
const PALETTE: [&str; STYLES] = [
    "#0067a5", "#c44e00", "#00795a", "#9b3d84", "#8a6a00", "#444444",
];
/// Dashes in tenths of a pixel; the first series is solid.
const DASHES: [&str; STYLES] = ["", "90 50", "25 40", "90 40 25 40", "160 60", "50 30"];

impl Role {
    /// The sentinel that `plotters` draws in.
    pub const fn sentinel(self) -> RGBColor {
        let (kind, index) = match self {
            Self::Ink => (1, 0),
            Self::Grid => (2, 0),
            Self::Rule => (3, 0),
            Self::Curve(i) => (4, i),
            Self::Mark(i) => (5, i),
        };
        RGBColor(0xFA, 0x50 + kind, index as u8)
    }

    fn hex(self) -> String {
        let RGBColor(r, g, b) = self.sentinel();
        format!("#{r:02X}{g:02X}{b:02X}")
    }

    fn paint(self) -> String {
        match self {
            Self::Ink => "var(--ink,#222)".to_owned(),
            Self::Grid => "var(--fig-grid,#e2e2e2)".to_owned(),
            Self::Rule => "var(--fig-rule,#777)".to_owned(),
            Self::Curve(i) | Self::Mark(i) => {
                format!("var(--fig-{i},{})", PALETTE[i % STYLES])
            }
        }
    }

    fn dashes(self) -> String {
        match self {
            Self::Curve(i) if i % STYLES > 0 => {
                format!(";stroke-dasharray:{}", DASHES[i % STYLES])
            }
            Self::Rule => ";stroke-dasharray:40 40".to_owned(),
            _ => String::new(),
        }
    }
}

/// The finished `<svg>`: CSS variables for colours, scalable, with role, title and description.
pub(super) fn finish(drawing: &str, id: &str, title: &str, caption: &str) -> String {
    let mut svg = drawing.to_owned();
    let by_index = (0..STYLES).flat_map(|i| [Role::Curve(i), Role::Mark(i)]);
    for role in [Role::Ink, Role::Grid, Role::Rule]
        .into_iter()
        .chain(by_index)
    {
        let (hex, paint) = (role.hex(), role.paint());
        let stroke = format!("style=\"stroke:{paint}{}\"", role.dashes());
        svg = svg.replace(&format!("stroke=\"{hex}\""), &stroke).replace(
            &format!("fill=\"{hex}\""),
            &format!("style=\"fill:{paint}\""),
        );
    }
    let body = svg.split_once('>').map_or("", |(_, body)| body);
    let view_box = attribute(drawing, "viewBox").unwrap_or("0 0 5200 3600");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view_box}\" width=\"100%\" role=\"img\" \
         aria-labelledby=\"{id}-title {id}-desc\" stroke-linejoin=\"round\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>{body}",
        escaped(title),
        escaped(caption),
    )
}

fn attribute<'a>(svg: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = svg.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
