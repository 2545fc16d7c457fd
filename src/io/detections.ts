/**
 * Detections as Ultralytics writes them (`results[0].to_json()` of YOLO26 and before): a list of
 * {name, class, confidence, box: {x1, y1, x2, y2}} in pixels; as its web API answers, {images: [{shape: [height, width],
 * results: [...]}]}; or with the image size beside them, {width, height, results: [...]}.
 */

/** One thing that was seen: its box in shares of the image's width and height, from the top left. */
interface Detection {
  readonly name: string;
  readonly confidence: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface Detections {
  readonly width: number;
  readonly height: number;
  /** The file does not say how large the image was: the smallest usual size that holds all boxes is taken. */
  readonly assumed: boolean;
  readonly all: readonly Detection[];
}

/** Sizes that cameras and detectors usually have. */
const usualSizes = [
  [640, 480],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const;

type Fields = Readonly<Record<string, unknown>>;

/** Whether it looks like such a file, without reading all of it. */
export const looksLikeDetections = (text: string): boolean =>
  /"box"\s*:|"(results|detections|predictions)"\s*:/.test(text.slice(0, 4000)) ||
  /^\s*\[\s*\]\s*$/.test(text);

/**
 * Reads a file of detections.
 * @throws Error with a sentence that names the field that is wrong
 */
export function parseDetections(text: string): Detections {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Error('It is no JSON, or it was cut short.', { cause: error });
  }
  const { list, path, size } = listIn(body);
  const boxes = list.map((one, i) => readDetection(one, `${path}[${i}]`));
  const most = (of: (box: Detection) => number) => boxes.reduce((best, box) => Math.max(best, of(box)), 0);
  const [right, bottom] = [most((box) => box.right), most((box) => box.bottom)];
  const [width, height] = size ?? assumedSize(right, bottom);
  if (right > width * 1.01 || bottom > height * 1.01)
    throw new Error(
      `A box reaches to ${Math.round(right)}, ${Math.round(bottom)}, but the image is said to be ${width} × ${height}.`,
    );
  // With normalize=True the boxes are shares of the image already.
  const [unitX, unitY] = right <= 1 && bottom <= 1 && boxes.length > 0 ? [1, 1] : [width, height];
  return {
    width,
    height,
    assumed: size === null,
    all: boxes.map((box) => ({
      ...box,
      left: box.left / unitX,
      right: box.right / unitX,
      top: box.top / unitY,
      bottom: box.bottom / unitY,
    })),
  };
}

/** The list of detections, where it is in the file, and the size of the image if that is said. */
function listIn(body: unknown): { list: readonly unknown[]; path: string; size: [number, number] | null } {
  if (Array.isArray(body)) return { list: body, path: '', size: null };
  if (!isFields(body))
    throw new Error('It is JSON, but neither a list of detections nor an object with one.');
  const { images } = body;
  if (Array.isArray(images)) {
    const first: unknown = images[0];
    if (!isFields(first) || !Array.isArray(first['results']))
      throw new Error('Its images[0].results is no list of detections.');
    return { list: first['results'], path: 'images[0].results', size: sizeOf(first, 'images[0].') };
  }
  for (const name of ['results', 'detections', 'predictions']) {
    const list = body[name];
    if (Array.isArray(list)) return { list, path: name, size: sizeOf(body, '') };
  }
  throw new Error('It has no list of detections. One called "results" or "images" is expected.');
}

/** Width and height: as two fields, within `image`, or as a shape of height and width. */
function sizeOf(found: Fields, path: string): [number, number] | null {
  const { image } = found;
  const around = isFields(image) ? image : found;
  const shape = found['shape'] ?? found['orig_shape'];
  if (Array.isArray(shape)) return [side(shape[1], `${path}shape[1]`), side(shape[0], `${path}shape[0]`)];
  if (around['width'] === undefined && around['height'] === undefined) return null;
  return [side(around['width'], `${path}width`), side(around['height'], `${path}height`)];
}

function side(value: unknown, path: string): number {
  if (typeof value !== 'number' || !(value >= 1 && value <= 100_000))
    throw new Error(`Its ${path} is ${shown(value)}, but the side of an image is a number of pixels.`);
  return value;
}

function assumedSize(right: number, bottom: number): [number, number] {
  if (right <= 1 && bottom <= 1) return [1280, 720];
  const [width, height] = usualSizes.find(([w, h]) => right <= w && bottom <= h) ?? [right, bottom];
  return [width, height];
}

function readDetection(found: unknown, path: string): Detection {
  if (!isFields(found)) throw new Error(`Its ${path} is ${shown(found)}, but a detection is an object.`);
  const { name, confidence, box } = found;
  if (typeof name !== 'string')
    throw new Error(`Its ${path}.name is ${shown(name)}, but it has to be a text.`);
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1))
    throw new Error(`Its ${path}.confidence is ${shown(confidence)}, but it has to be a number from 0 to 1.`);
  if (!isFields(box))
    throw new Error(
      `Its ${path}.box is ${shown(box)}, but it has to have x1, y1, x2 and y2. (Classifications have no boxes.)`,
    );
  // Oriented boxes have four corners.
  const corners = 'x3' in box ? [1, 2, 3, 4] : [1, 2];
  const all = (axis: 'x' | 'y') => corners.map((k) => coordinate(box, `${axis}${k}`, path));
  const [xs, ys] = [all('x'), all('y')];
  return {
    name,
    confidence,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

function coordinate(box: Fields, name: string, path: string): number {
  const value = box[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < -10)
    throw new Error(`Its ${path}.box.${name} is ${shown(value)}, but it has to be a number of pixels.`);
  return value;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : JSON.stringify(value).slice(0, 60);
