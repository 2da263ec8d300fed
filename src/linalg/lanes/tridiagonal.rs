//! Householder's reduction to tridiagonal form, the update by one reflection fused with the product with the next.

use super::pack::Pack;
use super::{Work, offset};

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
    let width = P::WIDTH;
    p[..n * width].fill(0.0);
    let mut rest = a;
    let mut j = 0;
    while j + 1 < n {
        let rows = n - j;
        let (first, after) = rest.split_at_mut(rows * width);
        let (second, after) = after.split_at_mut((rows - 1) * width);
        let at = j * width;
        two_columns::<P>(first, second, &v[at..], &w[at..], &u[at..], &mut p[at..]);
        rest = after;
        j += 2;
    }
    if j < n {
        let at = j * width;
        update_column::<P>(&mut rest[..width], &v[at..], &w[at..]);
        let t = P::load(rest).mul_add(P::load(&u[at..]), P::load(&p[at..]));
        t.store(&mut p[at..]);
    }
}

/// `a − v_i w − w_i v`.
// No closure: those are not compiled for the level of their caller.
#[inline(always)]
fn updated<P: Pack>(a: P, vi: P, wi: P, v: P, w: P) -> P {
    wi.neg_mul_add(v, vi.neg_mul_add(w, a))
}

/// One step of [`pass`]: two columns, of which the second begins one row further down.
#[inline(always)]
fn two_columns<P: Pack>(
    first: &mut [f64],
    second: &mut [f64],
    v: &[f64],
    w: &[f64],
    u: &[f64],
    p: &mut [f64],
) {
    let width = P::WIDTH;
    let (v0, v1) = (P::load(v), P::load(&v[width..]));
    let (w0, w1) = (P::load(w), P::load(&w[width..]));
    let (u0, u1) = (P::load(u), P::load(&u[width..]));
    let a00 = updated(P::load(first), v0, w0, v0, w0);
    let a10 = updated(P::load(&first[width..]), v1, w1, v0, w0);
    let a11 = updated(P::load(second), v1, w1, v1, w1);
    a00.store(first);
    a10.store(&mut first[width..]);
    a11.store(second);
    let mut t0 = a00.mul_add(u0, a10.mul_add(u1, P::load(p)));
    let mut t1 = a10.mul_add(u0, a11.mul_add(u1, P::load(&p[width..])));
    let below = first[2 * width..]
        .chunks_exact_mut(width)
        .zip(second[width..].chunks_exact_mut(width));
    let vectors = v[2 * width..]
        .chunks_exact(width)
        .zip(w[2 * width..].chunks_exact(width));
    let products = u[2 * width..]
        .chunks_exact(width)
        .zip(p[2 * width..].chunks_exact_mut(width));
    for (((a0, a1), (vi, wi)), (ui, pi)) in below.zip(vectors).zip(products) {
        let (vi, wi, ui) = (P::load(vi), P::load(wi), P::load(ui));
        let x0 = updated(P::load(a0), vi, wi, v0, w0);
        let x1 = updated(P::load(a1), vi, wi, v1, w1);
        x0.store(a0);
        x1.store(a1);
        t0 = x0.mul_add(ui, t0);
        t1 = x1.mul_add(ui, t1);
        x0.mul_add(u0, x1.mul_add(u1, P::load(pi))).store(pi);
    }
    t0.store(p);
    t1.store(&mut p[width..]);
}
