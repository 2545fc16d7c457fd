import { pickContents, type Contents } from '../../domain/content';
import { freshCheckpoint, type Checkpoint, type Read } from '../parameters';
import type { Preparation } from '../protocol';
import type { Actor, Imitation as Lesson } from './actors';
import { SftTrainer } from './sft';

/** Supervised fine-tuning of a starting policy, a few steps at a time, on whatever backend is current. */
export class Imitation {
  readonly #actor: Actor;
  readonly #lesson: Lesson;
  #checkpoint: Checkpoint;
  /** None once it is done. */
  #trainer: SftTrainer<Contents> | null;
  #losses: number[] = [];
  #before = NaN;
  #perplexity = NaN;

  constructor(actor: Actor, lesson: Lesson) {
    this.#actor = actor;
    this.#lesson = lesson;
    this.#checkpoint = freshCheckpoint(actor.start);
    this.#trainer = new SftTrainer(this.#checkpoint, actor.family);
  }

  get done(): boolean {
    return this.#checkpoint.step >= this.#lesson.steps;
  }

  /** θ as it is now. */
  get theta(): Float32Array {
    return this.#checkpoint.theta;
  }

  get state(): Preparation {
    return {
      step: this.#checkpoint.step,
      steps: this.#lesson.steps,
      losses: Float32Array.from(this.#losses),
      perplexityBefore: this.#before,
      perplexity: this.#perplexity,
    };
  }

  /** Some steps. @param until when to stop, by `performance.now()` */
  async advance(read: Read, until: number): Promise<void> {
    const { demonstrations, steps, hyper } = this.#lesson;
    const trainer = this.#trainer;
    if (!trainer) return;
    if (this.#checkpoint.step === 0) this.#before = await this.#measure(trainer, read);
    const losses: number[] = [];
    do {
      const loss = trainer.train(
        (rows) => pickContents(demonstrations, rows),
        demonstrations.prompts.length,
        hyper,
      );
      losses.push((await read(loss))[0]!);
      loss.dispose();
    } while (trainer.step < steps && performance.now() < until);
    this.#checkpoint = await trainer.checkpoint(read);
    this.#losses.push(...losses);
    if (!this.done) return;
    this.#perplexity = await this.#measure(trainer, read);
    this.dispose();
  }

  /** Of the demonstrations that are never trained on. */
  async #measure(trainer: SftTrainer<Contents>, read: Read): Promise<number> {
    const { heldOut } = this.#lesson;
    if (heldOut.prompts.length === 0) return NaN;
    const loss = trainer.evaluate(heldOut);
    const [value] = await read(loss);
    loss.dispose();
    return Math.exp(value!);
  }

  /** Goes on from the last weights on the backend that is current now. */
  rebuild(): void {
    if (this.done) return;
    this.#trainer = new SftTrainer(this.#checkpoint, this.#actor.family);
  }

  dispose(): void {
    this.#trainer?.dispose();
    this.#trainer = null;
  }
}
