/**
 * The arithmetic of the fused CPU trainer, in AssemblyScript: compiled to WebAssembly SIMD by assembly.plugin.mjs.
 * Pointers are in bytes, all else in floats. Matrices are row-major; the widths of what is multiplied are padded with
 * zeros to whole blocks (8 columns, 4 rows), so that no loop has a remainder.
 */

/** Depth of a block of a product: as many rows of the right factor as stay in the first cache. */
const depthBlock: i32 = 256;

/**
 * c[rows, columns] = a · b, with b [depth, columns]. Element (x, t) of a lies at a + x · aRow + t · aStep bytes, so that
 * a transposed factor is only another pair of strides.
 * @param rows multiple of 4 @param columns multiple of 8
 */
export function product(
  c: usize,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  rows: i32,
  depth: i32,
  columns: i32,
): void {
  const width: usize = usize(columns) << 2;
  for (let from = 0; from < depth; from += depthBlock) {
    const length = min(depthBlock, depth - from);
    const aBlock = a + usize(from) * aStep;
    const bBlock = b + usize(from) * width;
    for (let column = 0; column < columns; column += 8) {
      for (let row = 0; row < rows; row += 4) {
        let at: usize = aBlock + usize(row) * aRow;
        let bt: usize = bBlock + (usize(column) << 2);
        const ct: usize = c + usize(row) * width + (usize(column) << 2);
        let c00: v128, c01: v128, c10: v128, c11: v128, c20: v128, c21: v128, c30: v128, c31: v128;
        if (from == 0) {
          c00 = f32x4.splat(0);
          c01 = c00;
          c10 = c00;
          c11 = c00;
          c20 = c00;
          c21 = c00;
          c30 = c00;
          c31 = c00;
        } else {
          c00 = v128.load(ct);
          c01 = v128.load(ct, 16);
          c10 = v128.load(ct + width);
          c11 = v128.load(ct + width, 16);
          c20 = v128.load(ct + 2 * width);
          c21 = v128.load(ct + 2 * width, 16);
          c30 = v128.load(ct + 3 * width);
          c31 = v128.load(ct + 3 * width, 16);
        }
        for (let t = 0; t < length; t++) {
          const b0 = v128.load(bt);
          const b1 = v128.load(bt, 16);
          const a0 = v128.load32_splat(at);
          c00 = f32x4.add(c00, f32x4.mul(a0, b0));
          c01 = f32x4.add(c01, f32x4.mul(a0, b1));
          const a1 = v128.load32_splat(at + aRow);
          c10 = f32x4.add(c10, f32x4.mul(a1, b0));
          c11 = f32x4.add(c11, f32x4.mul(a1, b1));
          const a2 = v128.load32_splat(at + 2 * aRow);
          c20 = f32x4.add(c20, f32x4.mul(a2, b0));
          c21 = f32x4.add(c21, f32x4.mul(a2, b1));
          const a3 = v128.load32_splat(at + 3 * aRow);
          c30 = f32x4.add(c30, f32x4.mul(a3, b0));
          c31 = f32x4.add(c31, f32x4.mul(a3, b1));
          at += aStep;
          bt += width;
        }
        v128.store(ct, c00);
        v128.store(ct, c01, 16);
        v128.store(ct + width, c10);
        v128.store(ct + width, c11, 16);
        v128.store(ct + 2 * width, c20);
        v128.store(ct + 2 * width, c21, 16);
        v128.store(ct + 3 * width, c30);
        v128.store(ct + 3 * width, c31, 16);
      }
    }
  }
}

function sumOf(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/** out[row] = x[row] · w over `width` floats, a multiple of 8. @param stride bytes from a row to the next */
export function dots(out: usize, x: usize, stride: usize, rows: i32, w: usize, width: i32): void {
  const bytes: usize = usize(width) << 2;
  for (let row = 0; row < rows; row++) {
    const from: usize = x + usize(row) * stride;
    let s0 = f32x4.splat(0);
    let s1 = s0;
    for (let i: usize = 0; i < bytes; i += 32) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(from + i), v128.load(w + i)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(from + i, 16), v128.load(w + i, 16)));
    }
    f32.store(out + (usize(row) << 2), sumOf(f32x4.add(s0, s1)));
  }
}

/** out = Σ_row g[row] · x[row] over `width` floats, a multiple of 8. @param rows multiple of 4 */
export function combine(out: usize, x: usize, stride: usize, rows: i32, g: usize, width: i32): void {
  const bytes: usize = usize(width) << 2;
  memory.fill(out, 0, bytes);
  for (let row = 0; row < rows; row += 4) {
    const x0: usize = x + usize(row) * stride;
    const x1 = x0 + stride;
    const x2 = x1 + stride;
    const x3 = x2 + stride;
    const gt: usize = g + (usize(row) << 2);
    const g0 = v128.load32_splat(gt);
    const g1 = v128.load32_splat(gt, 4);
    const g2 = v128.load32_splat(gt, 8);
    const g3 = v128.load32_splat(gt, 12);
    for (let i: usize = 0; i < bytes; i += 16) {
      const first = f32x4.add(f32x4.mul(g0, v128.load(x0 + i)), f32x4.mul(g1, v128.load(x1 + i)));
      const second = f32x4.add(f32x4.mul(g2, v128.load(x2 + i)), f32x4.mul(g3, v128.load(x3 + i)));
      v128.store(out + i, f32x4.add(v128.load(out + i), f32x4.add(first, second)));
    }
  }
}

