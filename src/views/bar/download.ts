import type { Playground } from '../../state/playground.svelte';

/** Saves one format of the export menu as a file; says what is wrong where it cannot be written. */
export async function download(playground: Playground, name: string): Promise<void> {
  try {
    const { blob, file } = await playground.export(name);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = file;
    link.click();
    // The download has its own reference by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    playground.fail(error);
  }
}
