import type { Observations } from '../../domain/observations';
import { trainableIndices } from '../../domain/observations';
import type { Settings } from '../../domain/settings';
import type { Read } from '../parameters';
import type { Command, PackedData, Report, RequestResult } from '../protocol';
import type { World } from '../world';
import { HeldOutJob } from './held-out';
import { InfluenceJob } from './influence';
import { NoAnswer, type RefitJob } from './refit';
import type { TrainerKind } from './trainers';

/** A question that is answered by training again. */
type Ask = Extract<Command, { kind: 'influence' | 'judge-labels' }>;

/** The run as it is now. */
interface Bench {
  readonly world: World;
  readonly settings: Settings;
  readonly data: PackedData;
  /** Steps of the live head. */
  readonly step: number;
  /** What the live head is trained on: the same object while data and losses are the same. */
  readonly observations: Observations;
  /** The trainers that work here, the best first. */
  readonly kinds: readonly TrainerKind[];
}

interface Asked {
  readonly ask: Ask;
  /** Made before its first round. */
  job: RefitJob<NonNullable<RequestResult>> | null;
}

/** At most this often is progress told, in milliseconds. */
const tellInterval = 150;

/** Trainings from the initial weights beside the live one, in rounds: of each kind of question one at a time. */
export class Refits {
  readonly #post: (report: Report) => void;
  /** The quick one first. */
  #asked: Asked[] = [];
  #baseline: InfluenceJob['baseline'] = null;
  #lastTold = 0;

  constructor(post: (report: Report) => void) {
    this.#post = post;
  }

  /** Whether there is anything to do. */
  get waiting(): boolean {
    return this.#asked.length > 0;
  }

  ask(ask: Ask): void {
    this.stop('Something else was asked for.', ask.kind);
    const asked = { ask, job: null };
    this.#asked = ask.kind === 'influence' ? [asked, ...this.#asked] : [...this.#asked, asked];
  }

  /** Lets go of what was asked. @param of only this kind; by default everything */
  stop(message: string, of?: Ask['kind']): void {
    const stopped = this.#asked.filter(({ ask }) => of === undefined || ask.kind === of);
    this.#asked = this.#asked.filter((asked) => !stopped.includes(asked));
    for (const { ask, job } of stopped) {
      try {
        job?.dispose();
      } catch {
        // Nothing to free on a device that is gone.
      }
      this.#post({ kind: 'failed', request: ask.request, message });
    }
  }

  /** Some steps of the first question. @param until when to stop, by `performance.now()` */
  async round(bench: Bench, read: Read, until: number): Promise<void> {
    const asked = this.#asked[0];
    if (!asked) return;
    const { kind, request } = asked.ask;
    try {
      const job = (asked.job ??= this.#jobFor(asked.ask, bench));
      const found = await job.advance(read, until);
      if (job instanceof InfluenceJob) this.#baseline = job.baseline ?? this.#baseline;
      if (!found) return this.#tell(request, job.share);
      this.#asked = this.#asked.filter((other) => other !== asked);
      job.dispose();
      this.#post({ kind: 'done', request, result: found });
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.stop(error.message, kind);
    }
  }

  #tell(request: number, share: number): void {
    if (performance.now() - this.#lastTold < tellInterval) return;
    this.#lastTold = performance.now();
    this.#post({ kind: 'progress', request, share });
  }

  #jobFor(ask: Ask, { world, settings, data, step, observations, kinds }: Bench): NonNullable<Asked['job']> {
    if (ask.kind === 'judge-labels') return new HeldOutJob(world, settings, data, kinds);
    const place = trainableIndices(data.observations, settings).indexOf(ask.observation);
    if (place < 0)
      throw new NoAnswer(
        'The model was not trained on it (it is held out, or the loss learns nothing from it), so nothing would change.',
      );
    if (step === 0)
      throw new NoAnswer('The reward model has not been trained yet. Press play or step, then ask again.');
    return new InfluenceJob(
      world,
      settings,
      observations,
      { observation: place, change: ask.change },
      step,
      this.#baseline,
      kinds,
    );
  }
}
