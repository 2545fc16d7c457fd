import type { Exporter } from './exporter';

/** Every curve as rows of stage, step, metric, value: "tidy" data that any plotting library reads. RFC 4180. */
export const curves: Exporter = {
  file: 'curves.csv',
  type: 'text/csv',
  format: ({ curves: all }) => {
    const rows = all.flatMap(({ stage, metric, x, y }) =>
      // A quantity that could not be computed is left empty.
      x.map((step, i) => `${stage},${step},${metric},${Number.isFinite(y[i]) ? y[i] : ''}`),
    );
    return ['stage,step,metric,value', ...rows, ''].join('\r\n');
  },
};
