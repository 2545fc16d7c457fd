/**
 * The one table of settings: default, range, label and meaning of each.
 * The controls, the URL, `playground.configure` and the tests all read it, so a new setting is one entry here.
 */

interface Common {
  /** Short name shown beside the control. */
  readonly label: string;
  /** One line that a teacher can read out: what it does and what turning it up means. */
  readonly meaning: string;
  /** Which part of the page shows the control. */
  readonly group: Group;
  /** Behind "more" rather than always in sight. */
  readonly rare?: boolean;
  /** Whether it does anything beside the other settings; its control is not shown while it does not. */
  readonly relevant?: (others: Readonly<Record<string, unknown>>) => boolean;
  /** What a scenario must be able to do for it to mean anything. */
  readonly needs?: 'length' | 'secondGroup' | 'plane';
  /** The only scenarios that have it; all, if absent. */
  readonly scenarios?: readonly string[];
  /** What a change draws again: the candidates and simulated answers; or the whole world, so that the run begins anew. */
  readonly redraws?: 'data' | 'world';
}

export interface NumberSetting extends Common {
  readonly kind: 'number';
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  /** Slider position is proportional to the logarithm; with `min` 0 the leftmost position is exactly 0. */
  readonly log?: boolean;
  readonly unit?: string;
}

export interface ChoiceSetting<Option extends string = string> extends Common {
  readonly kind: 'choice';
  readonly default: Option;
  readonly options: readonly Option[];
  readonly optionLabels?: Readonly<Record<string, string>>;
}

export interface SwitchSetting extends Common {
  readonly kind: 'switch';
  readonly default: boolean;
}

export type SettingDefinition = NumberSetting | ChoiceSetting | SwitchSetting;
export type Group = 'bar' | 'candidates' | 'preferences' | 'reward' | 'policy';

const number = (definition: Omit<NumberSetting, 'kind'>) => ({ kind: 'number', ...definition }) as const;
const onOff = (definition: Omit<SwitchSetting, 'kind'>) => ({ kind: 'switch', ...definition }) as const;
const criterionWeight = (which: string, value: number) =>
  number({
    group: 'reward',
    label: `weight of the ${which} criterion`,
    default: value,
    min: -1,
    max: 1,
    relevant: ({ criteria }) => criteria === true,
    meaning: `How much the ${which} criterion counts in the reward; below 0 it counts against. The map follows at once.`,
  });
const goldPart = (part: string, value: number, meaning: string) =>
  number({
    group: 'candidates',
    label: `gold: ${part}`,
    default: value,
    min: -1,
    max: 4,
    rare: true,
    redraws: 'data',
    scenarios: ['assistant'],
    meaning: `What the simulated annotator thinks of ${meaning}. The model never sees it.`,
  });
/** How much one part of the gold counts in `driving`. */
const goldWeight = (value: number, most: number, label: string, meaning: string) =>
  number({
    group: 'candidates',
    label,
    scenarios: ['driving'],
    redraws: 'data',
    default: value,
    min: 0,
    max: most,
    rare: true,
    meaning,
  });
const choice = <const Option extends string>(definition: Omit<ChoiceSetting<Option>, 'kind'>) =>
  ({ kind: 'choice', ...definition }) as const;

const landscapes = {
  options: ['rim', 'hills', 'ring', 'ridge', 'bowl'],
  optionLabels: {
    rim: 'rim and cliff',
    hills: 'two hills',
    ring: 'ring',
    ridge: 'ridge',
    bowl: 'smooth bowl',
  },
} as const;

