import { comparisons } from './comparisons';
import { curves } from './curves';
import type { Exporter } from './exporter';

/** The registry: a new format is one file and one line here. */
export const exporters: readonly Exporter[] = [comparisons, curves];
export type { Exportable } from './exporter';
