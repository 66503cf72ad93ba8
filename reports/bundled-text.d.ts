/** A script or style sheet, bundled with all that it imports, as text (tools/bundled-text.mjs). */
declare module "*?bundled" {
  const text: string;
  export default text;
}
