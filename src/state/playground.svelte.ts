import type { Candidate } from '../domain/candidate';
import type { Content } from '../domain/content';
import {
  checkComparison,
  flipped,
  itemsOf,
  type Comparison,
  type NewComparison,
  type Statement,
  type Strength,
  type Verdict,
} from '../domain/comparison';
import { checkHeadMemory } from '../domain/head-memory';
import { metricsTable, type MetricName, type PolicyPoint, type RewardPoint } from '../domain/metrics';
import { random } from '../domain/random';
import {
  checkSettings,
  defaultsOf,
  definitionOf,
  redrawing,
  settingsTable,
  type SettingDefinition,
  type SettingName,
  type Settings,
} from '../domain/settings';
import type { TrainedHead } from '../domain/trained-head';
import type {
  BackendChoice,
  Change,
  HeldOutMargins,
  Influence,
  Note,
  PolicyDetails,
  Report,
  Restorable,
  RewardFrame,
  Stage,
} from '../engine/protocol';
import { exporters, type Exportable } from '../io';
import { isLoaded, scenarioOf, type Features } from '../scenarios';
import { askedAloud, askedOf } from './ask';
import {
  freshDataset,
  pack,
  redraw,
  samePacked,
  withAnswered,
  withChanged,
  withChosenComparisons,
  withCandidate,
  withComparison,
  withContent,
  withNextQuestion,
  withoutComparison,
  withPolicyComparisons,
  withPrompt,
  type Dataset,
} from './dataset';
import { describeComparison } from './describe';
import type { EngineLine, StartEngine } from './engine.ts';
import { LabelCheck } from './label-check.svelte';
import { LabelCurve } from './label-curve.svelte';
import { LabelStudy } from './study/label-study.svelte';
import { History } from './history.svelte';
import { settingsFromHash, settingsToHash, splitHash, withLabels } from './link';
import { Notices } from './notices.svelte';
import { withDriftedLabels, withDriftedQuestion, type Purpose } from './drifted';
import { PolicyLab } from './policy-lab.svelte';
import { Run } from './run.svelte';
import { Saver } from './saver';
import { presented } from './presented';
import { choosingProblem } from './selection/problem';
import { answersToEach } from './simulated-answers';
import { planeGaussianNow, policyNow, type PlaneGaussian, type PolicyNow } from './policy-now';
import { loadScenarios } from './scenarios';
import { sessionVersion, upgraded, type SavedSession, type Work } from './saved-session';
import type { SessionStorage } from './storage';

export type { Change, Influence, PolicyDetails, Stage };

/** Changes of these start the run anew: what was learned is about another world. */
const worldSettings = redrawing('world');
/** The dataset follows from these. */
const dataSettings = redrawing('data');
/** The question on the cards follows from these. */
const questionSettings: readonly SettingName[] = ['pairSource', 'mode', 'listLength'];
/** Whether the reward model must start anew: its weights would have another shape or meaning. */
const newHead = (a: Settings, b: Settings): boolean =>
  differs(['hiddenLayers', 'members', 'criteria'], a, b) ||
  (b.hiddenLayers > 0 && differs(['hiddenWidth', 'activation'], a, b));
/** How one looks at it, rather than what it is: not worth an undo. */
const viewSettings: readonly SettingName[] = ['speed', 'backend', 'showGold', 'goal', 'answerKeys'];

const differs = (names: readonly SettingName[], a: Settings, b: Settings) =>
  names.some((name) => a[name] !== b[name]);

/** So many chosen comparisons are simulated together; then the reward model trains so many steps before the next. */
const chosenTogether = 10;
const stepsBetween = 20;

/** Longer than this nobody waits for the browser's storage. */
const storagePatience = 1000;
/** More mistakes in one link than these are only counted. */
const mostProblems = 5;

