/** Textures that distinguish kinds of fault without colour. */

/**
 * The SVG path to stroke on a tile of 8 by 8. A kind without a drawing gets one of 65,535 patterns of dots, which its
 * name determines.
 */
export function faultTexture(kind: string): string {
  const textures: Readonly<Record<string, string>> = {
    partition: "M-2 10 10-2M-2 2 2-2M6 10 10 6",
    kill: "M0 0 8 8M8 0 0 8",
    pause: "M2 0V8M6 0V8",
    clock: "M4 1A3 3 0 1 0 4.01 1M4 2.500V4H6",
    loss: "M1 1 3 3M5 5 7 7",
    disk: "M0 2H8M0 6H8",
    delay: "M0 4Q2 0 4 4T8 4",
    rate: "M0 2H3M4 6H8",
    power: "M5 0 2 4H6L3 8",
    "disk-full": "M0 2H8M0 4H8M0 6H8",
    "slow-disk": "M0 2H3M0 6H5",
    duplicate: "M2 1 5 4 2 7M4 1 7 4 4 7",
    reorder: "M0 6 4 2 8 6M2 8 4 6 6 8",
    limit: "M1 8V3H7V8M3 8V5H5V8",
    clients: "M4 0V4M1 4H7M2 7H6",
  };
  const drawn = Object.hasOwn(textures, kind) ? textures[kind] : undefined;
  if (drawn !== undefined) return drawn;
  let number = 0;
  for (const letter of kind) number = (number * 31 + (letter.codePointAt(0) ?? 0)) % 65_535;
  let dots = "";
  for (let place = 0; place < 16; place++)
    if ((((number + 1) >> place) & 1) === 1)
      dots += `M${2 * (place % 4)} ${2 * Math.floor(place / 4) + 1}h1`;
  return dots;
}
