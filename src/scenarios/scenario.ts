import type { Content, Own } from '../domain/content';
import type { Settings } from '../domain/settings';

/** Random Fourier features: φ(x) = scale · cos(x Ω + phase), with Ω of shape [2, dimension]. */
export interface FourierEmbedding {
  readonly dimension: number;
  /** [2, dimension], row-major. */
  readonly frequencies: Float32Array;
  /** [dimension] */
  readonly phases: Float32Array;
  readonly scale: number;
}

/** How contents become the numbers that the reward head sees. */
export interface Features {
  readonly dimension: number;
  /** What each number is called; absent where they have no names. */
  readonly names?: readonly string[];
  /** Writes the embedding of a content, [dimension], into `out` at `offset`, where zeros stand. */
  readonly embed: (content: Content, out: Float32Array, offset: number) => void;
  /** The same as a formula of the content's two values, for the device. */
  readonly fourier?: FourierEmbedding;
}

/** One side of what makes a candidate good, that can be judged by itself. */
export interface Criterion {
  readonly id: string;
  readonly label: string;
  /** What is asked when two are compared by it. */
  readonly question: string;
  /** How good a candidate is by it alone: what the simulated annotator answers by. About unit variance at the start. */
  gold(settings: Settings, own: Own): (content: Content) => number;
}

/** Diagonal Gaussian over a content's values; where it sees the prompt, its mean is a network of that. */
export interface GaussianPolicy {
  readonly family: 'gaussian';
  readonly mean: readonly number[];
  readonly logStd: readonly number[];
  readonly sees?: {
    /** Of all prompts, [prompts · dimension]: about unit variance each. */
    readonly states: Float32Array;
    readonly dimension: number;
    /** Widths of tanh layers; none for a linear map. */
    readonly hidden: readonly number[];
  };
}

/** A choice among each prompt's starting candidates; at the start all are as likely. */
interface CategoricalPolicy {
  readonly family: 'categorical';
}

/** Answers word by word; it starts by imitating the demonstrations (SFT). A content's values are its words, by number. */
export interface TokenPolicy {
  readonly family: 'tokens';
  readonly vocabulary: readonly string[];
  /** The word that ends an answer, and fills its place up to `length`. */
  readonly end: number;
  /** Most words of an answer, its end included: the width of contents. */
  readonly length: number;
  /** How many of the last words it sees. */
  readonly context: number;
  readonly hidden: readonly number[];
  /** Of all prompts, [prompts · dimension]. */
  readonly states: Float32Array;
  readonly dimension: number;
  /** To imitate, and to measure by: none of these is trained on. */
  readonly demonstrations: readonly Content[];
  readonly heldOutDemonstrations: readonly Content[];
  readonly sft: { readonly steps: number; readonly learningRate: number; readonly batchSize: number };
}

export type PolicySpec = GaussianPolicy | CategoricalPolicy | TokenPolicy;

/** What a scenario provides. Pure functions of the settings and of what the visitor brought, so that page and worker agree. */
export interface Scenario {
  readonly id: Settings['scenario'];
  readonly title: string;
  /** What is compared: 'point', 'points'. */
  readonly noun: { readonly one: string; readonly many: string };
  /** What the embedding is, in words. */
  readonly embeddingName: string;
  /** What the candidates answer, each in words. */
  prompts(settings: Settings, own: Own): readonly string[];
  /** A candidate in words: for lists, for formats that hold texts, for those who see no pictures. */
  textOf(content: Content, settings: Settings, own: Own): string;
  /** The starting candidate `id`: a draw from the starting policy. */
  startContent(settings: Settings, id: number, own: Own): Content;
  /** Fixed draws from the starting policy, on which the reward is centred and scaled. */
  referenceContents(settings: Settings, own: Own): readonly Content[];
  features(settings: Settings, own: Own): Features;
  /** Another one whenever `features` gives something else: trained weights are meaningless then. */
  embeddingKey(settings: Settings, own: Own): string;
  /** Noise added to the embedding of candidate `id`: [dimension], or null for none. */
  embeddingNoise?(settings: Settings, id: number): Float32Array | null;
  /** At most three: so many have a weight among the settings. */
  readonly criteria: readonly Criterion[];
  /** The gold reward, shifted and scaled to mean 0 and variance 1 under the starting policy. */
  gold(settings: Settings, own: Own): (content: Content) => number;
  /** How long a candidate is, in standard deviations from the mean under the starting policy; absent where nothing is long. */
  length?(settings: Settings, own: Own): (content: Content) => number;
  /** The settings as a second group of annotators sees them, with its own gold; absent where all want the same. */
  secondGroup?(settings: Settings): Settings;
  policy(settings: Settings, own: Own): PolicySpec;
  /** Where contents are points of a plane, and everything can be drawn over it. */
  readonly plane?: { extent(settings: Settings): number };
  /** What the policy does that nobody asked for, measured over its samples: named curves of stage 4. */
  readonly hacks?: readonly Hack[];
}

/** One thing a policy may be caught doing. */
export interface Hack {
  readonly id: string;
  readonly label: string;
  readonly meaning: string;
  /** Of one content; the curve is the mean over the samples of an iteration. */
  of(settings: Settings, own: Own): (content: Content) => number;
}
