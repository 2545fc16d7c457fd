/** What Vite puts in. */
interface ImportMeta {
  readonly env: { readonly MODE: string };
}

declare module '*.wasm?url' {
  const url: string;
  export default url;
}