/** Copies rows of a table. @param indices int32 [rows] @param stride bytes of a row, in both */
export function gather(out: usize, table: usize, stride: usize, indices: usize, rows: i32): void {
  for (let row = 0; row < rows; row++)
    memory.copy(
      out + usize(row) * stride,
      table + usize(i32.load(indices + (usize(row) << 2))) * stride,
      stride,
    );
}

/** out[pair] = table[chosen[pair]] − table[rejected[pair]]; the rejected ones follow the chosen ones in `indices`. */
export function differences(out: usize, table: usize, stride: usize, indices: usize, pairs: i32): void {
  for (let pair = 0; pair < pairs; pair++) {
    const a: usize = table + usize(i32.load(indices + (usize(pair) << 2))) * stride;
    const b: usize = table + usize(i32.load(indices + (usize(pairs + pair) << 2))) * stride;
    const to: usize = out + usize(pair) * stride;
    for (let i: usize = 0; i < stride; i += 16)
      v128.store(to + i, f32x4.sub(v128.load(a + i), v128.load(b + i)));
  }
}

/** out[columns, rows] = x[rows, columns] turned. Both multiples of 4. */
export function transpose(out: usize, x: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      f32.store(out + (usize(column * rows + row) << 2), f32.load(x + (usize(row * columns + column) << 2)));
}

/** out = Σ_row x[row], [columns]. */
export function columnSums(out: usize, x: usize, rows: i32, columns: i32): void {
  const bytes: usize = usize(columns) << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    let sum = f32x4.splat(0);
    for (let row = 0; row < rows; row++) sum = f32x4.add(sum, v128.load(x + usize(row) * bytes + i));
    v128.store(out + i, sum);
  }
}

/** x[row] += bias. */
export function addBias(x: usize, bias: usize, rows: i32, columns: i32): void {
  const bytes: usize = usize(columns) << 2;
  for (let row = 0; row < rows; row++) {
    const to: usize = x + usize(row) * bytes;
    for (let i: usize = 0; i < bytes; i += 16)
      v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(bias + i)));
  }
}

/** tanh by Eigen's rational function, right to a few units in the last place of float32. */
function tanh4(value: v128): v128 {
  const limit: f32 = 7.90531110763549805;
  const x = f32x4.max(f32x4.min(value, f32x4.splat(limit)), f32x4.splat(-limit));
  const x2 = f32x4.mul(x, x);
  let p = f32x4.splat(-2.76076847742355e-16);
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(2.00018790482477e-13));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(-8.60467152213735e-11));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(5.12229709037114e-8));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(1.48572235717979e-5));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(6.37261928875436e-4));
  p = f32x4.add(f32x4.mul(p, x2), f32x4.splat(4.89352455891786e-3));
  p = f32x4.mul(p, x);
  let q = f32x4.splat(1.19825839466702e-6);
  q = f32x4.add(f32x4.mul(q, x2), f32x4.splat(1.18534705686654e-4));
  q = f32x4.add(f32x4.mul(q, x2), f32x4.splat(2.268434632439e-3));
  q = f32x4.add(f32x4.mul(q, x2), f32x4.splat(4.89352518554385e-3));
  return f32x4.div(p, q);
}

/** out = max(0, z) @param count multiple of 4, as below */
export function relu(out: usize, z: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16)
    v128.store(out + i, f32x4.max(v128.load(z + i), f32x4.splat(0)));
}

/** slope ← slope · relu′(z) */
export function reluBack(slope: usize, z: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16)
    v128.store(slope + i, v128.and(v128.load(slope + i), f32x4.gt(v128.load(z + i), f32x4.splat(0))));
}

export function tanh(out: usize, z: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) v128.store(out + i, tanh4(v128.load(z + i)));
}

/** slope ← slope · tanh′(z) */
export function tanhBack(slope: usize, z: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const t = tanh4(v128.load(z + i));
    const derivative = f32x4.sub(f32x4.splat(1), f32x4.mul(t, t));
    v128.store(slope + i, f32x4.mul(v128.load(slope + i), derivative));
  }
}

const cubic: f32 = 0.044715;
const rootOfTwoByPi: f32 = 0.7978845608028654;

/** tanh(√(2/π) (z + 0.044715 z³)) */
function geluTanh(z: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(z, f32x4.mul(z, z)), f32x4.splat(cubic));
  return tanh4(f32x4.mul(f32x4.add(z, cube), f32x4.splat(rootOfTwoByPi)));
}

/** The tanh approximation (Hendrycks and Gimpel 2016). */
export function gelu(out: usize, z: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const x = v128.load(z + i);
    const half = f32x4.mul(x, f32x4.splat(0.5));
    v128.store(out + i, f32x4.mul(half, f32x4.add(geluTanh(x), f32x4.splat(1))));
  }
}

