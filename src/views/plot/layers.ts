/** What lies on the picture of the plane, from the bottom to the top. Coordinates are those of the plane. */
import type { Token } from './palette';

export interface Points {
  readonly kind: 'points';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly colour: Token;
  /** In pixels. */
  readonly radius: number;
  readonly opacity?: number;
  /** A rim in the colour of the card, so that dots stand off the field and each other; it fills rings too. */
  readonly outline?: boolean;
  readonly shape?: 'dot' | 'ring' | 'cross';
}

export interface Segments {
  readonly kind: 'segments';
  readonly x1: ArrayLike<number>;
  readonly y1: ArrayLike<number>;
  readonly x2: ArrayLike<number>;
  readonly y2: ArrayLike<number>;
  readonly colour: Token;
  readonly opacity?: number;
  readonly width?: number;
}

export interface Ellipse {
  readonly kind: 'ellipse';
  readonly cx: number;
  readonly cy: number;
  /** Half-axes for one sigma. */
  readonly rx: number;
  readonly ry: number;
  readonly colour: Token;
  readonly dashed?: boolean;
  readonly width?: number;
  /** One ring for each number of sigmas; the default is one ring. Outer rings are fainter. */
  readonly sigmas?: readonly number[];
}

export interface Trail {
  readonly kind: 'trail';
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly colour: Token;
  readonly width?: number;
}

export interface Marker {
  readonly kind: 'marker';
  readonly x: number;
  readonly y: number;
  readonly colour: Token;
  readonly shape?: 'cross' | 'ring' | 'star' | 'dot';
  /** In pixels. */
  readonly radius?: number;
  readonly text?: string;
}

/** Where a field over the plane is at least `level`: filled, hatched or outlined. */
export interface Region {
  readonly kind: 'region';
  readonly field: Pick<FieldPicture, 'values' | 'size'>;
  readonly level: number;
  readonly colour: Token;
  /** Opacity of the filling; 0 without. */
  readonly fill?: number;
  readonly hatched?: boolean;
  /** Width of the outline in pixels; 0 without. */
  readonly width?: number;
  readonly dashed?: boolean;
}

export type Layer = Points | Segments | Ellipse | Trail | Marker | Region;

/** A scalar field as a heatmap: size × size values, row 0 at the bottom. */
export interface FieldPicture {
  readonly values: Float32Array;
  readonly size: number;
  /** The size of value that gets the full colour. */
  readonly limit: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}
