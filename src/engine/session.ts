import * as tf from './tf';
import type { Settings } from '../domain/settings';
import { BackendChooser } from './backend';
import { embeddingKey, World } from './world';
import { PolicyTrouble } from './policy/health';
import { canWalk, notWalkable, PolicyStage, type Objective } from './policy/stage';
import { Study } from './policy/study';
import type {
  BackendChoice,
  Command,
  PackedData,
  Report,
  RequestResult,
  Restorable,
  Stage,
} from './protocol';
import { Refits } from './reward/refits';
import { Divergence, headKey, logEvery, RewardStage } from './reward/stage';
import { countOf, trainable, type Observations } from '../domain/observations';
import { trainingKey } from '../domain/training-key';
import { ops, TrainerFailure } from './reward/trainers';
import { delay, nextTask } from './scheduling';

/** At most this often are pictures sent, in milliseconds: about every second frame of a 60 Hz screen. */
const frameInterval = 33;

/** Pictures of a large head are slow: they are spaced so that at most one part in this many of the time goes to them. */
const pictureShare = 4;

/** A round of reward training ends after about this long, in milliseconds, so that a click is heard soon. */
const roundTime = 16;

/** At most this often is the progress of a study told, in milliseconds. */
const studyInterval = 150;

/** A command that somebody waits for the answer of. */
type Request = Extract<Command, { request: number }>;
type Work = Extract<Request, { kind: 'train' | 'optimise' | 'step' | 'walk' | 'study' }>;

/** A request in hand, and what its last round gave. */
interface WorkInHand {
  readonly request: Work;
  left: number;
  result: RequestResult;
  readonly study: Study | null;
}

/** Everything a round needs. */
interface Parts {
  readonly settings: Settings;
  readonly data: PackedData;
  readonly world: World;
  readonly reward: RewardStage;
  readonly policy: PolicyStage;
}

/**
 * One live run. Commands are queued by `handle` and applied between two rounds of work, never in the middle of one,
 * so that a run depends on what was asked and not on when a read-back happened to arrive.
 */
export class Session {
  readonly #post: (report: Report) => void;
  readonly #chooser: BackendChooser;
  #inbox: Command[] = [];
  #wake: () => void = () => {};
  /** Why the device in use is gone, once it is. */
  #lost: Error | null = null;
  /** Fails the read-back that is waited for, which a lost device may never answer. */
  #failRead: (reason: Error) => void = () => {};

  #settings: Settings | null = null;
  #data: PackedData | null = null;
  #choice: BackendChoice | null = null;
  #world: World | null = null;
  #reward: RewardStage | null = null;
  #trainable: { data: PackedData; losses: string; observations: Observations } | null = null;
  /** Training from scratch goes on to this step, also while paused. */
  #retrainTo = 0;
  #generation = 0;
  #policy: PolicyStage | null = null;
  readonly #refits: Refits;
  #run = 0;
  #playing: Stage | null = null;
  #work: WorkInHand | null = null;
  #queue: Work[] = [];
  #dirty = true;
  #lastFrame = 0;
  #lastStudy = 0;
  /** What the last picture took, in milliseconds. */
  #frameTime = 0;
  #toldNothing = false;
  #rounds: { at: number; count: number }[] = [];

  constructor(post: (report: Report) => void, chooser = new BackendChooser()) {
    this.#post = post;
    this.#chooser = chooser;
    this.#refits = new Refits(post);
    chooser.onLost = (reason) => {
      this.#lost = new Error(reason);
      this.#failRead(this.#lost);
    };
  }

  /** Takes a command; it is applied before the next round. */
  handle(command: Command): void {
    this.#inbox.push(command);
    this.#wake();
  }

