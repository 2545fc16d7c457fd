import { inBytes, limits } from './limits';
import { FileTrouble } from './trouble';

export type Bytes = Uint8Array<ArrayBuffer>;

/** What all readers of one reading share. */
export interface Context {
  readonly signal: AbortSignal;
  /** Called with the bytes of the visitor's file that were got through. */
  readonly onRead: (bytes: number) => void;
  /** Bytes that packed things have expanded to so far; counted against the limit. */
  expanded: number;
}

/** Bytes by name, read in pieces: nothing holds a large file whole unless it must. */
export interface Source {
  /** As the page names it; inside an archive `archive.zip/file.csv`. */
  readonly name: string;
  /** In bytes. Something packed is expanded to learn it. */
  size(): Promise<number>;
  /** The bytes from `from` to `to`, in a buffer of their own; fewer where the file ends before. */
  bytes(from: number, to: number): Promise<Bytes>;
  /** Everything in order, in pieces. */
  stream(): AsyncGenerator<Bytes>;
}

/** How much is read at once. */
export const pieceSize = 2 ** 20;

/** The part of a Blob that is used. */
export interface BlobLike {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A file as the visitor gave it. @throws FileTrouble where it is empty or larger than the limit */
export function blobSource(name: string, blob: BlobLike, context: Context): Source {
  if (blob.size === 0) throw new FileTrouble('The file is empty.');
  if (blob.size > limits.file)
    throw new FileTrouble(
      `The file has ${inBytes(blob.size)}; this page reads files up to ${inBytes(limits.file)}. Split it, or take fewer rows.`,
    );
  let furthest = 0;
  const bytes = async (from: number, to: number): Promise<Bytes> => {
    context.signal.throwIfAborted();
    const end = Math.min(to, blob.size);
    let buffer: ArrayBuffer;
    try {
      buffer = await blob.slice(Math.min(from, end), end).arrayBuffer();
    } catch {
      throw new FileTrouble(
        'The file could not be read: it was moved, changed or locked since it was chosen. Choose it again.',
        from,
      );
    }
    context.signal.throwIfAborted();
    if (end > furthest) context.onRead(end - furthest);
    furthest = Math.max(furthest, end);
    return new Uint8Array(buffer);
  };
  return {
    name,
    size: () => Promise.resolve(blob.size),
    bytes,
    async *stream() {
      for (let at = 0; at < blob.size; at += pieceSize) yield await bytes(at, at + pieceSize);
    },
  };
}

/** A stretch of another source, such as an entry that an archive stores as it is. */
export const partOf = (whole: Source, name: string, from: number, to: number): Source => ({
  name,
  size: () => Promise.resolve(to - from),
  bytes: (start, end) => whole.bytes(Math.min(from + start, to), Math.min(from + end, to)),
  async *stream() {
    for (let at = from; at < to; at += pieceSize) yield await whole.bytes(at, Math.min(at + pieceSize, to));
  },
});

/** Something packed: streamed as it expands, and expanded whole only for readers that jump about in it. */
export function packedSource(
  name: string,
  packedSize: number,
  context: Context,
  expand: () => AsyncGenerator<Bytes>,
): Source {
  let whole: Promise<Blob> | undefined;
  let furthest = 0; // read twice (first rows, then all), the same bytes count once
  async function* watched(): AsyncGenerator<Bytes> {
    let size = 0;
    for await (const piece of expand()) {
      context.signal.throwIfAborted();
      size += piece.length;
      if (size > furthest) context.expanded += size - furthest;
      furthest = Math.max(furthest, size);
      if (context.expanded > limits.expanded)
        throw new FileTrouble(
          `It expands to more than ${inBytes(limits.expanded)}, the most that this page unpacks at once. Unpack it, or take fewer rows.`,
        );
      if (size > limits.freelyExpanded && size > limits.expansion * packedSize)
        throw new FileTrouble(
          `It expands to more than ${limits.expansion} times its size, as files made to exhaust memory do. If it is sound, unpack it first.`,
        );
      yield piece;
    }
  }
  const expanded = () =>
    (whole ??= (async () => {
      const pieces: Bytes[] = [];
      for await (const piece of watched()) pieces.push(piece);
      return new Blob(pieces);
    })());
  return {
    name,
    size: async () => (await expanded()).size,
    bytes: async (from, to) => new Uint8Array(await (await expanded()).slice(from, to).arrayBuffer()),
    stream: watched,
  };
}
