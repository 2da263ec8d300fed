//! Householder's reduction to tridiagonal form, the update by one reflection fused with the product with the next.

use super::{Work, offset};
use crate::num::pack::Pack;

/// Reduces the packed lower triangles in `work.matrix` to `work.diagonal` and the squares `work.off2`.
///
/// # Source  G. H. Golub, C. F. Van Loan, Matrix Computations, section 8.3.1, with `A − vwᵀ − wvᵀ` and the next
/// `Av` in one pass.
#[inline(always)]
pub(super) fn reduce<P: Pack>(n: usize, work: &mut Work) {
    let width = P::WIDTH;
    let Work {
        matrix,
        diagonal,
        off2,
        vectors,
    } = work;
    let (v, rest) = vectors.split_at_mut(n * width);
    let (w, rest) = rest.split_at_mut(n * width);
    let (u, p) = rest.split_at_mut(n * width);
    let p = &mut p[..n * width];
    v.fill(0.0);
    w.fill(0.0);
    for k in 0..n {
        let column = offset(n, k) * width;
        let length = (n - k) * width;
        let (head, tail) = matrix.split_at_mut(column + length);
        let x = &mut head[column..];
        // The update of this column by the last reflection, whose v and w begin one row further up.
        update_column::<P>(x, &v[k * width..], &w[k * width..]);
        P::load(x).store(&mut diagonal[k * width..]);
        if k + 1 == n {
            break;
        }
        if k + 2 == n {
            let last = P::load(&x[width..]);
            last.mul(last).store(&mut off2[k * width..]);
            // One entry is left, of which the reflection has still to be taken off.
            update_column::<P>(
                &mut tail[..width],
                &v[(k + 1) * width..],
                &w[(k + 1) * width..],
            );
            P::load(tail).store(&mut diagonal[(k + 1) * width..]);
            break;
        }
        let beta = reflection::<P>(
            &x[width..],
            &mut u[(k + 1) * width..],
            &mut off2[k * width..],
        );
        let start = (k + 1) * width;
        pass::<P>(
            n - k - 1,
            tail,
            &v[start..],
            &w[start..],
            &u[start..],
            &mut p[start..],
        );
        // w ← βp − (β²/2)(u·p) u.
        let (rows, two) = (k + 1..n, P::splat(-0.5));
        let mut overlap = P::splat(0.0);
        for i in rows.clone() {
            let scaled = P::load(&p[i * width..]).mul(beta);
            scaled.store(&mut p[i * width..]);
            overlap = P::load(&u[i * width..]).mul_add(scaled, overlap);
        }
        let shift = overlap.mul(beta).mul(two);
        for i in rows {
            let ui = P::load(&u[i * width..]);
            ui.mul_add(shift, P::load(&p[i * width..]))
                .store(&mut w[i * width..]);
            ui.store(&mut v[i * width..]);
        }
    }
}

/// `x_i ← x_i − v_i w_0 − w_i v_0`.
#[inline(always)]
fn update_column<P: Pack>(x: &mut [f64], v: &[f64], w: &[f64]) {
    let width = P::WIDTH;
    let (v0, w0) = (P::load(v), P::load(w));
    let rows = x.chunks_exact_mut(width);
    for ((x, v), w) in rows.zip(v.chunks_exact(width)).zip(w.chunks_exact(width)) {
        let new = P::load(v).neg_mul_add(w0, P::load(x));
        P::load(w).neg_mul_add(v0, new).store(x);
    }
}

/// The vector `u` of the reflection that leaves only the first entry of `x`, and `β = 2/u²`.
#[inline(always)]
fn reflection<P: Pack>(x: &[f64], u: &mut [f64], off2: &mut [f64]) -> P {
    let width = P::WIDTH;
    let first = P::load(x);
    let mut below = P::splat(0.0);
    for x in x[width..].chunks_exact(width) {
        let x = P::load(x);
        below = x.mul_add(x, below);
    }
    let square = first.mul_add(first, below);
    square.store(off2);
    let norm = square.sqrt();
    // Away from cancellation: u_0 = x_0 + sign(x_0)|x|.
    let head = first.if_negative(first.sub(norm), first.add(norm));
    head.store(u);
    u[width..x.len()].copy_from_slice(&x[width..]);
    let length2 = head.mul_add(head, below);
    // A column that is zero already needs no reflection.
    let two = P::splat(2.0);
    P::splat(0.0).sub(length2).if_negative(
        two.div(length2.max(P::splat(f64::MIN_POSITIVE))),
        P::splat(0.0),
    )
}

