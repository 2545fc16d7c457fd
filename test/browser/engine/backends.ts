import { expect } from 'vitest';
import { BackendChooser } from '../../../src/engine/backend.ts';
import type { BackendChoice, BackendName } from '../../../src/engine/protocol.ts';

export const gpuBackends = ['webgpu', 'webgl'] as const satisfies BackendName[];

/** Makes a backend the current one, as the engine does when the visitor asks for it; nothing else will do. */
export async function useBackend(name: BackendName): Promise<BackendChoice> {
  const choice = await new BackendChooser().choose(name);
  expect(choice.backend, choice.reason).toBe(name);
  return choice;
}
