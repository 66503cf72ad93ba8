/// <reference lib="dom" />
/** Hands an embedded file to the person. */
import { unpack } from "./unpack.ts";

export function offerDownloads(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-download]")) {
    const download = async (): Promise<void> => {
      const text = await unpack(button.dataset["download"] ?? "");
      if (text === undefined) return;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
      link.download = button.dataset["file"] ?? "quorate-data";
      link.click();
      // The browser has taken hold of the data once the click was handled.
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    };
    button.addEventListener("click", () => void download());
  }
}
