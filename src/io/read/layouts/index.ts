import { arena } from './arena';
import { embeddings, items } from './embeddings';
import { helpSteer3 } from './helpsteer3';
import { hhRlhf } from './hh-rlhf';
import type { Layout } from './layout';
import { comparisons, curves, session } from './own';
import { pairs } from './pairs';
import { rankedRows } from './ranked-rows';
import { rankings } from './rankings';
import { ratings, unpaired } from './ratings';
import { trl } from './trl';
import { ultraFeedback } from './ultrafeedback';
import { winner } from './winner';

/** The registry: a new layout is one file and one line here. The first that fits is taken, so the special come first. */
export const layouts: readonly Layout[] = [
  comparisons,
  session,
  curves,
  ultraFeedback,
  helpSteer3,
  arena,
  hhRlhf,
  pairs,
  trl,
  winner,
  rankings,
  rankedRows,
  unpaired,
  ratings,
  embeddings,
  items,
];