  /** Runs for ever: commands, one round of work, a picture when it is time. */
  async run(): Promise<never> {
    for (;;) {
      const started = performance.now();
      const worked = await this.#turn().catch((error: unknown) => this.#recover(error).then(() => true));
      if (worked || this.#inbox.length > 0) await this.#pause(started);
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** @returns whether there was work to do */
  async #turn(): Promise<boolean> {
    await this.#applyCommands();
    const worked = await this.#round();
    const asked = await this.#roundOfRefits();
    await this.#picture(!worked);
    return worked || asked;
  }

  /** Between rounds: waits for the next beat while playing, but never longer than until a command comes. */
  async #pause(started: number): Promise<void> {
    await nextTask();
    if (this.#work || this.#inbox.length > 0 || !this.#playing || !this.#settings) return;
    const beat = started + 1000 / this.#settings.speed;
    while (this.#refits.waiting && this.#inbox.length === 0 && performance.now() < beat - roundTime) {
      await this.#roundOfRefits().catch((error: unknown) => this.#recover(error));
      await nextTask();
    }
    const left = beat - performance.now();
    if (left <= 1 || this.#refits.waiting || this.#inbox.length > 0) return;
    await Promise.race([delay(left), new Promise<void>((resolve) => (this.#wake = resolve))]);
  }

  async #applyCommands(): Promise<void> {
    while (this.#inbox.length > 0) {
      const command = this.#inbox.shift()!;
      switch (command.kind) {
        case 'configure':
          await this.#configure(command.settings);
          break;
        case 'data':
          this.#data = command.data;
          this.#startFromScratch();
          // Somebody is waiting to see what this changes.
          this.#frameTime = 0;
          this.#toldNothing = false;
          this.#dirty = true;
          this.#refits.stop('The labels changed before it was done.');
          break;
        case 'play':
          this.#playing = command.stage;
          this.#toldNothing = false;
          this.#dirty = true;
          break;
        case 'pause':
          this.#playing = null;
          this.#cancelWork('paused before it was done.');
          this.#dirty = true;
          break;
        case 'train':
        case 'optimise':
        case 'step':
        case 'study':
          this.#queue.push(command);
          break;
        case 'walk':
          if (canWalk(this.#settings!)) this.#queue.push(command);
          else this.#post({ kind: 'failed', request: command.request, message: notWalkable });
          break;
        case 'cancel':
          this.#cancelWork('cancelled.');
          break;
        case 'restore':
          this.#restore(command.to);
          this.#post({ kind: 'done', request: command.request, result: null });
          break;
        case 'rewards':
        case 'head':
          await this.#answerAbout(command);
          break;
        case 'influence':
        case 'judge-labels':
          this.#refits.ask(command);
          break;
        case 'stop-refit':
          this.#refits.stop('Nobody waits for it any more.', command.of);
          break;
        case 'reset':
          this.#reset(command.stage, command.run);
          this.#post({ kind: 'done', request: command.request, result: null });
          break;
        default:
          command satisfies never;
      }
    }
  }

  async #configure(settings: Settings): Promise<void> {
    const before = this.#settings;
    const data = this.#data;
    this.#settings = settings;
    if (!before || trainingKey(before) !== trainingKey(settings))
      this.#refits.stop('The settings changed before it was done.');
    this.#dirty = true;
    if (before && data && embeddingKey(before, data) !== embeddingKey(settings, data))
      this.#reset('loop', this.#run);
    else if (before && headKey(before) !== headKey(settings)) this.#reset('reward', this.#run);
    else this.#reward?.configure(settings);
    if (!before || before.backend !== settings.backend) await this.#chooseBackend();
  }

  async #chooseBackend(): Promise<void> {
    const { backend } = this.#settings!;
    const choice = await this.#moveTo(backend);
    if (backend !== 'auto' && backend !== choice.backend)
      this.#post({
        kind: 'note',
        note: { topic: 'backend', text: `${choice.reason} Everything goes on there.` },
      });
  }

  /**
   * Goes on elsewhere from the weights that were last read back: between two rounds, those are the current ones.
   * @throws Error when nothing works
   */
  async #moveTo(backend: Settings['backend']): Promise<BackendChoice> {
    this.#leaveBackend();
    this.#lost = null;
    const choice = await this.#chooser.choose(backend);
    this.#choice = choice;
    this.#reward?.rebuild();
    this.#policy?.rebuild();
    this.#work?.study?.rebuild();
    this.#reward?.invalidate();
    this.#dirty = true;
    this.#post({ kind: 'ready', choice });
    return choice;
  }

  /** Frees what lives on the current backend. A lost device may throw at that; its memory is gone anyway. */
  #leaveBackend(): void {
    this.#refits.stop('The backend was changed before it was done.');
    for (const part of [this.#world, this.#reward, this.#policy, this.#work?.study])
      try {
        part?.dispose();
      } catch {
        // Nothing to free on a device that is gone.
      }
    this.#world = null;
    this.#choice = null;
  }

  /** Goes on after an error: with other numbers, or on another backend, from the last good weights. */
  async #recover(error: unknown): Promise<void> {
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof Divergence && (await this.#stillRight())) {
      this.#playing = null;
      this.#cancelWork(text);
      const action = error instanceof PolicyTrouble ? 'restore-safe' : 'reset-reward';
      this.#post({ kind: 'note', note: { topic: 'divergence', text, action } });
      this.#dirty = true;
      return;
    }
    if (error instanceof TrainerFailure && this.#choice && !this.#lost) return this.#nextTrainer(error);
    const failed = this.#choice?.backend;
    if (failed) this.#chooser.exclude(failed, text);
    try {
      const { reason } = await this.#moveTo('auto');
      this.#post({
        kind: 'note',
        note: {
          topic: 'backend',
          text: `${failed ? titleOf(failed) : 'The backend'} failed (${text}). The run goes on from its last weights: ${reason}`,
        },
      });
    } catch (fatal) {
      this.#playing = null;
      this.#cancelWork(text);
      this.#post({
        kind: 'note',
        note: {
          topic: 'engine',
          text: `Nothing can be computed here: ${fatal instanceof Error ? fatal.message : String(fatal)} Your comparisons are kept. Try another browser.`,
        },
      });
    }
  }

