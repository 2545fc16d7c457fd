import { gunzipped } from '../inflate';
import { isPrefix, type Format } from './format';

/** One packed file. */
export const gzip: Format = {
  name: 'gzip',
  label: 'Packed file (.gz)',
  recognises: (head) => isPrefix(head, [0x1f, 0x8b]),
  open: async (source, context) => ({ kind: 'sources', sources: [await gunzipped(source, context)] }),
};
