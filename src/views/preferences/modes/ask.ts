import type { Candidate } from '../../../domain/candidate';
import type { Playground } from '../../../state/playground.svelte';
import type { Backdrop } from '../backdrop';

/** What every way of asking is given. */
export interface AskProps {
  readonly playground: Playground;
  readonly shown: readonly Candidate[];
  readonly backdrop: Backdrop;
}