  /** Whether backend and trainer compute what they did: then it is the numbers that went wrong. */
  async #stillRight(): Promise<boolean> {
    for (const kind of new Set([ops, this.#chooser.trainers[0]!]))
      if (!(await this.#chooser.stillRight(kind).catch(() => false))) return false;
    return true;
  }

  /** Goes on beside the same backend with the next trainer, from the last weights. */
  #nextTrainer({ kind, message }: TrainerFailure): void {
    this.#choice = this.#chooser.excludeTrainer(kind, message, this.#choice!);
    this.#refits.stop('Its trainer failed.');
    this.#reward?.dispose();
    this.#reward?.rebuild();
    this.#reward?.invalidate();
    this.#dirty = true;
    this.#post({ kind: 'ready', choice: this.#choice });
    const text = `Training by ${kind.title} failed (${message}). It goes on from its last weights by ${this.#choice.trainer}.`;
    this.#post({ kind: 'note', note: { topic: 'backend', text } });
  }

  #cancelWork(message: string): void {
    const waiting = [...(this.#work ? [this.#work.request] : []), ...this.#queue];
    this.#work?.study?.dispose();
    this.#work = null;
    this.#queue = [];
    for (const { request } of waiting) this.#post({ kind: 'failed', request, message });
  }

  /** The policy goes back to one that was kept; what it did since is forgotten. */
  #restore(to: Restorable): void {
    this.#cancelWork('The policy went back before it was done.');
    this.#policy?.restore(to);
    this.#dirty = true;
  }

  #reset(stage: Stage, run: number): void {
    this.#run = run;
    if (stage !== 'policy') this.#refits.stop('The reward model was reset before it was done.', 'influence');
    this.#cancelWork('The run was reset before it was done.');
    if (stage !== 'policy') {
      this.#retrainTo = 0;
      this.#reward?.dispose();
      this.#reward = null;
    }
    if (stage !== 'reward') {
      this.#policy?.dispose();
      this.#policy = null;
    }
    this.#dirty = true;
  }

  /**
   * Reads a tensor back without blocking, and gives up when the device is lost. One at a time.
   * (`Promise.race` with a promise that lives as long as the device would keep every array ever read.)
   */
  readonly #read = (tensor: tf.Tensor): Promise<Float32Array> =>
    new Promise((resolve, reject) => {
      if (this.#lost) return reject(this.#lost);
      this.#failRead = reject;
      tensor.data().then((values) => resolve(values as Float32Array), reject);
    });

  /** Everything a round needs, made where it is missing; null before the page has sent settings and data. */
  #parts(): Parts | null {
    const [settings, data] = [this.#settings, this.#data];
    if (!settings || !data || !this.#choice) return null;
    if (!this.#world) this.#world = new World(settings, data);
    else if (this.#world.update(settings, data)) this.#reward?.invalidate();
    const { dimension } = this.#world;
    this.#reward ??= new RewardStage(settings, dimension, ++this.#generation, () => this.#chooser.trainers);
    if (!this.#policy) this.#policy = new PolicyStage(settings, data);
    else this.#policy.update(settings, data);
    return { settings, data, world: this.#world, reward: this.#reward, policy: this.#policy };
  }

  /** What to train on; the same object while the data and the losses are the same. */
  #trainingData(data: PackedData, settings: Settings): Observations {
    const losses = `${settings.loss}/${settings.rankingLoss}/${settings.ratingWeight > 0}`;
    if (this.#trainable?.data === data && this.#trainable.losses === losses)
      return this.#trainable.observations;
    const observations = trainable(data.observations, settings);
    this.#trainable = { data, losses, observations };
    return observations;
  }

  /** With changed labels: forgets the weights, and trains for as many steps as before, if the settings say so. */
  #startFromScratch(): void {
    if (this.#settings?.training !== 'scratch' || !this.#reward || this.#reward.step === 0) return;
    this.#retrainTo = Math.max(this.#retrainTo, this.#reward.step);
    this.#reward.dispose();
    this.#reward = null;
  }

  /** One round: of the request in hand, or of what is playing. @returns whether there was anything to do */
  async #round(): Promise<boolean> {
    const parts = this.#parts();
    if (!parts) return false;
    if (!this.#work && this.#queue.length > 0) this.#startWork(this.#queue.shift()!);
    const stage = this.#work ? stageOf(this.#work.request) : this.#playing;
    const { reward } = parts;
    if (reward.step >= this.#retrainTo || reward.stopped) this.#retrainTo = 0;
    const retraining = reward.step < this.#retrainTo && !this.#work;
    if (stage !== 'reward' && !parts.policy.prepared) {
      // Also while nobody asks for it yet: then it is there when somebody does.
      await parts.policy.prepare(this.#read, performance.now() + roundTime);
      this.#dirty = true;
      return true;
    }
    if (!stage && !retraining) return false;

    const observations = this.#trainingData(parts.data, parts.settings);
    if (countOf(observations) === 0) {
      this.#sayNothingToLearn(parts.data);
      return false;
    }
    this.#dirty = true;
    const first = stage === 'loop' ? parts.settings.warmup : 0;
    if (this.#work) {
      await this.#roundOfWork(observations);
    } else if (retraining || stage === 'reward' || (reward.step < first && !reward.stopped)) {
      await this.#trainSteps(logEvery - (reward.step % logEvery), observations, roundTime);
    } else {
      if (stage === 'loop') await this.#trainSteps(parts.settings.stepsPerIteration, observations);
      await this.#iteratePolicy();
      this.#stopAtPeak();
    }
    if (stage === 'reward' && !this.#work) this.#pauseIfStopped();
    return true;
  }

  /** Some steps of the refits that somebody asked for. @returns whether there is more to do */
  async #roundOfRefits(): Promise<boolean> {
    const parts = this.#refits.waiting && this.#parts();
    if (!parts) return false;
    const observations = this.#trainingData(parts.data, parts.settings);
    const bench = { ...parts, step: parts.reward.step, observations, kinds: this.#chooser.trainers };
    await this.#refits.round(bench, this.#read, performance.now() + roundTime);
    return this.#refits.waiting;
  }

  #startWork(request: Work): void {
    const study = request.kind === 'study' ? new Study(request.arms, request.iterations) : null;
    const left =
      request.kind === 'train'
        ? request.steps
        : request.kind === 'optimise'
          ? request.iterations
          : (study?.total ?? 1);
    this.#work = { request, left, result: null, study };
  }

  async #roundOfWork(observations: Observations): Promise<void> {
    const work = this.#work!;
    const stage = stageOf(work.request);
    const { reward, settings } = this.#parts()!;
    let done = 1;
    if (work.left === 0) done = 0;
    else if (work.study) done = await this.#studyOn(work.study, work);
    else if (work.request.kind === 'walk') work.result = await this.#walk();
    else if (stage === 'reward') {
      done = await this.#trainSteps(
        Math.min(work.left, logEvery - (reward.step % logEvery)),
        observations,
        roundTime,
      );
    } else if (stage === 'loop' && reward.step < settings.warmup && !reward.stopped)
      await this.#trainSteps(1, observations);
    else {
      if (stage === 'loop') await this.#trainSteps(settings.stepsPerIteration, observations);
      work.result = await this.#iteratePolicy();
      if (this.#stopAtPeak()) done = work.left;
    }
    // Nothing more is trained once it has stopped early.
    if (stage === 'reward' && reward.stopped) done = work.left;
    if (work.left === done && stage !== 'policy') work.result ??= await this.#evaluate(true);
    // Counted only now: what an error interrupts is done again, from the last good weights.
    work.left -= done;
    if (work.left > 0) return;
    await this.#picture(true);
    this.#work = null;
    this.#post({ kind: 'done', request: work.request.request, result: work.result });
  }

  async #evaluate(log: boolean) {
    const { world, data, reward } = this.#parts()!;
    return (await reward.evaluate(world, data, this.#read, log)).point;
  }

  /**
   * @param budget milliseconds after which it may stop short: a step is a step, whatever round it falls into
   * @returns how many steps were done
   */
  async #trainSteps(count: number, observations: Observations, budget = Infinity): Promise<number> {
    const { world, reward } = this.#parts()!;
    // What the loss is before, so that it can be told from what training makes of it.
    await this.#evaluate(false);
    const until = performance.now() + budget;
    let done = 0;
    while (done < count && !reward.stopped && (done === 0 || performance.now() < until)) {
      const steps = reward.stepsWithin(until - performance.now(), count - done);
      await reward.train(world, observations, steps, this.#read);
      done += steps;
      if (reward.step % logEvery === 0) await this.#evaluate(true);
    }
    // Between two rounds the weights that were last read back are the current ones.
    if (done < count) await this.#evaluate(false);
    this.#count(done);
    return done;
  }

  async #iteratePolicy() {
    const { policy, settings } = this.#parts()!;
    const point = await policy.iterate(await this.#objective(), settings, this.#read);
    this.#count(1);
    return point;
  }

  async #objective(): Promise<Objective> {
    const { data, world, reward } = this.#parts()!;
    // The scale of the reward is taken from the head as it is now, not from whenever a picture was last sent.
    await this.#evaluate(true);
    return {
      reward: (actions) => reward.paid(actions, world),
      rewardKey: reward.paidKey,
      world,
      data,
    };
  }

  async #walk() {
    const { policy, settings } = this.#parts()!;
    return policy.walk(await this.#objective(), settings, this.#read);
  }

  /** @returns how many of its iterations are done by this round */
  async #studyOn(study: Study, work: WorkInHand): Promise<number> {
    const { settings } = this.#parts()!;
    const done = await study.iterate(await this.#objective(), settings, this.#read);
    this.#count(1);
    work.result = study.lines;
    const { request } = work.request;
    if (performance.now() - this.#lastStudy > studyInterval || work.left === done) {
      this.#lastStudy = performance.now();
      const at = study.total - work.left + done;
      this.#post({ kind: 'study', request, done: at, total: study.total, lines: study.lines });
    }
    return done;
  }

  /** Early stopping on the gold, which only a simulation has. @returns whether it stopped */
  #stopAtPeak(): boolean {
    const { policy, settings } = this.#parts()!;
    if (!settings.earlyStop || !policy.pastPeak) return false;
    this.#playing = null;
    const text =
      'The gold reward has fallen clearly since its peak, and “stop at the gold’s peak” is on: the policy pauses. In real life nobody could have told.';
    this.#post({ kind: 'note', note: { topic: 'stopped', text, action: 'restore-best' } });
    return true;
  }

  #count(count: number): void {
    const now = performance.now();
    this.#rounds.push({ at: now, count });
    while (this.#rounds.length > 0 && this.#rounds[0]!.at < now - 1000) this.#rounds.shift();
  }

  /** Early stopping ends the training of the reward model by itself; in the loop only the policy goes on. */
  #pauseIfStopped(): void {
    const reward = this.#reward;
    if (!reward?.stopped) return;
    this.#playing = null;
    const text = `Training stopped early at step ${reward.step}: the held-out loss was lowest at step ${reward.stopped.best}, and those weights are back. New labels, or a larger “early stopping”, let it go on.`;
    this.#post({ kind: 'note', note: { topic: 'stopped', text } });
  }

  #sayNothingToLearn(data: PackedData): void {
    const text = whyNothingToLearn(data, this.#settings!);
    this.#cancelWork(text);
    if (this.#toldNothing) return;
    this.#toldNothing = true;
    this.#post({ kind: 'note', note: { topic: 'data', text, action: 'simulate' } });
  }

  /** Answers what somebody asks about the reward model as it is now. */
  async #answerAbout(command: Extract<Command, { kind: 'rewards' | 'head' }>): Promise<void> {
    const parts = this.#parts();
    const { request } = command;
    if (!parts) return this.#post({ kind: 'failed', request, message: 'The engine has no candidates yet.' });
    try {
      const { rewards } = await parts.reward.evaluate(parts.world, parts.data, this.#read, false);
      const result =
        command.kind === 'rewards' ? rewards.slice() : await parts.reward.trained(parts.world, this.#read);
      this.#post({ kind: 'done', request, result });
    } catch (error) {
      this.#inbox.unshift(command); // answered once it goes on
      throw error;
    }
  }

  /** Sends a picture when something changed and it is time, or at once. */
  async #picture(now: boolean): Promise<void> {
    const parts = this.#parts();
    if (!parts || !this.#dirty) return;
    if (!now && performance.now() - this.#lastFrame < Math.max(frameInterval, pictureShare * this.#frameTime))
      return;
    const started = performance.now();
    const { world, data, reward, policy } = parts;
    await reward.evaluate(world, data, this.#read, false);
    const rewardFrame = await reward.frame(world, this.#read);
    this.#dirty = false;
    this.#lastFrame = performance.now();
    this.#frameTime = this.#lastFrame - started;
    const { numTensors, numBytes } = tf.memory();
    this.#post({
      kind: 'frame',
      run: this.#run,
      playing: this.#playing,
      reward: rewardFrame,
      policy: policy.frame(),
      stepsPerSecond: this.#rounds.reduce((sum, { count }) => sum + count, 0),
      memory: { tensors: numTensors, bytes: numBytes },
    });
  }
}

const stageOf = (work: Work): Stage =>
  work.kind === 'train' ? 'reward' : work.kind === 'step' ? work.stage : 'policy';

const titleOf = (backend: string): string => ({ webgpu: 'WebGPU', webgl: 'WebGL' })[backend] ?? 'The CPU';

function whyNothingToLearn({ observations }: PackedData, settings: Settings): string {
  const all = countOf(observations);
  const held = observations.heldOut.reduce((sum, flag) => sum + flag, 0);
  if (all > 0 && held === all)
    return `All ${all} comparisons are held out for testing. Lower “held out” in stage 3, or label more pairs.`;
  if (all > 0)
    return `None of the ${all - held} comparisons can be learned from as the losses are set: they are ties, which the loss “${settings.loss}” leaves aside, or ratings without weight. Choose another loss in stage 3, or label some pairs with a winner.`;
  return 'There is no comparison to learn from yet. Choose between the two cards in stage 2, or let the simulated annotator answer 40.';
}
