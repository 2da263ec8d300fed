//! One self-contained HTML page from a template: no network, no fonts of its own.

use minijinja::value::Serde;
use minijinja::{Environment, Error as TemplateError, Value};
use serde::Serialize;

use super::math::math;
use super::number::{duration, number};
use crate::error::{Error, Result};

/// A page: the common frame (`page.html`: style sheet, dark, print and phone layouts) around a body.
///
/// A body template begins with `{% extends "page.html" %}` and fills the blocks `body` and `script`.
/// Values are escaped; only a figure's SVG is let through with `|safe`. Filters: `number(digits)`,
/// `duration`, and `math` (escapes, and sets scripts).
///
/// ```
/// use fieldassay::report::Page;
/// let body = r#"{% extends "page.html" %}{% block body %}<p>{{ x|number(3) }} {{ who }}</p>{% endblock %}"#;
/// let html = Page::new(body)?.render(&serde_json::json!({"title": "T", "x": 1e-9, "who": "<a>"}))?;
/// assert!(html.contains("<p>10⁻⁹ &lt;a&gt;</p>"));
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Debug)]
pub struct Page {
    environment: Environment<'static>,
}

impl Page {
    /// A page with this body template.
    ///
    /// # Errors  `Error::Format` with the line for a template that does not parse.
    pub fn new(body: &'static str) -> Result<Self> {
        let mut environment = Environment::new();
        // Names decide escaping: `.html` escapes.
        environment.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        environment.add_filter("number", |x: f64, digits: usize| number(x, digits));
        environment.add_filter("duration", duration);
        environment.add_filter("math", |text: &str| Value::from_safe_string(math(text)));
        for (name, source) in [
            ("page.html", include_str!("page.html")),
            ("body.html", body),
        ] {
            environment
                .add_template(name, source)
                .map_err(|why| broken(&why))?;
        }
        Ok(Self { environment })
    }

    /// The page for `context`, which must hold `title`.
    ///
    /// # Errors  `Error::Format` with the template's line for a value that it misses.
    pub fn render(&self, context: impl Serialize) -> Result<String> {
        let body = self.environment.get_template("body.html");
        body.and_then(|body| body.render(Serde(context)))
            .map_err(|why| broken(&why))
    }
}

fn broken(why: &TemplateError) -> Error {
    Error::Format {
        path: why.name().unwrap_or("template").to_owned(),
        field: format!("line {}", why.line().unwrap_or(0)),
        found: why.to_string(),
        expected: "a template and values that fit".to_owned(),
    }
}
