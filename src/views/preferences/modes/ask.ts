import type { Candidate } from '../../../domain/candidate';
import type { Playground } from '../../../state/playground.svelte';

/** What every way of asking is given. */
export interface AskProps {
  readonly playground: Playground;
  readonly shown: readonly Candidate[];
}
