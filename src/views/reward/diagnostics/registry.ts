import type { Component } from 'svelte';
import RewardCharts from '../RewardCharts.svelte';
import BlindSpots from './BlindSpots.svelte';
import BlindSpotsPlane from './BlindSpotsPlane.svelte';
import Calibration from './Calibration.svelte';
import Distributions from './Distributions.svelte';
import Gold from './Gold.svelte';
import InfluencePanel from './InfluencePanel.svelte';
import InfluencePlane from './InfluencePlane.svelte';
import Length from './Length.svelte';
import Mistakes from './Mistakes.svelte';
import Weights from './Weights.svelte';
import type { Playground } from '../../../state/playground.svelte';
import type { DiagnosticProps } from './view.svelte';

type Props = { [Name in keyof DiagnosticProps]: DiagnosticProps[Name] };

interface Diagnostic {
  readonly name: string;
  readonly label: string;
  readonly panel: Component<Props>;
  /** Whether the scenario has what it shows; always, if absent. */
  available?(playground: Playground): boolean;
  /** Its own picture over the plane, in place of the learned reward; where there is no plane, that stays. */
  readonly picture?: Component<Props>;
}

/** The diagnostics of stage 3, in the order of their tabs: a new one is one component and one line here. */
export const diagnostics: readonly Diagnostic[] = [
  { name: 'curves', label: 'curves', panel: RewardCharts },
  { name: 'rewards', label: 'rewards', panel: Distributions },
  { name: 'calibration', label: 'calibration', panel: Calibration },
  { name: 'mistakes', label: 'mistakes', panel: Mistakes },
  { name: 'gold', label: 'against gold', panel: Gold },
  {
    name: 'length',
    label: 'against length',
    panel: Length,
    available: ({ scenario }) => scenario.length !== undefined,
  },
  {
    name: 'weights',
    label: 'weights',
    panel: Weights,
    available: ({ features, settings }) => features.names !== undefined && settings.hiddenLayers === 0,
  },
  { name: 'influence', label: 'influence', panel: InfluencePanel, picture: InfluencePlane },
  {
    name: 'blind',
    label: 'blind spots',
    panel: BlindSpots,
    picture: BlindSpotsPlane,
    available: ({ scenario }) => scenario.plane !== undefined,
  },
];
