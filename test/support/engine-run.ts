import type { PolicyPoint, RewardPoint } from '../../src/domain/metrics.ts';
import { defaultSettings, type Settings } from '../../src/domain/settings.ts';
import type { BackendChooser } from '../../src/engine/backend.ts';
import type {
  Change,
  Command,
  Influence,
  Note,
  PackedData,
  Report,
  RequestResult,
  Stage,
} from '../../src/engine/protocol.ts';
import { Session } from '../../src/engine/session.ts';
import { simulatedData } from './annotator.ts';

export type Frame = Extract<Report, { kind: 'frame' }>;

/** A session without a worker between: commands go in by methods, and every report is kept. */
export class EngineRun {
  readonly reports: Report[] = [];
  settings: Settings;
  data: PackedData;
  readonly #session: Session;
  readonly #answers = new Map<
    number,
    { resolve: (result: RequestResult) => void; reject: (e: Error) => void }
  >();
  readonly #watchers = new Set<() => void>();
  #requests = 0;

  /** @param data null for a run that has been sent no data yet */
  constructor(
    patch: Partial<Settings> = {},
    data: PackedData | null | undefined = undefined,
    chooser?: BackendChooser,
  ) {
    this.settings = { ...defaultSettings, backend: 'cpu', ...patch };
    this.data = data ?? simulatedData(this.settings, 60);
    this.#session = new Session((report) => this.#take(report), chooser);
    void this.#session.run();
    this.send({ kind: 'configure', settings: this.settings });
    if (data !== null) this.send({ kind: 'data', data: this.data });
  }

  #take(report: Report): void {
    this.reports.push(report);
    if (report.kind === 'done' || report.kind === 'failed') {
      const answer = this.#answers.get(report.request);
      this.#answers.delete(report.request);
      if (report.kind === 'done') answer?.resolve(report.result);
      else answer?.reject(new Error(report.message));
    }
    for (const check of this.#watchers) check();
  }

  send(command: Command): void {
    this.#session.handle(command);
  }

  configure(patch: Partial<Settings>): void {
    this.settings = { ...this.settings, ...patch };
    this.send({ kind: 'configure', settings: this.settings });
  }

  /** Sends changed data under the next version. */
  change(patch: Partial<PackedData>): void {
    this.data = { ...this.data, ...patch, version: this.data.version + 1 };
    this.send({ kind: 'data', data: this.data });
  }

  ask<Result extends RequestResult>(command: (request: number) => Command): Promise<Result> {
    const request = ++this.#requests;
    return new Promise<Result>((resolve, reject) => {
      this.#answers.set(request, { resolve: resolve as (result: RequestResult) => void, reject });
      this.send(command(request));
    });
  }

  train(steps: number): Promise<RewardPoint> {
    return this.ask((request) => ({ kind: 'train', request, steps }));
  }

  optimise(iterations: number): Promise<PolicyPoint> {
    return this.ask((request) => ({ kind: 'optimise', request, iterations }));
  }

  step(stage: Stage): Promise<RewardPoint | PolicyPoint> {
    return this.ask((request) => ({ kind: 'step', request, stage }));
  }

  rewards(): Promise<Float32Array> {
    return this.ask((request) => ({ kind: 'rewards', request }));
  }

  influence(observation: number, change: Change): Promise<Influence> {
    return this.ask((request) => ({ kind: 'influence', request, observation, change }));
  }

  reset(stage: Stage, run: number): Promise<null> {
    return this.ask((request) => ({ kind: 'reset', request, stage, run }));
  }

  play(stage: Stage): void {
    this.send({ kind: 'play', stage });
  }

  pause(): void {
    this.send({ kind: 'pause' });
  }

  get frames(): Frame[] {
    return this.reports.filter((report) => report.kind === 'frame');
  }

  get notes(): Note[] {
    return this.reports.flatMap((report) => (report.kind === 'note' ? [report.note] : []));
  }

  get rewardPoints(): RewardPoint[] {
    return this.frames.flatMap(({ reward }) => reward?.points ?? []);
  }

  get policyPoints(): PolicyPoint[] {
    return this.frames.flatMap(({ policy }) => policy?.points ?? []);
  }

  get lastFrame(): Frame {
    return this.frames.at(-1)!;
  }

  /** The first report from now on that fulfils the condition. */
  next(condition: (report: Report) => boolean): Promise<Report> {
    const from = this.reports.length;
    return new Promise((resolve) => {
      const check = () => {
        const found = this.reports.slice(from).find(condition);
        if (!found) return;
        this.#watchers.delete(check);
        resolve(found);
      };
      this.#watchers.add(check);
    });
  }

  nextFrame(condition: (frame: Frame) => boolean = () => true): Promise<Frame> {
    return this.next((report) => report.kind === 'frame' && condition(report)) as Promise<Frame>;
  }

  /** The last picture once the work is done. */
  async nextFrameAfter(work: () => Promise<unknown>): Promise<Frame> {
    await work();
    return this.lastFrame;
  }

  nextNote(): Promise<Note> {
    return this.next(({ kind }) => kind === 'note').then((report) => (report as { note: Note }).note);
  }

  /** Stops playing and waits until the engine is quiet. */
  async quiet(): Promise<void> {
    this.pause();
    await this.rewards().catch(() => {});
  }
}
