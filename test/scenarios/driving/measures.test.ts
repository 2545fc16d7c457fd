import { describe, expect, it } from 'vitest';
import { boxToBox, discToBox, type Box } from '../../../src/scenarios/driving/geometry.ts';
import { measure, type Measures } from '../../../src/scenarios/driving/measures.ts';
import { thing, type Scene, type Thing } from '../../../src/scenarios/driving/scene.ts';
import { planOf, rollOut, valuesOf, type Plan } from '../../../src/scenarios/driving/trajectory.ts';
import { car, toFront } from '../../../src/scenarios/driving/vehicle.ts';

const street = (things: readonly Thing[], more: Partial<Scene> = {}): Scene => ({
  goal: 43.55,
  speed: 8,
  limit: 10,
  things,
  ...more,
});
const straight = (speed: number): Plan => ({
  offsets: [0, 0, 0, 0],
  speeds: [speed, speed, speed, speed],
});
const measured = (scene: Scene, plan: Plan): Measures => measure(scene, rollOut(scene, plan));

describe('a plan', () => {
  it('is written in standard deviations of the starting policy', () => {
    expect(planOf([0, 0, 0, 0, 0, 0, 0, 0])).toEqual({ offsets: [0, 0, 0, 0], speeds: [10, 10, 10, 10] });
    expect(planOf([1, -2])).toEqual({ offsets: [0.5, -1, 0, 0], speeds: [10, 10, 10, 10] });
    const values = [0.3, -1, 2, 0.5, -4, 1, 0, 2.5];
    valuesOf(planOf(values)).forEach((value, i) => expect(value).toBeCloseTo(values[i]!, 12));
  });
});

describe('straight on at constant speed', () => {
  const driven = measured(street([]), straight(8));

  it('has no jerk, no acceleration and no side force', () => {
    expect(driven).toMatchObject({
      meanJerk: 0,
      maxJerk: 0,
      braking: 0,
      meanLateral: 0,
      maxLateral: 0,
      offset: 0,
      outside: 0,
      offRoad: 0,
    });
  });

  it('gets to the goal when the front bumper has gone the way', () => {
    expect(toFront).toBeCloseTo(3.6, 12);
    // In 5 s and not a moment before: 40 m after the first 3.6.
    expect(driven.time).toBeCloseTo(5, 6);
    expect(driven).toMatchObject({ arrived: 1, progress: 1, waiting: 0, stopLine: 0, impact: 0 });
    expect(driven.topSpeed).toBeCloseTo(8, 6);
    expect(driven.meanSpeed).toBeCloseTo(8, 6);
    expect(driven.slowest).toBeCloseTo(8, 6);
  });

  it('meets nobody', () => {
    expect(driven).toMatchObject({ peopleGap: 4, carGap: 3, nearPeople: 0, crossing: 0, touches: 0 });
  });
});

describe('what is in the way', () => {
  it('gaps are from bumper and side to the edge of whoever is there', () => {
    // 3 m to the right: less half the car's width and the pedestrian's radius.
    const beside = measured(street([thing('pedestrian', 20, -3)]), straight(8));
    expect(beside.peopleGap).toBeCloseTo(3 - car.width / 2 - 0.3, 6);
    expect(beside.nearPeople).toBeCloseTo(8, 6);
    // The side of a car whose middle is 2.5 m off.
    const parked = measured(street([thing('car', 20, -2.5)]), straight(8));
    expect(parked.carGap).toBeCloseTo(2.5 - car.width, 6);
    expect(parked.peopleGap).toBe(4);
  });

  it('a pedestrian in the lane is hit at full speed, one who has gone by is not', () => {
    const hit = measured(street([thing('pedestrian', 20, 0)]), straight(8));
    expect(hit).toMatchObject({ touches: 1, peopleGap: 0 });
    expect(hit.impact).toBeCloseTo(8, 6);
    const gone = measured(street([thing('pedestrian', 20, 0, { vy: 3 })]), straight(8));
    expect(gone.touches).toBe(0);
  });

  it('the impact counts the speed of both', () => {
    const towards = measured(street([thing('car', 60, 0, { vx: -8 })]), straight(8));
    expect(towards.impact).toBeCloseTo(16, 6);
    const ahead = measured(street([thing('bicycle', 12, 0, { vx: 5 })]), straight(8));
    expect(ahead.impact).toBeCloseTo(3, 6);
  });

  it('whoever walks into a car that stands has not been hit', () => {
    const scene = street([thing('pedestrian', 1.4, -5, { vy: 1 })], { speed: 0 });
    const stood = measured(scene, straight(0));
    expect(stood).toMatchObject({ touches: 0, peopleGap: 0, progress: 0, arrived: 0, time: 8 });
    expect(stood.waiting).toBeCloseTo(8.1, 6);
  });
});

