/** What Vite puts in. */
interface ImportMeta {
  readonly env: {
    readonly MODE: string;
    /** Part of the names of the cases that are wanted; all of them by default. */
    readonly VITE_BENCH_CASE?: string;
  };
}

declare module '*.wasm?url' {
  const url: string;
  export default url;
}
