/** WebAssembly in base64: see plugin.mjs. */
declare module '*?kernels' {
  const base64: string;
  export default base64;
}
