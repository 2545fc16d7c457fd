/** The car, in metres and seconds, and what it can do. */
export const car = {
  wheelbase: 2.7,
  length: 4.4,
  width: 1.8,
  /** From the rear axle to the rear bumper. */
  overhang: 0.8,
  maxSpeed: 15,
  maxAcceleration: 3,
  maxBraking: 7,
  /** Of the longitudinal acceleration, m/s³. */
  maxJerk: 12,
  /** Radians, and radians a second. */
  maxSteering: 0.6,
  maxSteeringRate: 0.8,
  /** What the tyres hold, m/s². */
  maxLateral: 6,
} as const;

/** From the rear axle to the middle of the body, and to the front bumper. */
export const toMiddle = car.length / 2 - car.overhang;
export const toFront = car.length - car.overhang;

/** Of the rear axle. */
export interface Pose {
  readonly x: number;
  readonly y: number;
  /** Radians, to the left of the road's direction. */
  readonly heading: number;
}

/**
 * One step of the kinematic bicycle model at a constant speed and steering angle: ẋ = v cos θ, ẏ = v sin θ,
 * θ̇ = v tan(δ)/L of the rear axle, solved exactly: an arc of radius L / tan δ.
 */
export function drive({ x, y, heading }: Pose, speed: number, steering: number, seconds: number): Pose {
  const way = speed * seconds;
  const curvature = Math.tan(steering) / car.wheelbase;
  const turned = way * curvature;
  const next = heading + turned;
  // On nearly straight ways the arc's chord: the formula of the arc would lose its digits.
  if (Math.abs(turned) < 1e-6) {
    const middle = heading + turned / 2;
    return { x: x + way * Math.cos(middle), y: y + way * Math.sin(middle), heading: next };
  }
  return {
    x: x + (Math.sin(next) - Math.sin(heading)) / curvature,
    y: y - (Math.cos(next) - Math.cos(heading)) / curvature,
    heading: next,
  };
}

const limited = (value: number, most: number) => Math.min(most, Math.max(-most, value));

/** The steering angle that can follow `before` within `seconds` at that speed: no faster, no further, no harder than stated. */
export function steerable(wanted: number, before: number, speed: number, seconds: number): number {
  const grip =
    speed > 0
      ? Math.min(car.maxSteering, Math.atan((car.maxLateral * car.wheelbase) / (speed * speed)))
      : car.maxSteering;
  const turned = limited(wanted - before, car.maxSteeringRate * seconds);
  return limited(before + turned, grip);
}

/** The acceleration that can follow `before` within `seconds`. */
export function reachable(wanted: number, before: number, seconds: number): number {
  const bounded = Math.min(car.maxAcceleration, Math.max(-car.maxBraking, wanted));
  return before + limited(bounded - before, car.maxJerk * seconds);
}
