import { peers, type Peer } from './peers';

/** Those that are only compared with, not shipped, are there in `npm run bench`. */
export const allPeers = async (): Promise<readonly Peer[]> =>
  import.meta.env.MODE === 'bench' ? [...peers, ...(await import('./extra-peers')).extraPeers] : peers;
