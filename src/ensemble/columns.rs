//! What is measured, and under which names.

use std::any::{Any, TypeId};

use crate::density::Observable;
use crate::lattice::Manifold;

/// The names of what [`Run::measure`](super::Run::measure) gives: the action, the observables, for every kernel the share of accepted
/// proposals, and of the sampler's decisions `delta_h` of the last step and the number of divergent ones.
pub(super) fn columns(
    observables: impl Iterator<Item = String>,
    mixed: &[(&'static str, usize)],
) -> Vec<String> {
    let of_mixed = mixed
        .iter()
        .map(|(name, _)| format!("{}_acceptance", snake(name)));
    std::iter::once("action".to_owned())
        .chain(observables)
        .chain(["acceptance".to_owned()])
        .chain(of_mixed)
        .chain(["delta_h", "divergent"].map(str::to_owned))
        .collect()
}

/// An observable that a run owns.
pub type OwnedObservable<M> = Box<dyn Observable<M> + Send + Sync>;

/// The registered observables of fields of `M` with so many variables a site, each under the name of its type.
pub(super) fn observables<M: Manifold>(variables: usize) -> Vec<(String, OwnedObservable<M>)> {
    // The rows of the registry name whatever these modules have.
    #[allow(unused_imports, reason = "not every manifold has an observable")]
    use crate::{lattice::*, observable::*};
    type Vector = Sphere<3>;
    let mut found = Vec::new();
    macro_rules! those_of_m {
        ($($manifold:ty, $count:literal: $observable:expr;)*) => {$(
            if TypeId::of::<$manifold>() == TypeId::of::<M>() && variables == $count {
                let name = snake(&format!("{:?}", $observable));
                let owned: OwnedObservable<$manifold> = Box::new($observable);
                let any: Box<dyn Any> = Box::new(owned);
                let owned = any.downcast::<OwnedObservable<M>>();
                found.push((name, *owned.expect("the same manifold, as compared above")));
            }
        )*};
    }
    crate::for_each_observable!(those_of_m);
    found
}

/// `AbsoluteMagnetisation` as `absolute_magnetisation`, `FieldPower(2)` as `field_power_2`.
fn snake(debug: &str) -> String {
    let mut name = String::new();
    for c in debug.chars() {
        let breaks = !c.is_alphanumeric() || c.is_uppercase();
        if breaks && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        }
    }
    name.trim_end_matches('_').to_owned()
}
