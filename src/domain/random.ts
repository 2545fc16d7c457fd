/**
 * Seeded randomness. Every use names its own stream, so that adding a draw in one place changes nothing elsewhere,
 * and a run can be taken up at any step: `random(seed, 'batch', 120)` is the same numbers whoever asks, and when.
 */

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Whole number in [0, below). */
  integer(below: number): number;
}

/** 32-bit FNV-1a with a final avalanche (MurmurHash3's), over the keys as text. */
function hash(text: string, basis: number): number {
  let h = basis >>> 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A generator (sfc32, Chris Doty-Humphrey's PractRand) for the stream that the seed and keys name. */
export function random(seed: number, ...keys: (string | number)[]): Random {
  const name = `${seed}/${keys.join('/')}`;
  let a = hash(name, 0x811c9dc5);
  let b = hash(name, 0x9e3779b9);
  let c = hash(name, 0x7f4a7c15);
  let counter = 1;
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i++) next();

  const uniform = () => next() / 4294967296;
  let spare: number | null = null;
  const normal = () => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { uniform, normal, integer: (below) => Math.floor(uniform() * below) };
}

/** `count` standard normal numbers of a stream, as float32. */
export function normals(source: Random, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = source.normal();
  return values;
}
