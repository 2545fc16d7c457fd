import { describe, expect, it } from 'vitest';
import { car, drive, reachable, steerable, type Pose } from '../../../src/scenarios/driving/vehicle.ts';

const start: Pose = { x: 0, y: 0, heading: 0 };
const distance = (a: Pose, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y);

describe('the kinematic bicycle model', () => {
  it('goes straight on without steering', () => {
    expect(drive(start, 7, 0, 0.5)).toEqual({ x: 3.5, y: 0, heading: 0 });
    const slanted = drive({ x: 1, y: 2, heading: Math.PI / 6 }, 10, 0, 1);
    expect(slanted.x).toBeCloseTo(1 + 10 * Math.cos(Math.PI / 6), 12);
    expect(slanted.y).toBeCloseTo(2 + 10 * Math.sin(Math.PI / 6), 12);
  });

  it.each([0.05, 0.2, 0.6, -0.3])('turns on a circle of wheelbase / tan δ at δ = %f', (steering) => {
    const radius = car.wheelbase / Math.tan(steering);
    const middle = { x: 0, y: radius };
    let pose = start;
    const seconds = 0.1;
    for (let i = 0; i < 200; i++) {
      pose = drive(pose, 5, steering, seconds);
      expect(distance(pose, middle)).toBeCloseTo(Math.abs(radius), 9);
      expect(pose.heading).toBeCloseTo((5 * seconds * (i + 1)) / radius, 9);
    }
    // A whole turn ends where it began.
    const whole = drive(start, 5, steering, (2 * Math.PI * Math.abs(radius)) / 5);
    expect(distance(whole, start)).toBeLessThan(1e-9);
  });

  it('does not depend on how finely time is cut, and a hair of steering is no jump', () => {
    const once = drive(start, 8, 0.1, 1);
    let often = start;
    for (let i = 0; i < 1000; i++) often = drive(often, 8, 0.1, 0.001);
    expect(distance(once, often)).toBeLessThan(1e-9);
    expect(distance(drive(start, 8, 1e-8, 1), drive(start, 8, 0, 1))).toBeLessThan(1e-6);
  });

  it('steers no faster, no further and no harder than it can', () => {
    expect(steerable(1, 0, 1, 0.1)).toBeCloseTo(car.maxSteeringRate * 0.1, 12);
    expect(steerable(2, car.maxSteering - 0.01, 1, 0.1)).toBe(car.maxSteering);
    for (const speed of [5, 10, 15]) {
      const most = steerable(2, 0.59, speed, 0.1);
      expect((speed * speed * Math.tan(most)) / car.wheelbase).toBeLessThanOrEqual(car.maxLateral + 1e-9);
    }
  });

  it('pulls no more and no more suddenly than it can', () => {
    expect(reachable(100, 0, 0.1)).toBeCloseTo(car.maxJerk * 0.1, 12);
    expect(reachable(100, car.maxAcceleration, 0.1)).toBe(car.maxAcceleration);
    expect(reachable(-100, -car.maxBraking, 0.1)).toBe(-car.maxBraking);
  });
});
