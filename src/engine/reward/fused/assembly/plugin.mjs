import { readFileSync } from 'node:fs';

/**
 * Vite: `import kernels from './index.ts?kernels'` is the AssemblyScript in that file, compiled to WebAssembly SIMD, as
 * text in base64. Nothing that is compiled is kept in the repository.
 * @returns {import('vite').Plugin}
 */
export const assembly = () => ({
  name: 'assembly',
  enforce: 'pre',
  async load(id) {
    const [file, query] = id.split('?');
    if (query !== 'kernels' || !file) return null;
    this.addWatchFile(file);
    return `export default ${JSON.stringify(Buffer.from(await compile(file)).toString('base64'))};`;
  },
});

/**
 * The compiler. Its own types declare another world's globals: they must not come into this one.
 * @typedef {{ main(options: string[], files: {
 *   readFile(name: string): string | null,
 *   writeFile(name: string, contents: string | Uint8Array): void,
 *   listFiles(): string[],
 * }): Promise<{ stderr: { toString(): string } }> }} Compiler
 */
const compilerName = ['assemblyscript', 'asc'].join('/');

/** @param {string} file @returns {Promise<Uint8Array>} */
async function compile(file) {
  /** @type {{ default: Compiler }} */
  const { default: asc } = await import(compilerName);
  /** @type {Uint8Array | undefined} */
  let binary;
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'];
  const { stderr } = await asc.main(['kernels.ts', ...options, '--outFile', 'kernels.wasm'], {
    readFile: (name) => (name === 'kernels.ts' ? readFileSync(file, 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm' && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (!binary) throw new Error(`${file} does not compile: ${stderr.toString()}`);
  return binary;
}
