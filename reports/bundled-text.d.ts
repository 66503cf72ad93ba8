/** A script or style sheet with all its imports, bundled as text (tools/bundled-text.mjs). */
declare module "*?bundled" {
  const text: string;
  export default text;
}