describe('rules', () => {
  it('over-speed counts above the limit of the last sign that was passed', () => {
    expect(measured(street([], { limit: 6 }), straight(8)).overSpeed).toBeCloseTo(2, 6);
    expect(measured(street([], { limit: 8 }), straight(8)).overSpeed).toBe(0);
    const sign = thing('speed', 23.55, 0, { limit: 5 });
    const half = measured(street([sign], { limit: 9 }), straight(8));
    // 51 moments, of which the front is past the sign from the 26th on.
    expect(half.overSpeed).toBeCloseTo((3 * 26) / 51, 3);
  });

  it('a stop line is kept by standing before it, not by being slow after it', () => {
    expect(measured(street([thing('stop', 20)]), straight(8)).stopLine).toBeCloseTo(8, 6);
    expect(measured(street([thing('light', 20)]), straight(8)).stopLine).toBeCloseTo(8, 6);
    const stops: Plan = { offsets: [0, 0, 0, 0], speeds: [0, 0, 8, 8] };
    const scene = street([thing('stop', 15)]);
    const driven = rollOut(scene, stops);
    expect(measure(scene, driven)).toMatchObject({ stopLine: 0 });
    expect(Math.min(...driven.speed.subarray(0, driven.length))).toBeLessThan(0.05);
    expect(measured(street([thing('stop', 60)]), straight(8)).stopLine).toBe(0);
  });

  it('the speed on a crossing is the largest there', () => {
    expect(measured(street([thing('crossing', 25)]), straight(6)).crossing).toBeGreaterThan(5.9);
    expect(measured(street([thing('crossing', 100)]), straight(6)).crossing).toBe(0);
  });
});

describe('lane and limits', () => {
  it('counts the time over a line and over the kerb', () => {
    const aside = (offset: number) =>
      measured(street([]), { offsets: [offset, offset, offset, offset], speeds: [8, 8, 8, 8] });
    expect(aside(0.5).outside).toBe(0);
    expect(aside(2).outside).toBeGreaterThan(2);
    expect(aside(2).offRoad).toBe(0);
    expect(aside(-4).offRoad).toBeGreaterThan(1.5);
    expect(aside(2).offset).toBeGreaterThan(1);
    expect(aside(-2).offset).toBeCloseTo(aside(2).offset, 6);
  });

  it('no plan makes the car do what it cannot', () => {
    const wild = rollOut(street([]), { offsets: [30, -30, 30, -30], speeds: [100, -50, 100, -50] });
    for (let i = 0; i < wild.length; i++) {
      expect(wild.speed[i]).toBeGreaterThanOrEqual(0);
      expect(wild.speed[i]).toBeLessThanOrEqual(car.maxSpeed);
      expect(wild.acceleration[i]).toBeGreaterThanOrEqual(-car.maxBraking - 1e-5);
      expect(wild.acceleration[i]).toBeLessThanOrEqual(car.maxAcceleration + 1e-5);
      expect(Math.abs(wild.lateral[i]!)).toBeLessThanOrEqual(car.maxLateral * 1.2);
    }
  });

  it('turning the road over turns the plan over', () => {
    const plan: Plan = { offsets: [1, -0.5, 0.8, 0], speeds: [7, 9, 6, 8] };
    const mirrored: Plan = { ...plan, offsets: plan.offsets.map((offset) => -offset) };
    const left = rollOut(street([]), plan);
    const right = rollOut(street([]), mirrored);
    expect(right.length).toBe(left.length);
    for (let i = 0; i < left.length; i++) expect(right.y[i]).toBeCloseTo(-left.y[i]!, 5);
  });
});

describe('distances', () => {
  const box = (x: number, y: number, angle = 0): Box => ({
    x,
    y,
    halfLength: 2,
    halfWidth: 1,
    cos: Math.cos(angle),
    sin: Math.sin(angle),
  });

  it('between boxes, also crossed ones', () => {
    expect(boxToBox(box(0, 0), box(5, 0))).toBeCloseTo(1, 12);
    expect(boxToBox(box(0, 0), box(7, 6))).toBeCloseTo(Math.hypot(3, 4), 12);
    expect(boxToBox(box(0, 0), box(0, 0, Math.PI / 2))).toBe(0);
    expect(boxToBox(box(0, 0), box(0, 3.5, Math.PI / 2))).toBeCloseTo(0.5, 12);
    // A corner of the slanted one looks at the side of the other.
    expect(boxToBox(box(0, 0), box(0, 4, Math.PI / 4))).toBeCloseTo(4 - 3 / Math.SQRT2 - 1, 12);
  });

  it('from a disc to a box', () => {
    expect(discToBox(4, 0, 0.5, box(0, 0))).toBeCloseTo(1.5, 12);
    expect(discToBox(5, 5, 1, box(0, 0))).toBeCloseTo(4, 12);
    expect(discToBox(1, 0.5, 0.1, box(0, 0))).toBe(0);
  });
});
