//! `fieldassay list`: what exists, and one quantity in full.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::pretty::pretty;
use super::{DONE, Stop};
use crate::suite::answer::Output;
use crate::suite::argument::{Kind, Parameter, Presence};
use crate::suite::quantity::{ALL, Quantity};

/// Width of the running text.
const WIDTH: usize = 96;

pub(super) fn run(
    id: Option<&str>,
    as_json: bool,
    output: &mut dyn Write,
) -> std::result::Result<u8, Stop> {
    let text = match (id, as_json) {
        (None, false) => overview(),
        (None, true) => {
            let quantities: Json = ALL.iter().map(|quantity| description(quantity)).collect();
            pretty(&json!({ "quantities": quantities })) + "\n"
        }
        (Some(id), false) => full(Quantity::find(id)?),
        (Some(id), true) => pretty(&description(Quantity::find(id)?)) + "\n",
    };
    output.write_all(text.as_bytes())?;
    Ok(DONE)
}

fn overview() -> String {
    let width = ALL.iter().map(|quantity| quantity.id.len()).max();
    let width = width.unwrap_or(0);
    let rows = ALL.iter().map(|quantity| {
        let Quantity { id, summary, .. } = quantity;
        format!("  {id:width$}  {summary}\n")
    });
    let mut text = "Quantities (fieldassay compute QUANTITY key=value…):\n".to_owned();
    text.extend(rows);
    text += "\n`fieldassay list QUANTITY` shows definition, arguments, results and an example.\n";
    text
}

fn full(quantity: &Quantity) -> String {
    let mut text = format!("{}: {}\n\n", quantity.id, quantity.summary);
    text += &paragraph("", quantity.definition);
    text += "\nArguments\n";
    for parameter in quantity.parameters {
        let body = format!(
            "{}{}: {}; {}",
            parameter.kind.expected(),
            unit(parameter.unit),
            presence(parameter.presence),
            parameter.meaning
        );
        text += &paragraph(&format!("  {:<11} ", parameter.name), &body);
    }
    text += "\nResults\n";
    for Output {
        name,
        unit: of,
        meaning,
        ..
    } in quantity.outputs
    {
        text += &paragraph(&format!("  {name:<12} "), &format!("{meaning}{}", unit(of)));
    }
    text += "\nMethods\n";
    text += &paragraph("  fast         ", quantity.method);
    text += &paragraph("  witness      ", quantity.witness_method);
    let words = quantity.example.words.join(" ");
    text += &format!(
        "\nExample\n  $ fieldassay compute {} {words}\n",
        quantity.id
    );
    for (name, numbers) in quantity.example.gives {
        let numbers: Vec<String> = numbers.iter().map(|x| format!("{x:?}")).collect();
        text += &paragraph(&format!("  {name:<12} "), &numbers.join(", "));
    }
    text += &paragraph("  from         ", quantity.example.source);
    text
}

fn unit(unit: &str) -> String {
    match unit {
        "1" => String::new(),
        unit => format!(" [{unit}]"),
    }
}

fn presence(presence: Presence) -> String {
    match presence {
        Presence::Required => "required".to_owned(),
        Presence::Optional => "optional".to_owned(),
        Presence::Default(word) => format!("default {word}"),
    }
}

/// `text` broken into lines of [`WIDTH`], the first after `head` and the others below its end.
fn paragraph(head: &str, text: &str) -> String {
    let indent = head.chars().count();
    let mut lines = head.to_owned();
    let mut column = indent;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > indent && column + 1 + width > WIDTH {
            lines += "\n";
            lines += &" ".repeat(indent);
            column = indent;
        } else if column > indent {
            lines += " ";
            column += 1;
        }
        lines += word;
        column += width;
    }
    lines + "\n"
}

fn description(quantity: &Quantity) -> Json {
    let parameters: Json = quantity.parameters.iter().map(parameter_json).collect();
    let results: Json = quantity.outputs.iter().map(|output| {
        json!({"name": output.name, "unit": output.unit, "period": output.period, "meaning": output.meaning})
    }).collect();
    json!({
        "id": quantity.id,
        "summary": quantity.summary,
        "definition": quantity.definition,
        "arguments": parameters,
        "results": results,
        "method": quantity.method,
        "witness_method": quantity.witness_method,
        "example": quantity.example.words,
    })
}

fn parameter_json(parameter: &Parameter) -> Json {
    let domain = match parameter.kind {
        Kind::Real { min, max } => json!({"min": min, "max": max}),
        Kind::Integer { min, max } => json!({"min": min, "max": max}),
        Kind::Choice(allowed) => json!({ "one_of": allowed }),
        Kind::Vector(allowed) => json!({ "one_of": allowed }),
    };
    let mut object = json!({
        "name": parameter.name,
        "type": parameter.kind.name(),
        "domain": domain,
        "unit": parameter.unit,
        "required": matches!(parameter.presence, Presence::Required),
        "meaning": parameter.meaning,
    });
    if let Presence::Default(word) = parameter.presence {
        object["default"] = json!(word);
    }
    object
}
