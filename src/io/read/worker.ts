import type { ReadCommand } from './protocol';
import { serve } from './serve';

/** The worker that reads files: the only file here that touches `self`. */
const handle = serve((report, buffers) => self.postMessage(report, { transfer: buffers }));
self.onmessage = ({ data }: MessageEvent<ReadCommand>) => handle(data);
