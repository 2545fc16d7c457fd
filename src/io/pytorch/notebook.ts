/** A Jupyter notebook (nbformat 4.5) of the same scripts, to be run cell by cell. */

interface Cell {
  readonly kind: 'markdown' | 'code';
  readonly text: string;
}

export function notebook(cells: readonly Cell[]): string {
  const lines = (text: string) => text.split(/(?<=\n)/);
  const body = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' },
      language_info: { name: 'python' },
    },
    cells: cells.map(({ kind, text }, i) =>
      kind === 'markdown'
        ? { cell_type: kind, id: `cell-${i}`, metadata: {}, source: lines(text) }
        : {
            cell_type: kind,
            id: `cell-${i}`,
            metadata: {},
            execution_count: null,
            outputs: [],
            source: lines(text),
          },
    ),
  };
  return `${JSON.stringify(body, null, 1)}\n`;
}
