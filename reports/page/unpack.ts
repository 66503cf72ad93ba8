/// <reference lib="dom" />
/** Unpacks the data that pack.ts packed into the page. */

/** The text of a data block. Undefined if the page has no block with this id. Rejects if the data is damaged. */
export async function unpack(id: string): Promise<string | undefined> {
  const packed = document.getElementById(id)?.textContent;
  if (packed === undefined || packed === null) return undefined;
  const binary = atob(packed);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return new Response(
    new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")),
  ).text();
}