/// Updates the trailing matrix by `v` and `w` and multiplies it with `u`: `p ← A u`.
#[inline(always)]
fn pass<P: Pack>(n: usize, a: &mut [f64], v: &[f64], w: &[f64], u: &[f64], p: &mut [f64]) {
    p[..n * P::WIDTH].fill(0.0);
    if const { P::REGISTERS >= 32 } {
        let j = groups::<P, 4>(n, 0, a, v, w, u, p);
        groups::<P, 1>(n, j, a, v, w, u, p);
    } else {
        let j = groups::<P, 2>(n, 0, a, v, w, u, p);
        groups::<P, 1>(n, j, a, v, w, u, p);
    }
}

/// [`columns`] from column `j` on, as long as there are `C` left; the next column.
#[inline(always)]
fn groups<P: Pack, const C: usize>(
    n: usize,
    mut j: usize,
    a: &mut [f64],
    v: &[f64],
    w: &[f64],
    u: &[f64],
    p: &mut [f64],
) -> usize {
    while j + C <= n {
        let at = j * P::WIDTH;
        let first = offset(n, j) * P::WIDTH;
        let [v, w, u] = [
            &v[at..n * P::WIDTH],
            &w[at..n * P::WIDTH],
            &u[at..n * P::WIDTH],
        ];
        columns::<P, C>(&mut a[first..], v, w, u, &mut p[at..n * P::WIDTH]);
        j += C;
    }
    j
}

/// `a − v_i w − w_i v`.
// No closure: those are not compiled for the level of their caller.
#[inline(always)]
fn updated<P: Pack>(a: P, vi: P, wi: P, v: P, w: P) -> P {
    wi.neg_mul_add(v, vi.neg_mul_add(w, a))
}

/// One step of [`pass`]: `C` columns of the packed triangle, each of which begins one row further down than the one before.
#[inline(always)]
fn columns<P: Pack, const C: usize>(a: &mut [f64], v: &[f64], w: &[f64], u: &[f64], p: &mut [f64]) {
    let width = P::WIDTH;
    let zero = P::splat(0.0);
    let rows = v.len() / width;
    let (mut vc, mut wc, mut uc, mut t) = ([zero; C], [zero; C], [zero; C], [zero; C]);
    for c in 0..C {
        let at = c * width;
        vc[c] = P::load(&v[at..]);
        wc[c] = P::load(&w[at..]);
        uc[c] = P::load(&u[at..]);
        t[c] = P::load(&p[at..]);
    }
    // The triangle on the diagonal.
    for c in 0..C {
        for i in c..C {
            let at = (offset(rows, c) + i - c) * width;
            let x = updated(P::load(&a[at..]), vc[i], wc[i], vc[c], wc[c]);
            x.store(&mut a[at..]);
            t[c] = x.mul_add(uc[i], t[c]);
            if i > c {
                t[i] = x.mul_add(uc[c], t[i]);
            }
        }
    }
    // The rows below it.
    let below = (rows - C) * width;
    let mut rest = a;
    let tails: [&mut [f64]; C] = std::array::from_fn(|c| {
        let (column, next) = std::mem::take(&mut rest).split_at_mut((rows - c) * width);
        rest = next;
        &mut column[(C - c) * width..][..below]
    });
    let (v, w, u) = (&v[C * width..], &w[C * width..], &u[C * width..]);
    let (head, p) = p.split_at_mut(C * width);
    for at in (0..below).step_by(width) {
        let (vi, wi, ui) = (P::load(&v[at..]), P::load(&w[at..]), P::load(&u[at..]));
        let mut sum = P::load(&p[at..]);
        for c in 0..C {
            let x = updated(P::load(&tails[c][at..]), vi, wi, vc[c], wc[c]);
            x.store(&mut tails[c][at..]);
            t[c] = x.mul_add(ui, t[c]);
            sum = x.mul_add(uc[c], sum);
        }
        sum.store(&mut p[at..]);
    }
    for c in 0..C {
        t[c].store(&mut head[c * width..]);
    }
}
