import type { NamedArray } from '../arrays';
import type { Source } from '../source';
import { FileTrouble } from '../trouble';
import { zipEntries } from '../zip';
import { isPrefix, type Format } from './format';
import { openNpy } from './npy';

/** A zip: of NumPy arrays (.npz), or of files to be read one by one. */
export const zip: Format = {
  name: 'zip',
  label: 'Archive (.zip)',
  recognises: (head) => isPrefix(head, [0x50, 0x4b, 3, 4]) || isPrefix(head, [0x50, 0x4b, 5, 6]),
  open: async (source, context) => {
    const entries = await zipEntries(source, context);
    if (entries.length === 0) throw new FileTrouble('The zip holds no file.');
    const within = (entry: Source) => entry.name.slice(source.name.length + 1);
    const stranger = entries
      .map(within)
      .find((name) => /(^|\/)data\.pkl$|^\[Content_Types\]\.xml$/.test(name));
    if (stranger?.endsWith('.pkl'))
      throw new FileTrouble(
        'It is a PyTorch checkpoint (pickle), which only Python can read, and which may run code. Save the tensors with safetensors.torch.save_file.',
      );
    if (stranger) throw new FileTrouble('It is an office document. Save the sheet as CSV.');
    if (!entries.every(({ name }) => name.endsWith('.npy'))) return { kind: 'sources', sources: entries };
    const arrays: NamedArray[] = [];
    for (const entry of entries) arrays.push(await openNpy(entry, within(entry).replace(/\.npy$/, '')));
    return { kind: 'arrays', arrays };
  },
};

/** How an archive is called whose files are all NumPy arrays. */
export const npzLabel = 'NumPy arrays (.npz)';
