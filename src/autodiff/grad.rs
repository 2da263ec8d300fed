//! Derivatives, from graph to graph: reverse mode, forward mode, and what follows from them.

use crate::error::{Error, Result};
use crate::tensor::op::Call;
use crate::tensor::{Graph, Var};

/// Appends the gradient of a number with respect to each of `wrt`.
///
/// # Shapes  `y: []`, shared; each gradient has the shape of its variable.
/// # Errors  `Error::Operands` if `y` is not one shared number: sum or average it first.
/// # Panics  if a variable belongs to another graph.
pub fn grad(g: &mut Graph, y: Var, wrt: &[Var]) -> Result<Vec<Var>> {
    let shape = g.shape(y);
    if shape.rank() != 0 || shape.is_batched() {
        return Err(Error::Operands {
            op: "grad",
            found: vec![shape.to_string()],
            expected: "one shared number, []".to_owned(),
        });
    }
    let one = g.scalar(1.0)?;
    vjp(g, &[(y, one)], wrt)
}

/// Appends `Σ ȳ·∂y/∂x` for each `x` of `wrt`: the vector–Jacobian product (reverse mode).
///
/// # Shapes  each cotangent as its `y`; each result as its `x`; a zero result is an array of zeros.
/// # Errors  `Error::Operands` if a cotangent has another shape than its value.
pub fn vjp(g: &mut Graph, outputs: &[(Var, Var)], wrt: &[Var]) -> Result<Vec<Var>> {
    let first_new = g.len();
    let mut cotangents: Vec<Option<Var>> = vec![None; first_new];
    for &(y, cotangent) in outputs {
        if g.shape(y) != g.shape(cotangent) {
            return Err(Error::Operands {
                op: "vjp",
                found: vec![g.shape(y).to_string(), g.shape(cotangent).to_string()],
                expected: "a cotangent of the shape of its value".to_owned(),
            });
        }
        let slot = cotangents[y.index()];
        cotangents[y.index()] = g.sum_of(slot, Some(cotangent))?;
    }
    let wanted = depends_on(g, wrt);
    let vars: Vec<Var> = g.vars().take(first_new).collect();
    for var in vars.into_iter().rev() {
        let Some(cotangent) = cotangents[var.index()] else {
            continue;
        };
        let node = g.node(var).clone();
        if node.inputs().is_empty() || !wanted[var.index()] {
            continue;
        }
        let call = Call {
            inputs: node.inputs(),
            output: var,
        };
        let back = node.op().vjp(g, &call, cotangent)?;
        for (&input, term) in node.inputs().iter().zip(back) {
            if wanted[input.index()] {
                let slot = cotangents[input.index()];
                cotangents[input.index()] = g.sum_of(slot, term)?;
            }
        }
    }
    wrt.iter()
        .map(|&x| or_zero(g, cotangents[x.index()], x))
        .collect()
}

/// Appends `Σ ∂y/∂x·ẋ` for each `y` of `outputs`: the Jacobian–vector product (forward mode).
///
/// # Shapes  each tangent as its `x`; each result as its `y`; a zero result is an array of zeros.
/// # Errors  `Error::Operands` if a tangent has another shape than its variable.
pub fn jvp(g: &mut Graph, outputs: &[Var], tangents: &[(Var, Var)]) -> Result<Vec<Var>> {
    let first_new = g.len();
    let mut known: Vec<Option<Var>> = vec![None; first_new];
    for &(x, tangent) in tangents {
        if g.shape(x) != g.shape(tangent) {
            return Err(Error::Operands {
                op: "jvp",
                found: vec![g.shape(x).to_string(), g.shape(tangent).to_string()],
                expected: "a tangent of the shape of its variable".to_owned(),
            });
        }
        let slot = known[x.index()];
        known[x.index()] = g.sum_of(slot, Some(tangent))?;
    }
    let needed = reaches(g, outputs);
    let seeds: Vec<Option<Var>> = known.clone();
    for var in g.vars().take(first_new) {
        let node = g.node(var).clone();
        if node.inputs().is_empty() || !needed[var.index()] || seeds[var.index()].is_some() {
            continue;
        }
        let inputs: Vec<Option<Var>> = node.inputs().iter().map(|v| known[v.index()]).collect();
        if inputs.iter().any(Option::is_some) {
            let call = Call {
                inputs: node.inputs(),
                output: var,
            };
            known[var.index()] = node.op().jvp(g, &call, &inputs)?;
        }
    }
    outputs
        .iter()
        .map(|&y| or_zero(g, known[y.index()], y))
        .collect()
}

fn or_zero(g: &mut Graph, derivative: Option<Var>, like: Var) -> Result<Var> {
    match derivative {
        Some(derivative) => Ok(derivative),
        None => {
            let shape = g.shape(like).clone();
            g.filled(&shape, 0.0)
        }
    }
}

/// Which nodes depend on one of `vars`.
fn depends_on(g: &Graph, vars: &[Var]) -> Vec<bool> {
    let mut depends = vec![false; g.len()];
    for &var in vars {
        depends[var.index()] = true;
    }
    for var in g.vars() {
        if g.node(var)
            .inputs()
            .iter()
            .any(|input| depends[input.index()])
        {
            depends[var.index()] = true;
        }
    }
    depends
}

/// Which nodes one of `outputs` depends on.
pub(super) fn reaches(g: &Graph, outputs: &[Var]) -> Vec<bool> {
    let mut needed = vec![false; g.len()];
    for &var in outputs {
        needed[var.index()] = true;
    }
    for var in g.vars().rev() {
        if needed[var.index()] {
            for input in g.node(var).inputs() {
                needed[input.index()] = true;
            }
        }
    }
    needed
}