export const settingsTable = {
  scenario: choice({
    group: 'bar',
    label: 'scenario',
    redraws: 'world',
    default: 'map',
    options: ['map', 'assistant', 'driving', 'linear'],
    optionLabels: { map: 'Map', assistant: 'Assistant', driving: 'Driving', linear: 'Linear' },
    meaning:
      'What is compared. Map: points in the plane, so that everything can be seen. Assistant: answers in words. Driving: plans of a car in street scenes. Linear: the textbook model on random numbers.',
  }),
  seed: number({
    group: 'bar',
    label: 'seed',
    redraws: 'world',
    default: 7,
    min: 0,
    max: 999_999,
    integer: true,
    meaning: 'Everything random comes from this number: the same seed and settings give the same run again.',
  }),
  speed: number({
    group: 'bar',
    label: 'speed',
    default: 12,
    min: 1,
    max: 120,
    integer: true,
    log: true,
    unit: '/s',
    meaning: 'At most this many rounds of the loop a second while playing. It changes how fast, never what.',
  }),
  backend: choice({
    group: 'bar',
    label: 'backend',
    default: 'auto',
    options: ['auto', 'webgpu', 'webgl', 'cpu'],
    optionLabels: { auto: 'fastest correct one', webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'CPU' },
    meaning: 'Where the arithmetic runs. Automatic: each is tried on a small training and timed.',
  }),

  landscape: choice({
    group: 'candidates',
    label: 'landscape',
    needs: 'plane',
    redraws: 'world',
    default: 'rim',
    ...landscapes,
    meaning: 'The hidden truth (gold reward) the simulated annotator answers by. The model never sees it.',
  }),
  showGold: onOff({
    group: 'candidates',
    label: 'show gold',
    default: false,
    meaning: 'Draws the hidden gold reward under the candidates. Nobody has this map in real life.',
  }),
  points: number({
    group: 'candidates',
    label: 'points',
    redraws: 'data',
    default: 200,
    min: 4,
    max: 1000,
    integer: true,
    log: true,
    meaning: 'How many candidates are drawn from the starting policy.',
  }),
  spread: number({
    group: 'candidates',
    label: 'spread',
    needs: 'plane',
    redraws: 'world',
    default: 0.3,
    min: 0.1,
    max: 1.2,
    meaning: 'Standard deviation of the starting policy: how far its candidates, and so the labels, reach.',
  }),
  features: number({
    group: 'candidates',
    label: 'features',
    scenarios: ['map', 'linear'],
    redraws: 'world',
    default: 768,
    min: 8,
    max: 768,
    integer: true,
    log: true,
    meaning: 'Length of the embedding: how many random waves describe a point. Few waves: a crude map.',
  }),
  lengthScale: number({
    group: 'candidates',
    label: 'length scale',
    needs: 'plane',
    redraws: 'world',
    default: 1.5,
    min: 0.2,
    max: 5,
    log: true,
    meaning: 'How far apart two points must be to look different. Small: wiggly rewards; large: smooth ones.',
  }),
  embeddingNoise: number({
    group: 'candidates',
    label: 'embedding noise',
    needs: 'plane',
    default: 0,
    min: 0,
    max: 1,
    meaning: 'Noise in the embeddings, relative to their size: how badly the measurement blurs a candidate.',
  }),

  goldHelpful: goldPart('helpful', 2, 'doing what was asked: its steps, its fact'),
  goldHarmless: goldPart('harmless', 2, 'declining what is unsafe, and never being toxic'),
  goldAccurate: goldPart('accurate', 1.5, 'right words rather than wrong ones'),
  goldPolite: goldPart('polite', 2, 'the first polite words; further ones add nothing'),
  goldLength: goldPart('length', 0.5, 'no more than ten words; below 0: long answers'),
  goldRepetition: goldPart('repetition', 1, 'not saying words again'),
  collisionWeight: goldWeight(
    24,
    60,
    'gold: no collision',
    'How bad the simulated annotator finds a collision; more at higher speed. A hard one at 24 costs as much as all other parts together.',
  ),
  distanceWeight: goldWeight(
    3,
    10,
    'gold: distance',
    'What it is worth to keep a gap to people and cars, and to be slow beside people.',
  ),
  rulesWeight: goldWeight(
    5,
    10,
    'gold: rules',
    'What it is worth to stop at stop lines and to keep to the limit.',
  ),
  comfortWeight: goldWeight(
    2,
    10,
    'gold: comfort',
    'What it is worth to be driven gently: little jerk, braking and side force.',
  ),
  laneWeight: goldWeight(6, 10, 'gold: lane', 'What it is worth to stay in the lane and off the kerb.'),
  progressWeight: goldWeight(
    8,
    10,
    'gold: progress',
    'What it is worth to get to the goal within eight seconds; earlier is no better.',
  ),

  cameraHeight: number({
    group: 'candidates',
    label: 'camera height',
    scenarios: ['driving'],
    default: 1.4,
    min: 0.5,
    max: 5,
    unit: 'm',
    rare: true,
    meaning:
      'How high above the road the camera was, for the next file of detections: higher puts things further away.',
  }),
  cameraHorizon: number({
    group: 'candidates',
    label: 'horizon',
    scenarios: ['driving'],
    default: 0.5,
    min: 0.2,
    max: 0.8,
    unit: '%',
    rare: true,
    meaning:
      'Where the horizon is in the camera’s picture, from the top, for the next file of detections: what stands on the ground ends below it.',
  }),
  cameraField: number({
    group: 'candidates',
    label: 'field of view',
    scenarios: ['driving'],
    default: 70,
    min: 20,
    max: 150,
    unit: '°',
    rare: true,
    meaning:
      'Angle between the left and the right edge of the camera’s picture, for the next file of detections: wider puts things nearer.',
  }),

  simulated: number({
    group: 'preferences',
    label: 'simulated comparisons',
    redraws: 'data',
    default: 40,
    min: 0,
    max: 5000,
    integer: true,
    meaning: 'How many comparisons of starting candidates the simulated annotator has answered.',
  }),
  pairSource: choice({
    group: 'preferences',
    label: 'next pair from',
    default: 'start',
    options: ['start', 'uncertain', 'disagreement', 'policy', 'repeat'],
    optionLabels: {
      start: 'random',
      uncertain: 'uncertain',
      disagreement: 'disagreement',
      policy: 'policy now',
      repeat: 'repeats',
    },
    meaning:
      'Random starting candidates; what the model is least sure of (P near ½), or its members disagree about most; what the policy does now; or an earlier pair again.',
  }),
  mode: choice({
    group: 'preferences',
    label: 'you answer by',
    default: 'pair',
    options: ['pair', 'strength', 'criteria', 'best', 'ranking', 'rating'],
    optionLabels: {
      pair: 'better of two',
      strength: 'how much better',
      criteria: 'each criterion',
      best: 'best of several',
      ranking: 'ranking',
      rating: 'rating',
    },
    meaning: 'What is asked of you: a winner, how much better it is, an order, or a score for one by itself.',
  }),
  simulatedMode: choice({
    group: 'preferences',
    label: 'simulated answers by',
    redraws: 'data',
    default: 'pair',
    options: ['pair', 'strength', 'criteria', 'best', 'ranking', 'rating'],
    optionLabels: {
      pair: 'better of two',
      strength: 'how much better',
      criteria: 'each criterion',
      best: 'best of several',
      ranking: 'ranking',
      rating: 'rating',
    },
    rare: true,
    meaning: 'What the simulated annotator is asked: the same questions that you can be asked.',
  }),
  listLength: number({
    group: 'preferences',
    label: 'items in a ranking',
    redraws: 'data',
    default: 4,
    min: 3,
    max: 9,
    integer: true,
    rare: true,
    meaning: 'How many candidates a ranking or a best-of-several shows at once.',
  }),
  noise: number({
    group: 'preferences',
    label: 'noise',
    redraws: 'data',
    default: 0.05,
    min: 0,
    max: 0.5,
    unit: '%',
    meaning: 'Share of simulated answers that are flipped by mistake. At 50 % they say nothing at all.',
  }),
  temperature: number({
    group: 'preferences',
    label: 'temperature',
    redraws: 'data',
    default: 0.2,
    min: 0.02,
    max: 5,
    log: true,
    meaning: 'How undecided the simulated annotator is: P(a over b) = σ((gold a − gold b) / temperature).',
  }),
  tieThreshold: number({
    group: 'preferences',
    label: 'tie threshold',
    redraws: 'data',
    default: 0,
    min: 0,
    max: 3,
    rare: true,
    meaning:
      'A perceived difference below so many standard deviations of the gold is called a tie. In rankings: equal places.',
  }),
  positionBias: number({
    group: 'preferences',
    label: 'position bias',
    redraws: 'data',
    default: 0,
    min: -2,
    max: 2,
    rare: true,
    meaning:
      'Added to the perceived worth of what is shown first (left), in standard deviations of the gold. Below 0: the right.',
  }),
  lengthBias: number({
    group: 'preferences',
    label: 'length bias',
    redraws: 'data',
    default: 0,
    min: -2,
    max: 2,
    rare: true,
    needs: 'length',
    meaning:
      'Added to the perceived worth of a candidate that is one standard deviation longer than usual. Below 0: short ones.',
  }),
  fatigue: number({
    group: 'preferences',
    label: 'fatigue',
    redraws: 'data',
    default: 0,
    min: 0,
    max: 5,
    rare: true,
    meaning:
      'How fast mistakes grow: after n answers their share is noise + (½ − noise) (1 − e^(−fatigue · n / 100)). 0: never.',
  }),
  annotators: number({
    group: 'preferences',
    label: 'annotators per question',
    redraws: 'data',
    default: 1,
    min: 1,
    max: 9,
    integer: true,
    rare: true,
    meaning:
      'How many simulated annotators answer each question, each by name, so that their agreement can be measured.',
  }),
  groupShare: number({
    group: 'preferences',
    label: 'second group',
    redraws: 'data',
    default: 0,
    min: 0,
    max: 1,
    unit: '%',
    rare: true,
    needs: 'secondGroup',
    meaning:
      'Share of simulated answers from a second group, which wants something else. “Gold” stays what the first group wants.',
  }),
  groupLandscape: choice({
    group: 'preferences',
    label: 'its landscape',
    redraws: 'data',
    default: 'hills',
    ...landscapes,
    rare: true,
    needs: 'secondGroup',
    relevant: ({ groupShare }) => groupShare !== 0,
    meaning:
      'The landscape that the second group answers by; the first one answers by the landscape of stage 1.',
  }),
  goal: number({
    group: 'preferences',
    label: 'goal',
    default: 60,
    min: 1,
    max: 5000,
    integer: true,
    log: true,
    rare: true,
    meaning: 'How many comparisons you want to collect: the length of the progress bar.',
  }),
  answerKeys: onOff({
    group: 'preferences',
    label: 'keys answer anywhere',
    default: true,
    rare: true,
    meaning: 'Letters and digits answer wherever the focus is. Off: only while it is in this stage.',
  }),

  learningRate: number({
    group: 'reward',
    label: 'learning rate',
    default: 0.003,
    min: 0.0001,
    max: 10,
    log: true,
    meaning: 'Size of one step of the reward model. Too small: it crawls. Too large: it jumps about.',
  }),
  optimizer: choice({
    group: 'reward',
    label: 'optimizer',
    default: 'adamw',
    options: ['sgd', 'adam', 'adamw'],
    optionLabels: { sgd: 'SGD', adam: 'Adam', adamw: 'AdamW' },
    meaning:
      'How a gradient becomes a step. SGD: plain; Adam: scaled by its history; AdamW: with true decay.',
  }),
  hiddenLayers: number({
    group: 'reward',
    label: 'hidden layers',
    default: 0,
    min: 0,
    max: 3,
    integer: true,
    meaning:
      'None: the reward is a weighted sum of the features. More: a small neural network, slower to train.',
  }),
  members: number({
    group: 'reward',
    label: 'ensemble',
    default: 1,
    min: 1,
    max: 16,
    integer: true,
    meaning:
      'Heads trained side by side, each with its own initial weights and its own resampling of the labels.',
  }),
  loss: choice({
    group: 'reward',
    label: 'loss',
    default: 'bradley-terry',
    options: ['bradley-terry', 'smoothed', 'robust', 'noise-floor', 'hinge', 'davidson', 'rao-kupper'],
    optionLabels: {
      'bradley-terry': 'Bradley–Terry',
      smoothed: 'label smoothing',
      robust: 'robust',
      'noise-floor': 'noise floor',
      hinge: 'hinge',
      davidson: 'ties: Davidson',
      'rao-kupper': 'ties: Rao–Kupper',
    },
    meaning:
      'What training makes small over pairs. Bradley–Terry trusts every label; others expect mistakes, or use ties.',
  }),
  rankingLoss: choice({
    group: 'reward',
    label: 'loss of rankings',
    default: 'plackett-luce',
    options: ['plackett-luce', 'all-pairs', 'best-of-k'],
    optionLabels: {
      'plackett-luce': 'Plackett–Luce',
      'all-pairs': 'all pairs',
      'best-of-k': 'best of k',
    },
    rare: true,
    meaning:
      'What a ranking says: one choice after the other, every pair in it, or only which one came first.',
  }),
  ratingWeight: number({
    group: 'reward',
    label: 'weight of ratings',
    default: 1,
    min: 0,
    max: 10,
    log: true,
    rare: true,
    meaning: 'How much the squared error of a rating (its score less 3) counts beside a comparison. 0: not.',
  }),
  marginScale: number({
    group: 'reward',
    label: 'margin by strength',
    default: 1,
    min: 0,
    max: 5,
    rare: true,
    meaning:
      'Margin asked of a pair that is “much better”; a third less for each grade below. 0: strength is ignored.',
  }),
  learnTies: onOff({
    group: 'reward',
    label: 'learn the tie parameter',
    relevant: ({ loss }) => loss === 'davidson' || loss === 'rao-kupper',
    default: true,
    rare: true,
    meaning: 'Davidson and Rao–Kupper: learn from the labels how readily ties are given, rather than fix it.',
  }),
  tieParameter: number({
    group: 'reward',
    label: 'tie parameter',
    relevant: ({ loss, learnTies }) => (loss === 'davidson' || loss === 'rao-kupper') && learnTies === false,
    default: 1,
    min: 0.01,
    max: 100,
    log: true,
    rare: true,
    meaning: 'How readily ties are given where it is not learned: ν of Davidson, θ − 1 of Rao–Kupper.',
  }),
  criteria: onOff({
    group: 'reward',
    label: 'one output per criterion',
    default: false,
    rare: true,
    meaning:
      'Learns each criterion by itself; the reward is their sum by the weights below. Off: all labels are pooled.',
  }),
  criterionWeight1: criterionWeight('first', 1),
  criterionWeight2: criterionWeight('second', 0.5),
  criterionWeight3: criterionWeight('third', 0.5),
  dropout: number({
    group: 'reward',
    label: 'dropout',
    relevant: ({ hiddenLayers }) => hiddenLayers !== 0,
    default: 0,
    min: 0,
    max: 0.8,
    unit: '%',
    rare: true,
    meaning: 'Share of hidden units that are switched off at random in each step. Only with hidden layers.',
  }),
  training: choice({
    group: 'reward',
    label: 'new labels',
    default: 'continue',
    options: ['continue', 'scratch'],
    optionLabels: { continue: 'continue training', scratch: 'start from scratch' },
    rare: true,
    meaning:
      'What a changed label does: the weights are refined further, or trained anew for as many steps as before.',
  }),
  patience: number({
    group: 'reward',
    label: 'early stopping',
    default: 0,
    min: 0,
    max: 10_000,
    integer: true,
    log: true,
    rare: true,
    unit: 'steps',
    meaning:
      'Training stops once the held-out loss has not improved for so many steps, and goes back to its best. 0: off.',
  }),
  combine: choice({
    group: 'reward',
    label: 'ensemble reward',
    relevant: ({ members }) => members !== 1,
    default: 'mean',
    options: ['mean', 'min', 'uncertainty'],
    optionLabels: { mean: 'mean', min: 'worst case', uncertainty: 'mean − λ variance' },
    rare: true,
    meaning:
      'What several heads give together: their mean, the lowest, or the mean less what they disagree by.',
  }),
  uncertaintyWeight: number({
    group: 'reward',
    label: 'λ of the variance',
    relevant: ({ members, combine }) => members !== 1 && combine === 'uncertainty',
    default: 0.5,
    min: 0,
    max: 10,
    log: true,
    rare: true,
    meaning: 'How much disagreement within the ensemble costs, where its reward is mean − λ variance.',
  }),
  labelNoise: number({
    group: 'reward',
    label: 'expected label noise ε',
    relevant: ({ loss }) => loss === 'smoothed' || loss === 'robust' || loss === 'noise-floor',
    default: 0.1,
    min: 0,
    max: 0.49,
    unit: '%',
    rare: true,
    meaning:
      'Share of labels that the losses “label smoothing”, “robust” and “noise floor” take to be wrong.',
  }),
  centring: number({
    group: 'reward',
    label: 'centring',
    default: 0,
    min: 0,
    max: 1,
    log: true,
    rare: true,
    meaning: 'Pull of each pair’s rewards towards adding up to 0, which the loss itself leaves open.',
  }),
  hiddenWidth: number({
    group: 'reward',
    label: 'width',
    relevant: ({ hiddenLayers }) => hiddenLayers !== 0,
    default: 32,
    min: 4,
    max: 512,
    integer: true,
    log: true,
    rare: true,
    meaning: 'Units in each hidden layer.',
  }),
  activation: choice({
    group: 'reward',
    label: 'activation',
    relevant: ({ hiddenLayers }) => hiddenLayers !== 0,
    default: 'tanh',
    options: ['relu', 'tanh', 'gelu'],
    rare: true,
    meaning: 'What a hidden unit does to its sum. Without it, layers would add up to a linear head.',
  }),
  schedule: choice({
    group: 'reward',
    label: 'schedule',
    default: 'constant',
    options: ['constant', 'cosine', 'warmup'],
    optionLabels: { constant: 'constant', cosine: 'cosine to 0', warmup: 'warm-up' },
    rare: true,
    meaning: 'How the learning rate changes with the steps: not, down to 0, or up from 0.',
  }),
  scheduleSteps: number({
    group: 'reward',
    label: 'schedule length',
    relevant: ({ schedule }) => schedule !== 'constant',
    default: 300,
    min: 1,
    max: 100_000,
    integer: true,
    log: true,
    rare: true,
    meaning: 'Steps the cosine or the warm-up takes.',
  }),
  maxGradNorm: number({
    group: 'reward',
    label: 'gradient clipping',
    default: 0,
    min: 0,
    max: 10,
    log: true,
    rare: true,
    meaning: 'Longest gradient a step may use; longer ones are shortened to it. 0: no limit.',
  }),
  batchSize: number({
    group: 'reward',
    rare: true,
    label: 'batch',
    default: 64,
    min: 1,
    max: 512,
    integer: true,
    log: true,
    meaning: 'Comparisons averaged in each step, drawn with replacement.',
  }),
  weightDecay: number({
    group: 'reward',
    label: 'weight decay',
    default: 0.001,
    min: 0,
    max: 1,
    log: true,
    meaning: 'Pull of the weights towards zero. More: smaller, smoother rewards and smaller margins.',
  }),
  heldOut: number({
    group: 'reward',
    label: 'held out',
    redraws: 'data',
    default: 0.2,
    min: 0,
    max: 0.5,
    unit: '%',
    rare: true,
    meaning:
      'Share of candidates whose pairs are never trained on, only used to test. Pairs stay within one side.',
  }),
  heldOutBy: choice({
    group: 'reward',
    label: 'held out by',
    redraws: 'data',
    scenarios: ['assistant', 'driving'],
    default: 'item',
    options: ['item', 'prompt'],
    optionLabels: { item: 'candidate', prompt: 'prompt' },
    rare: true,
    relevant: ({ heldOut }) => heldOut !== 0,
    meaning:
      'What the test is about. By candidate: other answers to known prompts. By prompt: prompts the model never saw, which is harder.',
  }),
  warmup: number({
    group: 'reward',
    label: 'steps before the policy',
    default: 150,
    min: 0,
    max: 5000,
    integer: true,
    rare: true,
    meaning: 'Playing the loop trains the reward model this many steps before the policy starts to climb.',
  }),
  stepsPerIteration: number({
    group: 'reward',
    label: 'steps per policy iteration',
    default: 4,
    min: 0,
    max: 100,
    integer: true,
    rare: true,
    meaning: 'While the loop plays, the reward model goes on by this many steps in each policy iteration.',
  }),

  optimiser: choice({
    group: 'policy',
    label: 'optimiser',
    default: 'ppo',
    options: ['ppo', 'reinforce', 'rloo', 'grpo', 'dpo', 'best-of-n'],
    optionLabels: {
      ppo: 'PPO',
      reinforce: 'REINFORCE',
      rloo: 'RLOO',
      grpo: 'GRPO',
      dpo: 'DPO',
      'best-of-n': 'best of n',
    },
    meaning:
      'PPO and GRPO use each sample several times, clipped; REINFORCE and RLOO once. DPO learns from the comparisons alone; best of n only selects.',
  }),
  klCoefficient: number({
    group: 'policy',
    label: 'KL penalty β',
    default: 0,
    min: 0,
    max: 5,
    log: true,
    meaning: 'The leash: what each nat of KL from the starting policy costs, in units of normalised reward.',
  }),
  policyLearningRate: number({
    group: 'policy',
    label: 'learning rate',
    default: 0.01,
    min: 0.0001,
    max: 1,
    log: true,
    meaning: 'Size of one policy step (Adam). Larger climbs faster and overshoots more.',
  }),
  clip: number({
    group: 'policy',
    label: 'clip ε',
    default: 0.2,
    min: 0.01,
    max: 1,
    meaning:
      'PPO and GRPO ignore a sample once its probability has changed by more than this share in one iteration.',
  }),
  klPlacement: choice({
    group: 'policy',
    label: 'KL penalty in',
    default: 'loss',
    options: ['loss', 'reward'],
    optionLabels: { loss: 'the loss', reward: 'the reward' },
    rare: true,
    meaning:
      'In the loss: the exact KL is pulled down. In the reward: each sample pays for its own log π/π_ref, as in TRL.',
  }),
  samples: number({
    group: 'policy',
    label: 'samples',
    default: 256,
    min: 8,
    max: 2048,
    integer: true,
    log: true,
    rare: true,
    meaning: 'Actions the policy tries in each iteration. More: steadier and slower.',
  }),
  epochs: number({
    group: 'policy',
    label: 'epochs',
    default: 4,
    min: 1,
    max: 16,
    integer: true,
    rare: true,
    meaning: 'How many times PPO and GRPO use each batch of samples for an update.',
  }),
  adaptiveKl: onOff({
    group: 'policy',
    label: 'adaptive KL penalty',
    default: false,
    rare: true,
    meaning:
      'Raises β when the policy has drifted further than the target, lowers it when less; β starts as set.',
  }),
  klTarget: number({
    group: 'policy',
    label: 'KL target',
    default: 6,
    min: 0.1,
    max: 100,
    log: true,
    unit: 'nats',
    rare: true,
    meaning: 'The drift that the adaptive penalty steers to.',
  }),
  klLimit: number({
    group: 'policy',
    label: 'KL limit',
    default: 5000,
    min: 1,
    max: 100_000,
    log: true,
    unit: 'nats',
    rare: true,
    meaning: 'The run pauses, and says so, when the policy has drifted further than this.',
  }),
  rounds: number({
    group: 'policy',
    label: 'rounds',
    default: 3,
    min: 1,
    max: 20,
    integer: true,
    rare: true,
    meaning: 'How many times “run rounds” labels what the policy does and retrains the reward model.',
  }),
  roundIterations: number({
    group: 'policy',
    label: 'iterations in a round',
    default: 15,
    min: 1,
    max: 1000,
    integer: true,
    log: true,
    rare: true,
    meaning:
      'How long the policy is optimised in each round before it is labelled. Too long, and all it does is equally bad: labels say nothing then.',
  }),
  roundLabels: number({
    group: 'policy',
    label: 'labels in a round',
    default: 40,
    min: 1,
    max: 500,
    integer: true,
    log: true,
    rare: true,
    meaning: 'How many pairs of what the policy does then the simulated annotator labels in each round.',
  }),
  roundSteps: number({
    group: 'policy',
    label: 'retraining in a round',
    default: 150,
    min: 1,
    max: 5000,
    integer: true,
    log: true,
    rare: true,
    meaning: 'Steps the reward model is trained on all labels, old and new, in each round.',
  }),
  earlyStop: onOff({
    group: 'policy',
    label: 'stop at the gold’s peak',
    default: false,
    rare: true,
    meaning:
      'Pauses once the gold reward has clearly fallen. Only a simulation can do that: in real life nobody has the gold reward.',
  }),
  klHorizon: number({
    group: 'policy',
    label: 'KL horizon',
    default: 10_000,
    min: 100,
    max: 1_000_000,
    integer: true,
    log: true,
    rare: true,
    meaning: 'How many samples the adaptive penalty takes to react: larger is slower and steadier.',
  }),
  policyMaxGradNorm: number({
    group: 'policy',
    label: 'gradient clipping',
    default: 0,
    min: 0,
    max: 10,
    log: true,
    rare: true,
    meaning: 'Longest gradient a policy step may use. 0: no limit.',
  }),
  minibatches: number({
    group: 'policy',
    label: 'minibatches',
    default: 1,
    min: 1,
    max: 8,
    integer: true,
    rare: true,
    meaning: 'Parts into which the samples are cut in each epoch; each part makes one update.',
  }),
  entropyCoefficient: number({
    group: 'policy',
    label: 'entropy bonus',
    default: 0.02,
    min: 0,
    max: 1,
    log: true,
    meaning: 'Reward for staying random: keeps the policy from shrinking to a point.',
  }),
  valueCoefficient: number({
    group: 'policy',
    label: 'value weight',
    default: 0.1,
    min: 0,
    max: 2,
    rare: true,
    meaning: 'Weight of the value loss (vf_coef): how fast the baseline learns the mean reward.',
  }),
  valueClip: number({
    group: 'policy',
    label: 'value clip',
    default: 0.2,
    min: 0.01,
    max: 10,
    log: true,
    rare: true,
    meaning: 'How far the baseline may move in one iteration.',
  }),
  gamma: number({
    group: 'policy',
    label: 'discount γ',
    default: 1,
    min: 0,
    max: 1,
    rare: true,
    meaning:
      'What a reward one step later is worth. It matters only where an episode has several steps, such as the words of an answer.',
  }),
  gaeLambda: number({
    group: 'policy',
    label: 'GAE λ',
    default: 0.95,
    min: 0,
    max: 1,
    rare: true,
    meaning:
      'Trust in what really came (1) against the value baseline (0) in the advantages of several steps. One step: no difference.',
  }),
  whitenReward: onOff({
    group: 'policy',
    label: 'whiten rewards',
    default: false,
    rare: true,
    meaning: 'Scales what the samples of an iteration are paid to variance 1, and keeps its mean.',
  }),
  targetKl: number({
    group: 'policy',
    label: 'target step KL',
    default: 0,
    min: 0,
    max: 1,
    log: true,
    unit: 'nats',
    rare: true,
    meaning: 'Ends the epochs of an iteration once the policy has moved this far in it. 0: never.',
  }),
  dpoBeta: number({
    group: 'policy',
    label: 'DPO β',
    default: 0.1,
    min: 0.01,
    max: 5,
    log: true,
    rare: true,
    meaning:
      'How strongly DPO is held to the starting policy: larger stays nearer. The other optimisers ignore it.',
  }),
  whitenAdvantages: onOff({
    group: 'policy',
    label: 'whiten advantages',
    default: false,
    rare: true,
    meaning:
      'Scales advantages to variance 1 in each iteration. It makes steps even, and the KL penalty relative.',
  }),
  normalizeReward: onOff({
    group: 'policy',
    label: 'normalise reward',
    default: true,
    rare: true,
    meaning: 'Shifts and scales the learned reward so that the starting policy has mean 0 and variance 1.',
  }),
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof settingsTable;

type ValueOf<D> = D extends { kind: 'number' }
  ? number
  : D extends { kind: 'switch' }
    ? boolean
    : D extends { options: readonly (infer Option)[] }
      ? Option
      : never;

export type Settings = { readonly [Name in SettingName]: ValueOf<(typeof settingsTable)[Name]> };

export const settingNames = Object.keys(settingsTable) as SettingName[];

export const definitionOf = (name: SettingName): SettingDefinition => settingsTable[name];

export const defaultSettings: Settings = Object.freeze(
  Object.fromEntries(settingNames.map((name) => [name, settingsTable[name].default])),
) as Settings;

/** Where a scenario begins with other settings than `map`. Links hold what differs from these. */
const scenarioDefaults: Partial<Record<Settings['scenario'], Partial<Settings>>> = {
  assistant: {
    points: 324,
    simulated: 400,
    learningRate: 0.01,
    warmup: 300,
    // Five answers to each prompt.
    samples: 135,
    policyLearningRate: 0.004,
    whitenAdvantages: true,
    klPlacement: 'reward',
    roundIterations: 6,
  },
  linear: { simulated: 200 },
  driving: {
    points: 320,
    simulated: 32,
    temperature: 0.1,
    learningRate: 0.01,
    policyLearningRate: 0.015,
  },
};

/** What a fresh visit to a scenario begins with. */
export const defaultsOf = (scenario: Settings['scenario']): Settings =>
  Object.freeze({ ...defaultSettings, ...scenarioDefaults[scenario], scenario });

/** The settings whose change redraws the world; or the data, which a new world draws again too. */
export const redrawing = (what: 'data' | 'world'): readonly SettingName[] =>
  settingNames.filter((name) => {
    const { redraws } = definitionOf(name);
    return redraws === 'world' || (redraws !== undefined && what === 'data');
  });

/** The sentence that says what a setting accepts, for example "a whole number from 1 to 16". */
export function describeRange(definition: SettingDefinition): string {
  switch (definition.kind) {
    case 'number':
      return `a ${definition.integer ? 'whole ' : ''}number from ${definition.min} to ${definition.max}`;
    case 'choice':
      return `one of ${definition.options.join(', ')}`;
    case 'switch':
      return 'true or false';
  }
}

function accepts(definition: SettingDefinition, value: unknown): boolean {
  switch (definition.kind) {
    case 'number':
      return (
        typeof value === 'number' &&
        value >= definition.min &&
        value <= definition.max &&
        (!definition.integer || Number.isInteger(value))
      );
    case 'choice':
      return typeof value === 'string' && definition.options.includes(value);
    case 'switch':
      return typeof value === 'boolean';
  }
}

const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'number' || typeof value === 'boolean' || value == null) return String(value);
  return `a value of type ${Array.isArray(value) ? 'array' : typeof value}`;
};

/**
 * Checks a patch of settings.
 * @returns the same patch, typed
 * @throws Error naming the first setting that is unknown or out of range, what was given, and what it accepts
 */
export function checkSettings(patch: Readonly<Record<string, unknown>>): Partial<Settings> {
  for (const [name, value] of Object.entries(patch)) {
    if (!Object.hasOwn(settingsTable, name))
      throw new Error(
        `There is no setting named ${shown(name)}. The settings are: ${settingNames.join(', ')}.`,
      );
    const definition = definitionOf(name as SettingName);
    if (!accepts(definition, value))
      throw new Error(`The setting "${name}" takes ${describeRange(definition)}, but got ${shown(value)}.`);
  }
  return patch;
}