/** The root of the page's state, and its public verbs. Everything a component or a script does goes through here. */
export class Playground {
  #settings = $state.raw<Settings>(settingsFromHash('').settings);
  #dataset = $state.raw<Dataset>(freshDataset(this.#settings));
  #playing = $state.raw<Stage | null>(null);
  #choice = $state.raw<BackendChoice | null>(null);
  readonly #own = $derived(this.#dataset.own);
  readonly #gold = $derived(this.scenario.gold(this.#settings, this.#own));
  readonly #features = $derived(this.scenario.features(this.#settings, this.#own));
  readonly #prompts = $derived(this.scenario.prompts(this.#settings, this.#own));
  readonly run = new Run();
  readonly lab = new PolicyLab(this.#bench());
  readonly notices = new Notices();
  /** What models say of the labels that were not trained on them. */
  readonly labelCheck = new LabelCheck(this.#checkDesk());
  readonly labelCurve = new LabelCurve();
  readonly labelStudy: LabelStudy;
  readonly #history = new History<Work>();
  /** What was left in other scenarios. */
  #others: Partial<Record<Settings['scenario'], Work>> = {};

  readonly #startEngine: StartEngine;
  readonly #storage: SessionStorage | null;
  #engine: EngineLine | null = null;
  #runId = 0;
  /** Counts up with every simulation in batches, and when one has to end. */
  #simulation = 0;
  #version = 0;
  #packed = pack(this.#dataset, this.#settings, 0);
  readonly #saver = new Saver(() => this.#save());
  #crashed = false;
  #resolveReady: (choice: BackendChoice) => void = () => {};
  #rejectReady: (reason: Error) => void = () => {};
  /** Settles when the engine has chosen its backend, or cannot be had. */
  readonly ready: Promise<BackendChoice> = new Promise((resolve, reject) => {
    this.#resolveReady = resolve;
    this.#rejectReady = reject;
  });

  /** @param storage where work is kept between visits; null keeps nothing */
  constructor(startEngine: StartEngine, storage: SessionStorage | null = null) {
    this.#startEngine = startEngine;
    this.labelStudy = new LabelStudy(startEngine);
    this.#storage = storage;
    // Whether or not somebody waits for it, the page says what is wrong.
    this.ready.catch(() => {});
  }

  // ---- What there is to see ----

  get settings(): Settings {
    return this.#settings;
  }
  get dataset(): Dataset {
    return this.#dataset;
  }
  /** Which part of the loop is running. */
  get playing(): Stage | null {
    return this.#playing;
  }
  /** Where the arithmetic runs; null until the engine has chosen. */
  get choice(): BackendChoice | null {
    return this.#choice;
  }
  get undoable(): string | null {
    return this.#history.undoable;
  }
  get redoable(): string | null {
    return this.#history.redoable;
  }
  /** The settings as a URL hash. */
  get hash(): string {
    return settingsToHash(this.#settings);
  }
  get scenario() {
    return scenarioOf(this.#settings);
  }
  /** Whether a setting does anything in this scenario, beside the other settings. */
  offers(name: SettingName): boolean {
    const { needs, scenarios, relevant } = definitionOf(name);
    if (scenarios !== undefined && !scenarios.includes(this.scenario.id)) return false;
    if (needs !== undefined && this.scenario[needs] === undefined) return false;
    return relevant?.(this.#settings) ?? true;
  }
  criterionLabel(id: string): string {
    return this.scenario.criteria.find((criterion) => criterion.id === id)?.label ?? id;
  }
  /** What is asked about the cards. */
  get asked(): string {
    return askedOf(this.#dataset.question, this.#settings);
  }
  /** Why the next question is not chosen as `pairSource` says; null where it is. */
  get choosingProblem(): string | null {
    return choosingProblem(this.#settings, this.#dataset, this.run.step > 0);
  }
  /** Half the width of the square that is drawn, where there is a plane. */
  get extent(): number {
    return this.scenario.plane?.extent(this.#settings) ?? 0;
  }
  /** The hidden gold reward. */
  get gold(): (content: Content) => number {
    return this.#gold;
  }
  get features(): Features {
    return this.#features;
  }
  /** What the candidates answer. */
  get prompts(): readonly string[] {
    return this.#prompts;
  }
  /** A candidate, or what the policy made, in words. */
  textOf(content: Content): string {
    return this.scenario.textOf(content, this.#settings, this.#own);
  }
  /** The embedding of a candidate, noise included: [features]. */
  embeddingOf(candidate: Candidate): Float32Array {
    const values = new Float32Array(this.#features.dimension);
    this.#features.embed(candidate, values, 0);
    const noise = this.scenario.embeddingNoise?.(this.#settings, candidate.id);
    return noise ? values.map((value, i) => value + noise[i]!) : values;
  }
  /** Draws what the policy makes now; before the first iteration, what the starting policy does. */
  get policyNow(): PolicyNow {
    return policyNow(this.#settings, this.#own, this.run.policy, this.run.startPolicy);
  }
  /** The policy as it is now, where it is a Gaussian over the plane. */
  get planeGaussian(): PlaneGaussian | null {
    return this.scenario.plane ? planeGaussianNow(this.#settings, this.#own, this.run.policy) : null;
  }

  /** A setting as its control shows it now. */
  presented(name: SettingName): SettingDefinition {
    return presented(name, this.#settings, this.#dataset.comparisons);
  }

  // ---- Opening and keeping ----

  /**
   * Takes the settings of a link and, if it is the work that was left here, the labels too; then starts the engine.
   * @param reloaded whether it is the same visit going on
   */
  async open(hash: string, reloaded = false): Promise<void> {
    const { settings, labels } = splitHash(hash);
    if (!isLoaded(settingsFromHash(settings).settings.scenario)) await loadScenarios();
    this.#openHash(settings);
    // A storage that hangs must not keep the engine waiting; what it gives later is still taken.
    await Promise.race([
      this.#restore(settings, reloaded, labels !== null),
      new Promise((resolve) => setTimeout(resolve, storagePatience)),
    ]);
    if (labels !== null) await this.#takeLabels(labels);
    this.#connect();
  }

  /** The visitor pasted another link into the address bar, or went back. */
  followHash(hash: string): void {
    if (hash.replace(/^#/, '') === this.hash) return;
    const { settings: own, labels } = splitHash(hash);
    const { settings, problems } = settingsFromHash(own);
    if (!isLoaded(settings.scenario)) return void loadScenarios().then(() => this.followHash(hash));
    const from = this.#workIn(settings.scenario);
    this.#history.record(this.#work(), 'opening a link');
    this.#change({ settings, dataset: redrawn(from, settings, this.policyNow) });
    this.#reportLinkProblems(problems);
    if (labels !== null) void this.#takeLabels(labels);
  }

  #openHash(hash: string): void {
    const { settings, problems } = settingsFromHash(hash);
    this.#change({ settings, dataset: freshDataset(settings) }, false);
    this.#reportLinkProblems(problems);
  }

  #reportLinkProblems(problems: readonly string[]): void {
    if (problems.length === 0) return;
    const named = problems.slice(0, mostProblems).join(' ');
    const more = problems.length > mostProblems ? ` (${problems.length} mistakes in all.)` : '';
    const text = `Some of this link could not be used, and the defaults are taken instead: ${named}${more}`;
    this.notices.show({ topic: 'link', text });
  }

  /** The labels of a link take the place of what the settings draw; a damaged list leaves that. */
  async #takeLabels(labels: string): Promise<void> {
    try {
      const { unpackWork } = await import('./packed-work');
      this.#change({ settings: this.#settings, dataset: unpackWork(labels, this.#settings) });
    } catch (error) {
      this.notices.show({ topic: 'link', text: error instanceof Error ? error.message : String(error) });
    }
  }

  /**
   * A hash that carries the labels of the visitor too.
   * @returns null where they are too many for a link
   */
  async hashWithLabels(): Promise<string | null> {
    const { packWork, mostLinkCharacters } = await import('./packed-work');
    const hash = withLabels(this.hash, packWork(this.#dataset, this.#settings));
    return hash.length <= mostLinkCharacters ? hash : null;
  }

  async #restore(hash: string, reloaded: boolean, withLabels: boolean): Promise<void> {
    if (!this.#storage) return;
    const opened = this.#settings;
    const bare = hash.replace(/^#/, '') === '' && !withLabels;
    try {
      const [present, aside] = [await this.#storage.load('present'), await this.#storage.load('aside')];
      const saved = present ? upgraded(present) : null;
      if (saved && !isLoaded(saved.settings.scenario)) await loadScenarios();
      const stored = saved && settingsToHash(readAgain(saved.settings));
      const wanted = bare || (!withLabels && (reloaded || stored === settingsToHash(opened)));
      // Whoever was quicker than the storage goes on with what is there.
      const untouched = this.undoable === null;
      if (saved && stored !== null && wanted && untouched) {
        const settings = bare ? settingsFromHash(stored).settings : opened;
        this.#others = { ...saved.others };
        const work = { ...saved, settings: readAgain(saved.settings) };
        this.#change({ settings, dataset: redrawn(work, settings, this.policyNow) }, false);
      } else if (saved && hasOwnWork(saved.dataset)) {
        await this.#storage.save('aside', saved);
        this.#saver.change();
        return this.#offerAside(saved);
      }
      const kept = aside && upgraded(aside);
      if (kept && hasOwnWork(kept.dataset)) this.#offerAside(kept);
    } catch {
      this.#tellStorageFails();
    }
  }

  #offerAside(saved: SavedSession): void {
    const own = saved.dataset.comparisons.filter(({ annotator }) => annotator === 'you').length;
    this.notices.show({
      topic: 'session',
      text: `A link opened a fresh experiment. Your earlier work (${own} of your own labels) is kept.`,
      action: { label: 'bring it back', run: () => this.#bringBack(saved) },
    });
  }

  /** The earlier work and the present one change places. */
  #bringBack({ settings: stored, dataset }: SavedSession): void {
    const present = this.#work();
    const settings = readAgain(stored);
    this.#history.record(present, 'bringing back earlier work');
    this.#change({ settings, dataset: redraw(dataset, settings) });
    this.notices.dismiss('session');
    const aside = hasOwnWork(present.dataset) ? { version: sessionVersion, ...present } : null;
    this.#storage?.save('aside', aside).catch(() => this.#tellStorageFails());
  }

  #tellStorageFails(): void {
    this.notices.show({
      topic: 'storage',
      text: 'This browser keeps nothing for this page (a private window, or its storage is full). Everything works, but is gone when the tab closes.',
    });
  }

  /** The page is being left. A tab with nothing new must not write over the work of another. */
  leave(): void {
    if (this.#saver.unsaved)
      this.#storage?.leave({ version: sessionVersion, ...this.#work(), others: this.#others });
  }

  async #save(): Promise<void> {
    const session = { version: sessionVersion, ...this.#work(), others: this.#others };
    await this.#storage?.save('present', session).catch(() => this.#tellStorageFails());
  }

  // ---- The engine ----

  #connect(): void {
    // Whoever is told that it is ready may switch to any of them.
    void loadScenarios();
    this.#engine = this.#startEngine(
      (report) => this.apply(report),
      (message) => this.#restartEngine(message),
    );
    this.#engine.send({ kind: 'configure', settings: this.#settings });
    this.#sendData(true);
    void this.#engine.request({ kind: 'reset', stage: 'loop', run: this.#runId }).catch(() => {});
    if (this.#playing) this.#engine.send({ kind: 'play', stage: this.#playing });
  }

  /** A worker that died took its weights with it; the labels are here. Once is bad luck, twice is a fault. */
  #restartEngine(message: string): void {
    this.#engine = null;
    const again = !this.#crashed;
    this.#crashed = true;
    this.#playing = null;
    this.notices.show({
      topic: 'engine',
      text: `The engine stopped (${message}). ${again ? 'It was started again: the weights are new, your labels are kept.' : 'Your labels are kept; reload the page to try again.'}`,
    });
    if (!again) return this.#rejectReady(new Error(`The engine stopped: ${message}.`));
    this.run.clearReward();
    this.run.clearPolicy();
    this.#connect();
  }

  /** Takes a report of the engine; the worker's phone calls this. */
  apply(report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.#choice = report.choice;
        if (settingsTable.scenario.options.every(isLoaded)) this.#resolveReady(report.choice);
        else void loadScenarios().then(() => this.#resolveReady(report.choice));
        break;
      case 'frame':
        // A late picture of a run that was reset is nothing to show.
        if (report.run === this.#runId) {
          this.run.apply(report, this.#packed);
          this.#noteAccuracy(report.reward);
        }
        break;
      case 'note':
        this.#hear(report.note);
        break;
      case 'study':
        this.lab.hear(report);
        break;
      case 'progress':
      case 'done':
      case 'failed':
        break; // answered where they were asked
      default:
        report satisfies never;
    }
  }

  /** What the model has reached with the labels there are; it only counts once it has trained on them. */
  #noteAccuracy(reward: RewardFrame | null): void {
    const point = reward?.points.at(-1);
    if (!point || reward?.version !== this.#version) return;
    this.labelCurve.note(this.#settings.pairSource, {
      labels: this.#dataset.comparisons.length,
      heldOut: point.evalAccuracy,
      gold: point.goldAccuracy,
    });
  }

  #hear({ topic, text, action }: Note): void {
    if (topic === 'divergence' || topic === 'engine' || topic === 'stopped') this.#playing = null;
    if (topic === 'engine') this.#rejectReady(new Error(text));
    const actions = {
      'reset-reward': {
        label: 'reset the reward model',
        run: () => this.#afterNote(topic, this.reset('reward')),
      },
      'restore-safe': {
        label: `go back to iteration ${this.run.safeIteration}`,
        run: () => this.#afterNote(topic, this.restorePolicy('safe')),
      },
      'restore-best': {
        label: `go back to iteration ${this.run.bestIteration}, where gold was best`,
        run: () => this.#afterNote(topic, this.restorePolicy('best')),
      },
      simulate: { label: 'simulate 40', run: () => this.#afterNote(topic, this.simulate(40)) },
    };
    this.notices.show({ topic, text, ...(action ? { action: actions[action] } : {}) });
  }

  #afterNote(topic: Note['topic'], done: Promise<unknown>): void {
    this.notices.dismiss(topic);
    void done.catch((error: unknown) => this.fail(error));
  }

  /** Shows what went wrong as a sentence. */
  fail(error: unknown): void {
    this.notices.show({ topic: 'engine', text: error instanceof Error ? error.message : String(error) });
  }

  #line(): EngineLine {
    if (!this.#engine && this.#crashed) throw new Error('The engine stopped. Reload the page to try again.');
    if (!this.#engine) throw new Error('The engine is not running yet. Wait for playground.ready.');
    return this.#engine;
  }

  /** A question that is skipped, or a remark, is no news to the engine. @param always to an engine that knows nothing yet */
  #sendData(always = false): void {
    const packed = pack(this.#dataset, this.#settings, this.#version + 1);
    if (!always && samePacked(packed, this.#packed)) return;
    this.#version += 1;
    this.#packed = packed;
    this.#engine?.send({ kind: 'data', data: this.#packed.data });
  }

  // ---- Changing settings and data ----

  #work(): Work {
    return { settings: this.#settings, dataset: this.#dataset };
  }

  /** Moves to another snapshot and tells the engine what differs. */
  #change(next: Work, save = true): void {
    const before = this.#work();
    if (before.settings.scenario !== next.settings.scenario) this.#others[before.settings.scenario] = before;
    this.#settings = next.settings;
    this.#dataset = next.dataset;
    const newWorld = differs(worldSettings, before.settings, next.settings);
    if (before.settings !== next.settings) this.#engine?.send({ kind: 'configure', settings: next.settings });
    if (before.dataset !== next.dataset || before.settings.heldOut !== next.settings.heldOut) {
      this.notices.dismiss('data');
      this.#sendData();
    }
    if (newWorld) {
      this.#simulation += 1;
      this.labelCurve.clear();
      this.labelCheck.clear();
    }
    if (newWorld) void this.#resetRun('loop').catch(() => {});
    else if (newHead(before.settings, next.settings)) void this.#resetRun('reward').catch(() => {});
    if (save) this.#saver.change();
  }

  #edit(what: string, dataset: Dataset, key: string | null = null): void {
    this.#history.record(this.#work(), what, key);
    this.#change({ settings: this.#settings, dataset });
  }

  /**
   * Changes settings while everything goes on.
   * @throws Error naming the setting, what was given and its range; nothing is changed then
   */
  configure(patch: Partial<Record<SettingName, unknown>>): void {
    const checked = checkSettings(patch);
    const scenario = checked.scenario ?? this.#settings.scenario;
    if (!isLoaded(scenario)) return void loadScenarios().then(() => this.configure(patch));
    const before = this.#work();
    const from = this.#workIn(scenario);
    const settings = Object.freeze({ ...from.settings, ...checked });
    checkHeadMemory(settings, scenarioOf(settings).features(settings, from.dataset.own).dimension);
    const names = Object.keys(checked) as SettingName[];
    if (!differs(names, this.#settings, settings)) return;
    let { dataset } = from;
    if (differs(dataSettings, from.settings, settings)) dataset = redraw(dataset, settings);
    if (differs(questionSettings, from.settings, settings)) dataset = this.#asking(dataset, settings);
    if (names.some((name) => !viewSettings.includes(name)))
      this.#history.record(before, describe(names), names.every(hasSlider) ? `set ${names.join()}` : null);
    this.#change({ settings, dataset });
  }

  /** What was left in a scenario, looked at as now; a fresh one where nobody was yet. */
  #workIn(scenario: Settings['scenario']): Work {
    const present = this.#work();
    if (scenario === present.settings.scenario) return present;
    const left = this.#others[scenario];
    const view = Object.fromEntries(viewSettings.map((name) => [name, present.settings[name]]));
    const settings = Object.freeze({ ...(left?.settings ?? defaultsOf(scenario)), ...view });
    return { settings, dataset: left ? redraw(left.dataset, settings) : freshDataset(settings) };
  }

  /** Back to the default of one setting. */
  restoreDefault(name: SettingName): void {
    this.configure({ [name]: defaultsOf(this.#settings.scenario)[name] });
  }

  undo(): void {
    this.#travel(this.#history.undo(this.#work()), 'Undid');
  }

  redo(): void {
    this.#travel(this.#history.redo(this.#work()), 'Did again');
  }

  #travel(entry: { state: Work; what: string } | null, verb: string): void {
    if (!entry)
      return this.notices.announce(
        verb === 'Undid' ? 'There is nothing to undo.' : 'There is nothing to redo.',
      );
    this.#simulation += 1;
    // How one looks at it stays as it is.
    const view = Object.fromEntries(viewSettings.map((name) => [name, this.#settings[name]]));
    this.#change({
      settings: Object.freeze({ ...entry.state.settings, ...view }),
      dataset: entry.state.dataset,
    });
    this.notices.announce(`${verb}: ${entry.what}.`);
  }

  // ---- Candidates ----

  /** Adds a candidate; the next pair asks about it. @returns its id */
  addCandidate(content: Content): number {
    const id = this.#dataset.nextCandidate;
    const added = withCandidate(this.#dataset, content);
    this.#edit(`adding a ${this.scenario.noun.one}`, this.#asking(added));
    return id;
  }

  /** Puts other contents in a candidate's place. */
  changeCandidate(id: number, content: Content): void {
    const changed = withContent(this.#dataset, id, content);
    const verb = this.scenario.plane ? 'moving' : 'changing';
    this.#edit(`${verb} a ${this.scenario.noun.one}`, redraw(changed, this.#settings), `change ${id}`);
  }

  /**
   * Puts a prompt in the place of one of the scenario's, or after them.
   * @param prompt as the scenario writes it down; null gives the scenario's own back
   */
  setPrompt(index: number, prompt: string | null): void {
    const changed = withPrompt(this.#dataset, index, prompt);
    this.#edit(
      'changing a prompt',
      redraw(changed, this.#settings),
      prompt === null ? null : `prompt ${index}`,
    );
  }

  // ---- Preferences ----

  /**
   * Answers the question on the cards and shows the next one.
   * @returns the comparison's id
   * @throws Error when the answer does not fit what is shown; nothing is recorded then
   */
  answer(answer: CardAnswer): number {
    const { shown, source, criterion } = this.#dataset.question;
    const judgedBy = criterion === undefined ? {} : { criterion };
    const comparison = { ...asComparison(shown, answer), ...judgedBy, annotator: 'you', source };
    const id = this.#add(comparison);
    this.#announceQuestion(`Labelled ${this.#describe(comparison)}.`);
    return id;
  }

  /** Says what happened, and what is asked now. */
  #announceQuestion(what: string): void {
    this.notices.announce(`${what} ${askedAloud(this.#dataset, this.#settings)}`);
  }

  /** Answers the pair on the cards. @returns the comparison's id */
  label(verdict: Verdict, strength?: Strength): number {
    return this.answer({ verdict, ...(strength === undefined ? {} : { strength }) });
  }

  /** Records what somebody said, and goes on to the next question if it was the one on the cards. */
  #add(comparison: NewComparison, answered = true): number {
    const candidates = [...this.#dataset.candidates, ...this.#dataset.question.fresh];
    checkComparison(comparison, (id) => candidates.some((candidate) => candidate.id === id));
    const id = this.#dataset.nextComparison;
    const added = withComparison(this.#dataset, comparison);
    const dataset = answered ? withAnswered(added, this.#settings, this.policyNow, this.run.opinion) : added;
    this.#edit(`the label ${this.#describe(comparison)}`, dataset);
    return id;
  }

  #describe(comparison: Statement): string {
    const { candidates, question } = this.#dataset;
    return describeComparison(comparison, [...candidates, ...question.fresh]);
  }

  /** With another question on the cards. */
  #asking(dataset: Dataset, settings = this.#settings): Dataset {
    return withNextQuestion(dataset, settings, this.policyNow, this.run.opinion);
  }

  /** Shows another question without an answer. */
  skip(): void {
    this.#edit('skipping a pair', this.#asking(this.#dataset));
    this.#announceQuestion('Skipped.');
  }

  /**
   * Records that a person prefers one candidate to another.
   * @returns the comparison's id
   * @throws Error when an id is unknown or both are the same
   */
  prefer(chosen: number, rejected: number): number {
    const first = random(this.#settings.seed, 'side', this.#dataset.nextComparison).uniform() < 0.5;
    const sides = first
      ? { left: chosen, right: rejected, verdict: 'left' as const }
      : { left: rejected, right: chosen, verdict: 'right' as const };
    return this.record({ kind: 'pair', ...sides });
  }

  /**
   * Records what a person said about any candidates.
   * @returns the comparison's id
   * @throws Error with a sentence when an id is unknown or doubled, or a strength, place or rating is out of range
   */
  record(said: Statement): number {
    // A copy, so that nobody changes it afterwards; what only the annotator's answers have is left out.
    const statement = structuredClone(without({ ...said } as Comparison, ['draw', 'edited']));
    this.#checkCriterion(statement.criterion);
    return this.#add({ ...statement, annotator: 'you', source: 'start' }, false);
  }

  #checkCriterion(criterion: string | undefined): void {
    const ids = this.scenario.criteria.map(({ id }) => id);
    if (criterion !== undefined && !ids.includes(criterion))
      throw new Error(`There is no criterion named "${criterion}". There are: ${ids.join(', ')}.`);
  }

  #comparison(id: number): Comparison {
    const found = this.#dataset.comparisons.find((comparison) => comparison.id === id);
    if (!found) throw new Error(`There is no comparison with the id ${String(id)}.`);
    return found;
  }

  flip(id: number): void {
    const before = this.#comparison(id);
    const after = flipped(before);
    if (after !== before) this.#edit('flipping a comparison', withChanged(this.#dataset, after));
  }

  /**
   * Changes what a comparison says; what was shown stays.
   * @throws Error when the answer does not fit what was shown; nothing is changed then
   */
  revise(id: number, answer: CardAnswer): void {
    const before = this.#comparison(id);
    const { annotator, source, criterion, note, draw } = before;
    const said = asComparison(itemsOf(before), answer);
    const changed: Comparison = {
      ...said,
      ...(criterion === undefined ? {} : { criterion }),
      ...(note === undefined ? {} : { note }),
      ...(draw === undefined ? {} : { draw }),
      id,
      annotator,
      source,
      edited: true,
    };
    checkComparison(changed, () => true);
    this.#edit('changing a comparison', withChanged(this.#dataset, changed));
  }

  /** Writes a remark beside a comparison; an empty one takes it away. */
  annotate(id: number, text: string): void {
    const before = this.#comparison(id);
    const rest = without(before, ['note']);
    const note = text.trim().slice(0, mostNote);
    if (note === (before.note ?? '')) return;
    const changed: Comparison = note === '' ? rest : { ...rest, note };
    this.#edit('a remark', withChanged(this.#dataset, changed), `note ${id}`);
  }

  remove(id: number): void {
    this.#edit('deleting a comparison', withoutComparison(this.#dataset, id));
  }

  /**
   * Answers of the simulated annotator, about pairs from where `pairSource` says. Chosen ones come in batches, each
   * chosen by the model as it is then; between two batches it learns a little from the last.
   * @returns how many comparisons there are now
   * @throws Error when there would be more than the setting `simulated` allows
   */
  async simulate(count: number): Promise<number> {
    const { max } = settingsTable.simulated;
    if (!Number.isInteger(count) || count < 1 || count > max)
      throw new Error(`simulate takes a whole number from 1 to ${max}, but got ${String(count)}.`);
    const what = `${count} simulated comparisons`;
    if (this.#settings.pairSource === 'policy') {
      this.#edit(what, withPolicyComparisons(this.#dataset, this.#settings, this.policyNow, count));
    } else if (this.#settings.pairSource === 'start') {
      const patch = checkSettings({ simulated: this.#settings.simulated + count });
      const settings = Object.freeze({ ...this.#settings, ...patch });
      this.#history.record(this.#work(), what);
      this.#change({ settings, dataset: redraw(this.#dataset, settings) });
    } else await this.#simulateChosen(count, what);
    this.notices.announce(`${this.#dataset.comparisons.length} comparisons.`);
    return this.#dataset.comparisons.length;
  }

  /** One step for undo, which also ends it. */
  async #simulateChosen(count: number, what: string): Promise<void> {
    const mine = ++this.#simulation;
    let learns = this.#engine !== null && this.#settings.pairSource !== 'repeat';
    if (learns) learns = await succeeds(this.ready);
    for (let left = count; left > 0 && mine === this.#simulation;) {
      const each = answersToEach(this.#settings);
      const batch = learns ? Math.min(left, each * Math.ceil(chosenTogether / each)) : left;
      const more = withChosenComparisons(this.#dataset, this.#settings, this.run.opinion, batch);
      this.#edit(what, more, `simulation ${mine}`);
      left -= batch;
      // Somebody who pauses or resets it wants no training; the labels come all the same.
      if (left > 0 && learns) learns = await succeeds(this.train(stepsBetween));
    }
  }

  /** Answers of the simulated annotator about what the policy does now, all to train on or all only to test. */
  labelDrifted(count: number, purpose: Purpose): void {
    const more = withDriftedLabels(this.#dataset, this.#settings, this.policyNow, count, purpose);
    const what = purpose === 'test' ? 'held-out labels' : 'labels';
    this.#edit(`${count} ${what} of the policy now`, more);
    this.notices.announce(`${count} ${what} of what the policy does now.`);
  }

  /** Puts a pair of what the policy does now on the cards; its answer is only for testing. */
  askDrifted(): void {
    this.#edit(
      'a pair of the policy now',
      withDriftedQuestion(this.#dataset, this.#settings, this.policyNow),
    );
    this.notices.announce('A held-out pair of what the policy does now is on the cards.');
  }

  // ---- Running ----

  play(stage: Stage = 'loop'): void {
    this.#playing = stage;
    this.notices.dismiss('divergence');
    this.notices.dismiss('stopped');
    this.#engine?.send({ kind: 'play', stage });
  }

  pause(): void {
    this.#playing = null;
    this.#engine?.send({ kind: 'pause' });
  }

  /** One round of a stage, or of the loop. */
  async step(stage: Stage = 'loop'): Promise<void> {
    if (this.#playing) this.pause();
    await this.#line().request({ kind: 'step', stage });
  }

  /** @returns the metrics after so many optimiser steps @throws Error when there is nothing to learn from */
  async train(steps: number): Promise<RewardPoint> {
    checkCount('train', steps, 1_000_000);
    return (await this.#line().request({ kind: 'train', steps })) as RewardPoint;
  }

  /** @returns the metrics after so many PPO iterations */
  async optimise(iterations: number): Promise<PolicyPoint> {
    checkCount('optimise', iterations, 100_000);
    return (await this.#line().request({ kind: 'optimise', iterations })) as PolicyPoint;
  }

  /** The learned reward of every candidate, in the order of `dataset.candidates`. */
  async rewards(): Promise<Float32Array> {
    return (await this.#line().request({ kind: 'rewards' })) as Float32Array;
  }

  /**
   * What one comparison does to the learned reward: the head is trained twice from its initial weights, as it was and
   * with the comparison flipped or left out. Training goes on meanwhile.
   * @throws Error when the model was not trained on it, or when labels or settings change before it is done
   */
  async influence(id: number, change: Change): Promise<Influence> {
    this.#comparison(id);
    const observation = this.#dataset.comparisons.findIndex((comparison) => comparison.id === id);
    return (await this.#line().request({ kind: 'influence', observation, change })) as Influence;
  }

  /** Nobody waits for an influence any more. */
  stopInfluence(): void {
    this.#engine?.send({ kind: 'stop-refit', of: 'influence' });
  }

  /**
   * How far a label is supported, and by whom: by models that were not trained on it where that was checked, else by the
   * live one; undefined where neither knows.
   */
  support(comparison: Comparison): { readonly margin: number; readonly by: 'held-out' | 'live' } | undefined {
    const margin = this.labelCheck.found?.marginOf(comparison);
    if (margin !== undefined) return { margin, by: 'held-out' };
    const live = this.run.marginOf(comparison.id);
    return live === undefined ? undefined : { margin: live, by: 'live' };
  }

  /** What a check of the labels may do with the run. */
  #checkDesk() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters of the object below need it
    const playground = this;
    return {
      get settings() {
        return playground.settings;
      },
      get dataset() {
        return playground.dataset;
      },
      judge: async (onProgress: (share: number) => void) =>
        (await playground.#line().request({ kind: 'judge-labels' }, onProgress)) as HeldOutMargins,
      stop: () => playground.#engine?.send({ kind: 'stop-refit', of: 'judge-labels' }),
    };
  }

  /** The reward head as it is now, off the device. */
  async head(): Promise<TrainedHead> {
    return (await this.#line().request({ kind: 'head' })) as TrainedHead;
  }

  /** Back to untrained: the reward model, the policy, or both. Labels, candidates and settings stay. */
  async reset(stage: Stage = 'loop'): Promise<void> {
    if (this.#playing) this.pause();
    this.notices.dismiss('divergence');
    await this.#resetRun(stage);
  }

  /** The policy goes back to one that was kept: the last well within bounds, or the one of the highest gold. */
  async restorePolicy(to: Restorable): Promise<void> {
    if (this.#playing) this.pause();
    this.notices.dismiss('divergence');
    this.notices.dismiss('stopped');
    const iteration = to === 'best' ? this.run.bestIteration : this.run.safeIteration;
    this.lab.rewind(iteration);
    await this.#line().request({ kind: 'restore', to });
  }

  /** What the lab may do with the run. */
  #bench() {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- getters of the object below need it
    const playground = this;
    return {
      get run() {
        return playground.run;
      },
      get settings() {
        return playground.settings;
      },
      request: (command: Parameters<EngineLine['request']>[0]) => playground.#line().request(command),
      cancel: () => playground.#engine?.send({ kind: 'cancel' }),
      pause: () => {
        if (playground.playing) playground.pause();
      },
      labelDrifted: (count: number) => playground.labelDrifted(count, 'train'),
      train: (steps: number) => playground.train(steps),
      optimise: (iterations: number) => playground.optimise(iterations),
      fail: (error: unknown) => playground.fail(error),
    };
  }

  async #resetRun(stage: Stage): Promise<void> {
    this.#runId += 1;
    if (stage !== 'policy') this.run.clearReward();
    if (stage !== 'reward') {
      this.run.clearPolicy();
      this.lab.rewind(0);
    }
    await this.#engine?.request({ kind: 'reset', stage, run: this.#runId });
  }

  // ---- Bringing in ----

  /**
   * Opens files: what dropping them on the page does. So far: a session.
   * @returns what was taken over; a file that cannot be used is reported, and changes nothing
   */
  async load(
    files: readonly File[],
  ): Promise<{ readonly file: string; readonly taken: string | null; readonly problem: string | null }[]> {
    const report = [];
    for (const file of files) {
      try {
        report.push({ file: file.name, taken: await this.#open(file), problem: null });
      } catch (error) {
        const problem = `${file.name} was not opened. ${error instanceof Error ? error.message : String(error)}`;
        this.notices.show({ topic: 'file', text: `${problem} Your present work is as it was.` });
        report.push({ file: file.name, taken: null, problem });
      }
    }
    return report;
  }

  async #open(file: File): Promise<string> {
    if (file.size > mostFileBytes)
      throw new Error(
        `It has ${Math.round(file.size / 2 ** 20)} MB; sessions of at most ${mostFileBytes / 2 ** 20} MB are opened.`,
      );
    const [{ parseSession }, { checkDataset }, seen] = await Promise.all([
      import('../io/session'),
      import('./checked-dataset'),
      import('./seen-scene'),
    ]);
    const text = await file.text();
    if (seen.looksLikeDetections(text)) {
      await loadScenarios();
      return this.#openDetections(file.name, text, seen.withSeenScene);
    }
    const saved = parseSession(text);
    const session = upgraded(saved);
    if (!session)
      throw new Error(
        saved.version > sessionVersion
          ? 'It was saved by a newer version of this page. Reload the page, and open it again.'
          : `It is of version ${saved.version}, which is not known here.`,
      );
    const { settings, problems } = settingsFromHash(
      settingsToHash({ ...defaultsOf(session.settings.scenario), ...session.settings }),
    );
    if (!isLoaded(settings.scenario)) await loadScenarios();
    const dataset = redraw(checkDataset(session.dataset), settings);
    this.#history.record(this.#work(), `opening ${file.name}`);
    this.#change({ settings, dataset });
    this.#reportLinkProblems(problems);
    const taken = `${dataset.comparisons.length} comparisons of ${dataset.candidates.length} candidates`;
    this.notices.dismiss('file');
    this.notices.announce(`Opened ${file.name}: ${taken}.`);
    return taken;
  }

  /** What a detector saw becomes a further scene of `driving`. */
  #openDetections(
    name: string,
    text: string,
    withSeenScene: (typeof import('./seen-scene'))['withSeenScene'],
  ): string {
    const { settings, dataset: before } = this.#workIn('driving');
    const { dataset, taken } = withSeenScene(text, before, settings);
    this.#history.record(this.#work(), `opening ${name}`);
    this.#change({ settings, dataset: this.#asking(dataset, settings) });
    this.notices.show({ topic: 'file', text: `Opened ${name}: ${taken}` });
    return taken;
  }

  // ---- Taking away ----

  /** @returns every plotted quantity by name; x is the step of the reward model or the iteration of the policy */
  series(name: string): { x: number[]; y: number[] } {
    if (this.run.trackedNames.includes(name))
      return { x: [...this.run.tracked('iteration')], y: [...this.run.tracked(name)] };
    if (!Object.hasOwn(metricsTable, name)) {
      const names = [...Object.keys(metricsTable), ...this.run.trackedNames];
      throw new Error(`There is no series named "${name}". There are: ${names.join(', ')}.`);
    }
    const metric = name as MetricName;
    const { rewardSeries, policySeries } = this.run;
    return metricsTable[metric].stage === 'reward'
      ? { x: [...rewardSeries.column('step')], y: [...rewardSeries.column(metric as 'loss')] }
      : { x: [...policySeries.column('iteration')], y: [...policySeries.column(metric as 'kl')] };
  }

  /** The export menu. */
  get exports(): readonly { readonly name: string; readonly label: string; readonly group: string }[] {
    return exporters;
  }

  /**
   * Writes one format of the export menu.
   * @throws Error naming the formats there are, or saying why this one cannot hold what there is
   */
  async export(name: string): Promise<{ blob: Blob; file: string }> {
    const entry = exporters.find((candidate) => candidate.name === name);
    if (!entry)
      throw new Error(
        `There is no export named "${name}". There are: ${exporters.map((e) => e.name).join(', ')}.`,
      );
    const { format, file, type } = await entry.load();
    const content = await format(this.#exportable());
    return { blob: new Blob([content as BlobPart], { type }), file };
  }

  #exportable(): Exportable {
    const { candidates, comparisons } = this.#dataset;
    const metrics = Object.keys(metricsTable) as MetricName[];
    return {
      settings: this.#settings,
      candidates,
      comparisons,
      curves: metrics.map((metric) => ({
        stage: metricsTable[metric].stage,
        metric,
        ...this.series(metric),
      })),
      session: { version: sessionVersion, ...this.#work(), others: this.#others },
      promptOf: ({ prompt }) => this.prompts[prompt] ?? '',
      textOf: (candidate) => this.textOf(candidate),
      embeddingOf: (candidate) => this.embeddingOf(candidate),
      rewards: () => this.rewards(),
      head: () => this.head(),
    };
  }
}

/** What one can say about what is on the cards. */
export type CardAnswer =
  | { readonly verdict: Verdict; readonly strength?: Strength }
  /** The id of the best one. */
  | { readonly best: number }
  /** Place of each shown item, from 1; equal places are ties. */
  | { readonly places: readonly number[] }
  | { readonly score: number };

/** Longer files are none of this page's. */
const mostFileBytes = 64 * 2 ** 20;

/** Characters of a remark. */
const mostNote = 500;

/** @throws Error when so many cannot be answered like that */
function asComparison(shown: readonly number[], answer: CardAnswer): Statement {
  if ('verdict' in answer) {
    if (shown.length !== 2)
      throw new Error(`A verdict is about two candidates, but the question shows ${shown.length}.`);
    const [left, right] = shown as [number, number];
    const { verdict, strength } = answer;
    return { kind: 'pair', left, right, verdict, ...(strength === undefined ? {} : { strength }) };
  }
  if ('best' in answer) return { kind: 'best', shown, best: answer.best };
  if ('places' in answer) return { kind: 'ranking', shown, places: answer.places };
  if (shown.length !== 1)
    throw new Error(`A rating is about one candidate, but the question shows ${shown.length}.`);
  return { kind: 'rating', item: shown[0]!, score: answer.score };
}

/** A copy without what it may have beside what was said. */
const without = (comparison: Comparison, names: readonly ('note' | 'draw' | 'edited')[]): Comparison =>
  Object.fromEntries(
    Object.entries(comparison).filter(([name]) => !(names as readonly string[]).includes(name)),
  ) as unknown as Comparison;

/** Work as it is under other settings: drawn again, and asked about as they say. */
function redrawn(work: Work, settings: Settings, policy: PolicyNow): Dataset {
  const dataset = redraw(work.dataset, settings);
  return differs(questionSettings, work.settings, settings)
    ? withNextQuestion(dataset, settings, policy)
    : dataset;
}

/** Stored settings are read like a link's, so that a renamed or narrowed one cannot do harm. */
const readAgain = (stored: Settings): Settings => settingsFromHash(settingsToHash(stored)).settings;

/** A slider's positions on the way are not worth an undo each. */
const hasSlider = (name: SettingName): boolean => definitionOf(name).kind === 'number';

const describe = (names: readonly SettingName[]): string =>
  `changing ${names.map((name) => definitionOf(name).label).join(', ')}`;

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

function checkCount(verb: string, count: number, most: number): void {
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new Error(`${verb} takes a whole number from 1 to ${most}, but got ${String(count)}.`);
}

const hasOwnWork = ({ comparisons, candidates }: Dataset): boolean =>
  comparisons.some(({ annotator, edited }) => annotator === 'you' || edited) ||
  candidates.some(({ pinned }) => pinned);