/** slope ← slope · gelu′(z) */
export function geluBack(slope: usize, z: usize, count: i32): void {
  const one = f32x4.splat(1);
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const x = v128.load(z + i);
    const t = geluTanh(x);
    const inner = f32x4.add(one, f32x4.mul(f32x4.mul(x, x), f32x4.splat(3 * cubic)));
    const bend = f32x4.mul(
      f32x4.mul(x, f32x4.sub(one, f32x4.mul(t, t))),
      f32x4.mul(inner, f32x4.splat(rootOfTwoByPi)),
    );
    const derivative = f32x4.mul(f32x4.splat(0.5), f32x4.add(f32x4.add(one, t), bend));
    v128.store(slope + i, f32x4.mul(v128.load(slope + i), derivative));
  }
}

/** x ← x · y */
export function multiply(x: usize, y: usize, count: i32): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16)
    v128.store(x + i, f32x4.mul(v128.load(x + i), v128.load(y + i)));
}

/** Σ x², added up in float64. */
export function squares(x: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const a = f64x2.promote_low_f32x4(v128.load64_zero(x + i));
    const b = f64x2.promote_low_f32x4(v128.load64_zero(x + i, 8));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** θ ← keep · θ − rate · scale · g @param keep 1 − learning rate · decay @param scale of the gradient, by clipping */
export function sgd(theta: usize, g: usize, count: i32, scale: f32, rate: f32, keep: f32): void {
  const step = f32x4.splat(rate * scale);
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const kept = f32x4.mul(v128.load(theta + i), f32x4.splat(keep));
    v128.store(theta + i, f32x4.sub(kept, f32x4.mul(v128.load(g + i), step)));
  }
}

/**
 * Adam (Kingma and Ba 2015), as PyTorch writes it.
 * @param pull decay inside the gradient (Adam) @param keep what is left of θ by decay outside it (AdamW)
 * @param rate learning rate / (1 − β₁ᵗ) @param correction 1 / (1 − β₂ᵗ)
 */
export function adam(
  theta: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  scale: f32,
  pull: f32,
  keep: f32,
  rate: f32,
  correction: f32,
): void {
  for (let i: usize = 0; i < usize(count) << 2; i += 16) {
    const old = v128.load(theta + i);
    const gradient = f32x4.add(
      f32x4.mul(v128.load(g + i), f32x4.splat(scale)),
      f32x4.mul(old, f32x4.splat(pull)),
    );
    const newM = f32x4.add(
      f32x4.mul(v128.load(m + i), f32x4.splat(0.9)),
      f32x4.mul(gradient, f32x4.splat(0.1)),
    );
    const newV = f32x4.add(
      f32x4.mul(v128.load(v + i), f32x4.splat(0.999)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(0.001)),
    );
    v128.store(m + i, newM);
    v128.store(v + i, newV);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(newV, f32x4.splat(correction))), f32x4.splat(1e-8));
    const step = f32x4.div(f32x4.mul(newM, f32x4.splat(rate)), root);
    v128.store(theta + i, f32x4.sub(f32x4.mul(old, f32x4.splat(keep)), step));
  }
}

/** cos, right to about 1e-6 for arguments up to some thousands. */
function cos4(x: v128): v128 {
  // x − nπ in three parts of π, each with so few bits that n times it is exact.
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(0.3183098861837907)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(3.140625)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(0.0009670257568359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(6.277114152908325e-7)));
  const r2 = f32x4.mul(r, r);
  let p = f32x4.splat(2.08767569878681e-9);
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(-2.755731922398589e-7));
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(2.48015873015873e-5));
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(-1.388888888888889e-3));
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(4.1666666666666664e-2));
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(-0.5));
  p = f32x4.add(f32x4.mul(p, r2), f32x4.splat(1));
  // cos(nπ) = ±1
  return v128.xor(p, i32x4.shl(i32x4.trunc_sat_f32x4_s(n), 31));
}

/**
 * Random Fourier features: out[row, i] = scale · cos(ω_i · point[row] + phase_i).
 * @param points interleaved x, y @param frequencies [2, width] @param width multiple of 4, of a row of `out` too
 */
export function fourier(
  out: usize,
  points: usize,
  frequencies: usize,
  phases: usize,
  rows: i32,
  width: i32,
  scale: f32,
): void {
  const bytes: usize = usize(width) << 2;
  for (let row = 0; row < rows; row++) {
    const x = v128.load32_splat(points + (usize(row) << 3));
    const y = v128.load32_splat(points + (usize(row) << 3), 4);
    const to: usize = out + usize(row) * bytes;
    for (let i: usize = 0; i < bytes; i += 16) {
      const angle = f32x4.add(
        f32x4.add(f32x4.mul(v128.load(frequencies + i), x), f32x4.mul(v128.load(frequencies + bytes + i), y)),
        v128.load(phases + i),
      );
      v128.store(to + i, f32x4.mul(cos4(angle), f32x4.splat(scale)));
    }
  }
}
